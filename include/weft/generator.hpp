// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/detail/generator.hpp"
#include "weft/detail/walk.hpp"
#include "weft/errors.hpp"

namespace weft {

/// Thrown by close() out of the yield at which a generator rests, as Python's
/// GeneratorExit, and by the destructor of one with a stack. As in Python it is
/// no ordinary exception: `catch (const std::exception&)` does not see it.
class WEFT_API GeneratorExit {
 public:
  GeneratorExit() noexcept = default;
  virtual ~GeneratorExit();
  const char* what() const noexcept { return "GeneratorExit"; }
};

/// How a generator with a stack is made.
struct GeneratorOptions {
  std::size_t stack_size = 0;  ///< in bytes; 0: 64 KiB, of which only what is used takes memory
};

template <class Yield, class Send = void>
class Yielding;

/// A function that gives a value, rests, and goes on when the next one is asked
/// for, as a Python function with `yield` in it, and written in one of two ways.
///
///     weft::Generator<int> count(int n) {            // a coroutine
///       for (int i = 0; i < n; ++i) co_yield i;
///     }
///     weft::Generator<int> walk([&](auto& yield) {   // with a stack of its own
///       visit(tree, yield);                          // which may yield, too
///     });
///     for (int i : count(3)) use(i);
///
/// A coroutine is the cheaper one and yields from its own body only. One with a
/// stack yields from as deep as it likes, for it hands `yield` on, a
/// Yielding<Yield, Send>&; it may wait for locks, and rest inside of `catch`.
///
/// As typing.Generator[Yield, Send, Return]: `yield(x)`, or `co_yield x`, returns
/// the Send that send() has brought, and Send() after next(). Return is what the
/// function returns, for result() and from().
///
/// One at a time may use a generator, from whichever thread. An exception that
/// leaves it comes out of the call that resumed it, and ends it. The destructor of
/// one that rests ends it: a coroutine's variables are destroyed; into one with a
/// stack GeneratorExit is thrown, as by close().
template <class Yield, class Send = void, class Return = void>
class Generator {
  static_assert(std::is_object_v<Yield>, "what is yielded is moved: no references");

 public:
  using promise_type = detail::GeneratorPromise<Yield, Send, Return>;

  /// One with a stack, on which f(yield) runs.
  template <class F>
  requires(
      !std::same_as<std::decay_t<F>, Generator> &&
      std::is_invocable_v<std::decay_t<F>&, Yielding<Yield, Send>&>) explicit Generator(F&& f,
                                                                                        GeneratorOptions options = {})
      : state_(&detail::GeneratorCall<Yield, Send, Return, std::decay_t<F>>::make(std::forward<F>(f),
                                                                                  options.stack_size)) {}

  Generator(Generator&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)), result_(std::move(other.result_)) {}
  Generator& operator=(Generator other) noexcept {
    std::swap(state_, other.state_);
    std::swap(result_, other.result_);
    return *this;
  }
  ~Generator() {
    if (state_ != nullptr) unwind();
  }

  /// The next value, or nothing: it has ended (Python raises StopIteration).
  std::optional<Yield> next() {
    must_be_free();
    advance();
    return taken();
  }

  /// The same, and the yield at which it rests returns `value`. Throws TypeError
  /// if it has not begun: it rests at no yield yet.
  std::optional<Yield> send(detail::Value<Send> value) requires(!std::is_void_v<Send>) {
    must_be_free();
    if (state_ == nullptr) return {};
    if (state_->state == Port::New) throw TypeError("can't send non-None value to a just-started generator");
    resume(&value);
    return taken();
  }

  /// Throws `exception` out of the yield at which it rests, and returns the next
  /// value. One that has not begun never will; that one, and one that has ended,
  /// throws it straight back.
  template <class E>
  requires(!std::same_as<E, std::exception_ptr>) std::optional<Yield> throw_into(E exception) {
    return throw_into(std::make_exception_ptr(std::move(exception)));
  }
  std::optional<Yield> throw_into(std::exception_ptr exception) {
    must_be_free();
    if (state_ != nullptr && state_->state == Port::New) drop();
    if (state_ == nullptr) std::rethrow_exception(std::move(exception));
    state_->thrown = std::move(exception);
    resume(nullptr);
    return taken();
  }

  /// Ends it, by a GeneratorExit out of the yield at which it rests. Throws
  /// RuntimeError if it yields all the same, and what else it throws.
  void close() {
    must_be_free();
    if (state_ != nullptr && state_->state == Port::New) drop();
    if (state_ == nullptr) return;
    state_->thrown = std::make_exception_ptr(GeneratorExit());
    try {
      resume(nullptr);
    } catch (const GeneratorExit&) {
    }
    if (state_ != nullptr) throw RuntimeError("generator ignored GeneratorExit");
  }

  /// True until it has ended.
  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// What it returned (StopIteration.value). Throws RuntimeError if it has not.
  std::add_lvalue_reference_t<Return> result() requires(!std::is_void_v<Return>) {
    if (!result_) throw RuntimeError("the generator has not returned");
    return *result_;
  }

  using Iterator = detail::Walk<Yield, Generator*>;
  /// For loops, from wherever it rests: `for (int i : numbers)`. It is resumed when the loop
  /// looks, no more often than was asked for: `numbers | std::views::take(2)` as islice().
  Iterator begin() {
    must_be_free();
    return Iterator(this);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  using Port = detail::GeneratorPort<Yield, Send>;
  using State = detail::GeneratorState<Yield, Send, Return>;
  friend promise_type;
  friend Iterator;
  template <class, class, class>
  friend class detail::GeneratorPromise;

  explicit Generator(State& state) noexcept : state_(&state) {}

  void must_be_free() const {
    if (state_ != nullptr && state_->state == Port::Running) throw ValueError("generator already executing");
  }

  void advance() {
    if (state_ == nullptr) return;
    if constexpr (std::is_default_constructible_v<detail::Value<Send>>) {
      detail::Value<Send> none{};
      resume(&none);
    } else {
      if (state_->state != Port::New) throw TypeError("there is nothing to send but what send() brings");
      resume(nullptr);
    }
  }

  void resume(detail::Value<Send>* sent) {
    state_->yielded = nullptr;
    state_->sent = sent;
    state_->state = Port::Running;
    state_->resume();
    if (state_->state == Port::Ended) {
      finish();
    } else {
      state_->state = Port::Resting;
    }
  }

  // It has ended: keeps what it returned, throws what it threw.
  void finish() {
    std::exception_ptr thrown = std::move(state_->thrown);
    if (thrown == nullptr) result_ = std::move(state_->result);
    drop();
    if (thrown != nullptr) std::rethrow_exception(std::move(thrown));
  }

  void drop() noexcept {
    State& last = *std::exchange(state_, nullptr);
    last.destroy(last);
  }

  void unwind() noexcept {
    if (state_->stack == nullptr || state_->state != Port::Resting) {
      drop();
      return;
    }
    try {
      close();
    } catch (...) {
      detail::report_ignored(std::current_exception());  // one that would not end stays for ever
    }
  }

  // For the Iterator.
  Yield* now() noexcept { return state_ != nullptr ? state_->yielded : nullptr; }
  void go_on() {
    must_be_free();
    advance();
  }

  std::optional<Yield> taken() {
    if (state_ == nullptr) return {};
    return std::optional<Yield>(std::move(*state_->yielded));
  }

  State* state_;
  std::optional<detail::Value<Return>> result_;
};

/// The `yield` of a generator with a stack: its function gets one and may hand
/// it on, by reference.
template <class Yield, class Send>
class Yielding {
 public:
  /// Gives a value and rests; returns what send() brings.
  Send operator()(Yield value) {
    port_.yielded = std::addressof(value);
    port_.stack->leave();
    return port_.went_on();
  }

  /// Yields all that the range has, as `yield from`. What is sent and thrown
  /// meanwhile goes to it, if it is a generator; what that returns is returned.
  template <class Range>
  auto from(Range&& range) {
    if constexpr (requires { range.throw_into(std::exception_ptr()); }) {
      return relay(range);
    } else {
      for (auto&& item : range) (*this)(std::forward<decltype(item)>(item));
    }
  }

 private:
  template <class, class, class, class>
  friend class detail::GeneratorCall;
  explicit Yielding(detail::GeneratorPort<Yield, Send>& port) noexcept : port_(port) {}

  template <class G>
  auto relay(G& inner) {
    std::optional<Yield> value = inner.next();
    while (value) {
      std::optional<detail::Value<Send>> sent;
      std::exception_ptr thrown;
      try {
        if constexpr (std::is_void_v<Send>) {
          (*this)(std::move(*value));
        } else {
          sent.emplace((*this)(std::move(*value)));
        }
      } catch (const GeneratorExit&) {
        inner.close();
        throw;
      } catch (...) {
        thrown = std::current_exception();
      }
      value = detail::pass_on(inner, sent, thrown);
    }
    if constexpr (requires { inner.result(); }) return std::move(inner.result());
  }

  detail::GeneratorPort<Yield, Send>& port_;
};

/// For `co_yield from(range)`: yields all that the range has, as `yield from`.
/// A generator of the same types costs no more for being delegated to, however
/// deep; what it returns is the value of the expression.
///
///     weft::Generator<int> walk(const Tree* tree) {
///       if (tree == nullptr) co_return;
///       co_yield from(walk(tree->left));
///       co_yield tree->value;
///       co_yield from(walk(tree->right));
///     }
template <class Range>
detail::From<Range> from(Range&& range) {
  return {std::forward<Range>(range)};
}

}  // namespace weft

namespace weft::detail {

template <class Yield, class Send, class Return, class F>
void GeneratorCall<Yield, Send, Return, F>::run(void* room) noexcept {
  auto& self = *std::launder(static_cast<GeneratorCall*>(room));
  try {
    Yielding<Yield, Send> yield(self);
    auto call = [&]() -> decltype(auto) {
      if constexpr (boxed) {
        return (*self.f_)(yield);
      } else {
        return self.f_(yield);
      }
    };
    if constexpr (std::is_void_v<Return>) {
      call();
    } else {
      self.result.emplace(call());
    }
  } catch (...) {
    self.thrown = std::current_exception();
  }
  self.state = GeneratorPort<Yield, Send>::Ended;
  self.stack->end();
}

// co_yield from() of what cannot be resumed in our place.
template <class Yield, class Send, class Return>
struct Relay {
  template <class Range>
  static Generator<Yield, Send> items(Range range) {
    for (auto&& item : range) co_yield std::forward<decltype(item)>(item);
  }

  template <class G>
  static Generator<Yield, Send, Return> relay(G inner) {
    std::optional<Yield> value = inner.next();
    while (value) {
      std::optional<Value<Send>> sent;
      std::exception_ptr thrown;
      try {
        if constexpr (std::is_void_v<Send>) {
          co_yield std::move(*value);
        } else {
          Send got = co_yield std::move(*value);  // in one step with the next line it confuses gcc 12
          sent.emplace(std::move(got));
        }
      } catch (const GeneratorExit&) {
        inner.close();
        throw;
      } catch (...) {
        thrown = std::current_exception();
      }
      value = pass_on(inner, sent, thrown);
    }
    if constexpr (!std::is_void_v<Return>) co_return std::move(inner.result());
  }
};

template <class T>
inline constexpr bool is_generator = false;
template <class Yield, class Send, class Return>
inline constexpr bool is_generator<Generator<Yield, Send, Return>> = true;

template <class Yield, class Send, class Return>
template <class Range>
auto GeneratorPromise<Yield, Send, Return>::yield_value(From<Range> from) {
  if constexpr (is_generator<std::remove_cvref_t<Range>>) {
    return delegate_to<Range>(from.range);
  } else {
    return Delegate<void>(*port_, Relay<Yield, Send, void>::template items<Range>(std::forward<Range>(from.range)));
  }
}

template <class Yield, class Send, class Return>
template <class G, class Y, class S, class T>
auto GeneratorPromise<Yield, Send, Return>::delegate_to(Generator<Y, S, T>& inner) {
  if constexpr (std::is_same_v<Y, Yield> && std::is_same_v<S, Send> && !std::is_lvalue_reference_v<G>) {
    auto* its = inner.state_;
    if (its != nullptr && its->state == Port::New && its->stack == nullptr)
      return Delegate<T>(*port_, std::move(inner));
  }
  return Delegate<T>(*port_, Relay<Yield, Send, T>::template relay<G>(std::forward<G>(inner)));
}

}  // namespace weft::detail

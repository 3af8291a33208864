// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/detail/slot.hpp"
#include "weft/detail/value.hpp"

namespace weft {

template <class Yield, class Send, class Return>
class Generator;

}  // namespace weft

namespace weft::detail {

/// The stack of a generator that has one, with room for its function at the top.
class WEFT_API GeneratorStack {
 public:
  static constexpr std::size_t MostRoom = 1024, RoomAlignment = 64;

  /// The first enter() begins entry(room()). Throws std::bad_alloc.
  static GeneratorStack& make(std::size_t stack_size, std::size_t room, void (*entry)(void* room));
  void* room() noexcept { return room_; }

  void enter() noexcept;             // from outside; returns at leave() or end()
  void leave() noexcept;             // from inside; returns at the next enter()
  [[noreturn]] void end() noexcept;  // the same for good
  void drop() noexcept;

 private:
  explicit GeneratorStack(void* room) noexcept : room_(room) {}

  void* room_;
  void* flow_ = nullptr;
  void* back_ = nullptr;  // where enter() was called
};

/// What was thrown out of a generator that is destroyed, in its destructor,
/// also that it would not end.
WEFT_API void report_ignored(const std::exception_ptr& exception) noexcept;

/// What a generator and its iteration see of one another.
template <class Yield, class Send>
struct GeneratorPort {
  enum State : std::uint8_t { New, Resting, Running, Ended };

  Yield* yielded = nullptr;           // nullptr: it has run, and not come to a yield
  Value<Send>* sent = nullptr;        // what the yield at which it rests is to return
  std::exception_ptr thrown;          // into it, or, once it has ended, out of it
  std::coroutine_handle<> innermost;  // where it rests, of those that delegate to one another
  GeneratorStack* stack = nullptr;    // if it has one: then it is no coroutine
  State state = New;

  void resume() noexcept {
    if (stack != nullptr) {
      stack->enter();
    } else {
      do innermost.resume();
      while (yielded == nullptr && state != Ended);
    }
  }

  /// What a yield does when it goes on.
  Send went_on() {
    if (thrown != nullptr) std::rethrow_exception(std::exchange(thrown, nullptr));
    if constexpr (!std::is_void_v<Send>) return std::move(*sent);
  }
};

template <class Yield, class Send, class Return>
struct GeneratorState : GeneratorPort<Yield, Send> {
  void (*destroy)(GeneratorState& self) noexcept = nullptr;
  std::optional<Value<Return>> result;
};

/// A range to be yielded item by item: see weft::from().
template <class Range>
struct From {
  Range range;
};

template <class Yield, class Send, class Return>
class GeneratorReturn : public GeneratorState<Yield, Send, Return> {
 public:
  template <class T>
  requires std::is_convertible_v<T, Return>
  void return_value(T&& value) { this->result.emplace(std::forward<T>(value)); }
};

template <class Yield, class Send>
class GeneratorReturn<Yield, Send, void> : public GeneratorState<Yield, Send, void> {
 public:
  void return_void() noexcept {}
};

/// A generator as a coroutine.
template <class Yield, class Send, class Return>
class GeneratorPromise : public GeneratorReturn<Yield, Send, Return> {
  using Port = GeneratorPort<Yield, Send>;

 public:
  Generator<Yield, Send, Return> get_return_object() {
    auto mine = std::coroutine_handle<GeneratorPromise>::from_promise(*this);
    this->innermost = mine;
    this->destroy = [](GeneratorState<Yield, Send, Return>& self) noexcept {
      std::coroutine_handle<GeneratorPromise>::from_promise(static_cast<GeneratorPromise&>(self)).destroy();
    };
    return Generator<Yield, Send, Return>(*this);
  }

  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept {
    this->state = Port::Ended;
    if (outer_) port_->innermost = outer_;
    return {};
  }
  void unhandled_exception() noexcept { this->thrown = std::current_exception(); }

  // A value of ours rests where it lies; what still belongs to somebody is copied.
  auto yield_value(Yield&& value) noexcept { return Rest{{}, *port_, &value}; }
  auto yield_value(const Yield& value) { return RestWithCopy{{}, *port_, value}; }

  template <class Range>
  auto yield_value(From<Range> from);

  void await_transform() = delete;  // a generator only yields

 private:
  template <class G, class Y, class S, class T>
  auto delegate_to(Generator<Y, S, T>& inner);

  template <class, class, class>
  friend class GeneratorPromise;

  struct Suspends {
    bool await_ready() const noexcept { return false; }
  };
  struct Rest : Suspends {
    Port& port;
    Yield* value;
    void await_suspend(std::coroutine_handle<>) noexcept { port.yielded = value; }
    Send await_resume() { return port.went_on(); }
  };
  struct RestWithCopy : Suspends {
    Port& port;
    Yield value;
    void await_suspend(std::coroutine_handle<>) noexcept { port.yielded = std::addressof(value); }
    Send await_resume() { return port.went_on(); }
  };

  // Until the inner one has ended, whoever resumes us resumes that, and it sees
  // what we would see.
  template <class T>
  struct Delegate : Suspends {
    Delegate(Port& p, Generator<Yield, Send, T> g) : port(p), inner(std::move(g)) {}
    bool await_ready() const noexcept { return inner.state_ == nullptr; }
    void await_suspend(std::coroutine_handle<> mine) noexcept {
      auto& its = static_cast<GeneratorPromise<Yield, Send, T>&>(*inner.state_);
      its.state = Port::Resting;
      its.port_ = &port;
      its.outer_ = mine;
      port.innermost = its.innermost;
    }
    T await_resume() {
      if (inner.state_ != nullptr) inner.finish();
      if constexpr (!std::is_void_v<T>) return std::move(inner.result());
    }
    Port& port;
    Generator<Yield, Send, T> inner;
  };

  Port* port_ = this;
  std::coroutine_handle<> outer_;  // who delegates to this one
};

/// A generator with a stack, on which it lies itself.
template <class Yield, class Send, class Return, class F>
class GeneratorCall final : public GeneratorState<Yield, Send, Return> {
  static constexpr bool boxed =
      sizeof(F) > GeneratorStack::MostRoom / 2 || std::alignment_of_v<F> > GeneratorStack::RoomAlignment;

 public:
  template <class G>
  static GeneratorState<Yield, Send, Return>& make(G&& f, std::size_t stack_size) {
    GeneratorStack& stack = GeneratorStack::make(stack_size, sizeof(GeneratorCall), run);
    try {
      return *::new (stack.room()) GeneratorCall(stack, std::forward<G>(f));
    } catch (...) {
      stack.drop();
      throw;
    }
  }

 private:
  template <class G>
  GeneratorCall(GeneratorStack& its, G&& f) : f_(pack(std::forward<G>(f))) {
    this->stack = &its;
    this->destroy = [](GeneratorState<Yield, Send, Return>& self) noexcept {
      GeneratorStack& last = *self.stack;
      static_cast<GeneratorCall&>(self).~GeneratorCall();
      last.drop();
    };
  }

  template <class G>
  static auto pack(G&& f) {
    if constexpr (boxed) {
      return std::make_unique<F>(std::forward<G>(f));
    } else {
      return F(std::forward<G>(f));
    }
  }

  static void run(void* room) noexcept;

  std::conditional_t<boxed, std::unique_ptr<F>, F> f_;
};

/// What `inner` yields next, once it has got what was sent or thrown to who delegates to it.
template <class G, class Sent>
auto pass_on(G& inner, std::optional<Sent>& sent, const std::exception_ptr& thrown) {
  if (thrown != nullptr) return inner.throw_into(thrown);
  if constexpr (requires { inner.send(std::move(*sent)); }) {
    return inner.send(std::move(*sent));
  } else {
    return inner.next();
  }
}

}  // namespace weft::detail

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace weft::detail {

/// A callable without arguments and result, move-only: what std::function costs
/// in a header is more than the rest of a room. A small one lies in it.
class Callable {
 public:
  Callable() noexcept = default;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Callable> && std::is_invocable_v<std::decay_t<F>&>) Callable(F&& f)
      : how_(&how<Held<std::decay_t<F>>>) {
    Held<std::decay_t<F>>::make(room_, std::forward<F>(f));
  }

  Callable(Callable&& other) noexcept : how_(std::exchange(other.how_, nullptr)) {
    if (how_ != nullptr) how_->move(room_, other.room_);
  }
  Callable& operator=(Callable&& other) noexcept {
    Callable taken(std::move(other));  // first, for it may lie in what is destroyed here
    if (const How* old = std::exchange(how_, nullptr)) old->destroy(room_);
    how_ = std::exchange(taken.how_, nullptr);
    if (how_ != nullptr) how_->move(room_, taken.room_);
    return *this;
  }
  ~Callable() {
    if (how_ != nullptr) how_->destroy(room_);
  }

  explicit operator bool() const noexcept { return how_ != nullptr; }
  void operator()() const { how_->call(room_); }

 private:
  struct alignas(void*) Room {
    std::byte bytes[6 * sizeof(void*)];
  };

  struct How {
    void (*call)(Room&);
    void (*move)(Room& to, Room& from) noexcept;  // nothing is left in `from`
    void (*destroy)(Room&) noexcept;
  };

  // How an F lies in the room: as it is or, if it is large or its move may throw, on the heap.
  template <class F>
  struct Held {
    static constexpr bool here =
        sizeof(F) <= sizeof(Room) && std::alignment_of_v<F> <= alignof(Room) && std::is_nothrow_move_constructible_v<F>;
    using Stored = std::conditional_t<here, F, F*>;

    template <class G>
    static void make(Room& room, G&& f) {
      if constexpr (here) {
        ::new (&room) Stored(std::forward<G>(f));
      } else {
        ::new (&room) Stored(new F(std::forward<G>(f)));
      }
    }
    static Stored& stored(Room& room) noexcept { return *std::launder(reinterpret_cast<Stored*>(&room)); }
    static F& in(Room& room) noexcept {
      if constexpr (here) {
        return stored(room);
      } else {
        return *stored(room);
      }
    }
    static void move(Room& to, Room& from) noexcept {
      ::new (&to) Stored(std::move(stored(from)));
      if constexpr (here) std::destroy_at(&stored(from));
    }
    static void destroy(Room& room) noexcept {
      if constexpr (here) {
        std::destroy_at(&stored(room));
      } else {
        delete stored(room);
      }
    }
  };

  template <class H>
  static constexpr How how{[](Room& room) { static_cast<void>(H::in(room)()); }, H::move, H::destroy};

  const How* how_ = nullptr;
  mutable Room room_;
};

/// std::function, which would cost a header more than all the rest; copies share what it
/// calls.
template <class Signature>
class Function;

template <class R, class... Args>
class Function<R(Args...)> {
 public:
  Function() noexcept = default;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Function> && std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
      Function(F&& f)
      : what_(std::make_shared<std::decay_t<F>>(std::forward<F>(f))), call_([](void* what, Args... args) -> R {
          auto& callable = *static_cast<std::decay_t<F>*>(what);
          return static_cast<R>(callable(std::forward<Args>(args)...));
        }) {}

  explicit operator bool() const noexcept { return call_ != nullptr; }
  R operator()(Args... args) const { return call_(what_.get(), std::forward<Args>(args)...); }

 private:
  std::shared_ptr<void> what_;
  R (*call_)(void*, Args...) = nullptr;
};

}  // namespace weft::detail

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/detail/deque.hpp"
#include "weft/detail/self.hpp"
#include "weft/detail/value.hpp"

namespace weft::detail {

struct ForkPlace;

/// The second half of a join, on the stack of the one who forks. Stolen, it is
/// run by another worker, who then says so in `word`; or given back by one who must
/// not run it.
struct Fork {
  static constexpr std::uint32_t Open = 0, Asleep = 1, Done = 2, GivenBack = 3;

  explicit Fork(void (*r)(Fork&) noexcept) noexcept : run(r) {}

  void (*run)(Fork&) noexcept;
  std::atomic<std::uint32_t> word{Open};
  std::atomic<ForkPlace*> thief{nullptr};  // once it runs
  void* group = nullptr;                   // the TaskGroup that it belongs to
};

/// The word that says how many workers lie idle and whether one searches: see
/// src/work/idle.hpp.
struct IdleWord {
  static constexpr std::uint32_t Most = 0xFFFF;
  static constexpr std::uint32_t searching(std::uint64_t word) noexcept { return word & 1; }
  static constexpr std::uint32_t idle(std::uint64_t word) noexcept { return word >> 1 & Most; }

  /// Nobody searches, and more lie idle than are to stay so.
  static constexpr bool worth_calling(std::uint64_t word, std::uint32_t reserve) noexcept {
    return searching(word) == 0 && idle(word) > reserve;
  }
};

/// What a worker has for forks: every push is followed by a pop before the
/// function that pushed returns, so it is a stack that others may take from
/// below. `id` is who may push: a green thread on the same OS thread has another.
struct ForkPlace {
  /// What was forked last is kept back, as most of that is taken back at once; but not from a
  /// stack that holds little, for those may be large.
  static constexpr int KeptBack = 8, Shown = 4;
  using Forks = Deque<Fork, ThisProcess, 256, KeptBack, Shown>;
  Forks forks;
  std::uint32_t id = 0;
  const std::atomic<std::uint64_t>* idle = nullptr;
  const std::atomic<std::uint32_t>* reserve = nullptr;
  void* group = nullptr;  // the TaskGroup whose task runs here: see group_here()

  /// Whether one searches, or one is worth calling. Not for certain: a worker that lies
  /// down in this very moment may be missed, until the next fork.
  bool somebody_wants_work() const noexcept {
    const std::uint64_t word = idle->load(std::memory_order_relaxed);
    return IdleWord::searching(word) != 0 || IdleWord::idle(word) > reserve->load(std::memory_order_relaxed);
  }
};

extern WEFT_API constinit thread_local ForkPlace* fork_place_here [[gnu::tls_model("initial-exec")]];

/// The TaskGroup whose task runs here. Only on a worker's own stack, where tasks
/// nest; green threads on the same OS thread do not, and have none.
inline void** group_here() noexcept {
  ForkPlace* place = fork_place_here;
  return place != nullptr && place->id == self_id ? &place->group : nullptr;
}

/// Shows all that was forked, and calls one for it if none searches and there is a core for him.
WEFT_API void call_for_forks(ForkPlace& place) noexcept;
/// Waits for a fork that was stolen, and meanwhile helps its thief with it. One that was given back is
/// run here, if it is still `wanted`.
WEFT_API void await_fork(ForkPlace& place, Fork& fork, bool wanted = true) noexcept;

/// What a call of f() comes to.
template <class F>
using Returned = Value<std::remove_cvref_t<std::invoke_result_t<F&>>>;

template <class F>
Returned<F> call_for_value(F& f) {
  if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
    f();
    return {};
  } else {
    return f();
  }
}

/// A Fork that calls g() and keeps what comes of it.
template <class G>
class ForkOf final : public Fork {
 public:
  explicit ForkOf(G& g) noexcept : Fork(run_stolen), g_(g) {}
  ~ForkOf() {
    if (has_value_) std::destroy_at(&value_);
  }

  /// After await_fork().
  Returned<G> take() {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
    return std::move(value_);
  }

 private:
  static void run_stolen(Fork& fork) noexcept {
    auto& self = static_cast<ForkOf&>(fork);
    try {
      std::construct_at(&self.value_, call_for_value(self.g_));
      self.has_value_ = true;
    } catch (...) {
      self.failure_ = std::current_exception();
    }
  }

  G& g_;
  union {
    Returned<G> value_;
  };
  bool has_value_ = false;
  std::exception_ptr failure_;
};

template <class F, class G>
std::pair<Returned<F>, Returned<G>> join(F& f, G& g) {
  ForkPlace* place = fork_place_here;
  if (place != nullptr && place->id == self_id) [[likely]] {
    ForkOf<G> fork(g);
    fork.group = place->group;
    if (place->forks.push(&fork)) [[likely]] {
      if (place->somebody_wants_work()) [[unlikely]]
        call_for_forks(*place);
      struct Pending {
        ForkPlace& place;
        Fork& fork;
        bool open = true;
        bool take_back() noexcept {
          open = false;
          return place.forks.take_back();
        }
        ~Pending() {
          if (open && !take_back()) await_fork(place, fork, false);  // f threw
        }
      } pending{*place, fork};
      Returned<F> first = call_for_value(f);
      if (pending.take_back()) [[likely]]
        return {std::move(first), call_for_value(g)};
      await_fork(*place, fork);
      return {std::move(first), fork.take()};
    }
  }
  Returned<F> first = call_for_value(f);
  return {std::move(first), call_for_value(g)};
}

}  // namespace weft::detail

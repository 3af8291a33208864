// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/concurrent/futures/future.hpp"
#include "weft/concurrent/futures/promise.hpp"
#include "weft/detail/api.hpp"
#include "weft/detail/items.hpp"
#include "weft/detail/ref.hpp"
#include "weft/detail/result.hpp"
#include "weft/detail/work.hpp"

namespace weft::concurrent::futures {

/// A future of the results of all these, a std::vector in the order given, or void; it
/// fails as soon as one of them fails, and is cancelled as soon as one of them is. Of none,
/// it is done at once. Results that cannot be copied are moved out of their futures.
/// Cancelling it cancels none of them.
template <RangeOfFutures Range>
auto all(Range&& futures);
template <class T>
auto all(std::initializer_list<Future<T>> futures) {
  return all(std::vector<Future<T>>(futures));
}

/// A future of the first result of these; the others go on. If there is none, it ends as the
/// last of them did: it fails with what that one threw, or is cancelled if that one was. Throws
/// ValueError if there are no futures. A result that cannot be copied is moved out of its
/// future. Cancelling it cancels none of them. Whoever waits for it in a task of their pool
/// may run one of them that nobody has begun, to its end.
template <RangeOfFutures Range>
auto any(Range&& futures);
template <class T>
auto any(std::initializer_list<Future<T>> futures) {
  return any(std::vector<Future<T>>(futures));
}

}  // namespace weft::concurrent::futures

namespace weft::detail {

[[noreturn]] WEFT_API void throw_any_of_none();

/// What all() and any() have in common: several works tell it when they are done,
/// and `tell` makes one result of theirs. It goes when all have told.
template <class T, class R>
class Combined {
 public:
  struct Ear : Listener {
    Ear() noexcept : Listener(call, false) {}
    static Work* call(Listener& self, Work& work) {
      auto& ear = static_cast<Ear&>(self);
      Combined& combined = *ear.combined;
      Work* told = combined.tell_(combined, static_cast<Result<T>&>(work));
      if (combined.ears_left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        combined.next->origins()->clear();
        delete &combined;
      }
      return told;
    }
    Combined* combined = nullptr;
  };

  using Tell = Work* (*)(Combined&, Result<T>&);
  using Handle = concurrent::futures::Future<T>;

  /// `one_is_enough`: for the result, of those that workers complete.
  static concurrent::futures::Future<R> begin(std::vector<Handle> futures, Tell tell, bool one_is_enough) {
    auto* combined = new Combined(std::move(futures), tell);
    concurrent::futures::Future<R> all(combined->next.find());
    // The last ear destroys it, so that nothing of it is looked at after that.
    std::size_t count = combined->futures.size();
    Ear* ears = combined->ears_.get();
    std::vector<Handle> held = combined->futures;
    // Where others may complete some of them, nobody can tell that it will never be done.
    const Work* decides = nullptr;
    bool all_of_workers = true;
    for (const Handle& future : held) {
      const Work& work = future.work();
      all_of_workers = all_of_workers && work.is_of_workers();
      if (decides == nullptr || work.left_behind() != one_is_enough) decides = &work;
    }
    if (all_of_workers) combined->next->follow(*decides);
    for (std::size_t i = 0; i < count; ++i) held[i].work().tell(ears[i]);
    return all;
  }

  std::vector<Handle> futures;
  std::atomic<std::size_t> missing;
  const Ref<Given<R>> next;

 private:
  Combined(std::vector<Handle> all, Tell tell)
      : futures(std::move(all)),
        missing(futures.size()),
        next(new Given<R>(2)),
        tell_(tell),
        ears_left_(futures.size()),
        ears_(new Ear[futures.size()]) {
    for (std::size_t i = 0; i < futures.size(); ++i) ears_[i].combined = this;
    next->origins()->set(this, find);
  }

  static Work* find(const void* maker, std::size_t n) noexcept {
    auto& combined = *static_cast<const Combined*>(maker);
    return n < combined.futures.size() ? &combined.futures[n].work() : nullptr;
  }

  Tell tell_;
  std::atomic<std::size_t> ears_left_;
  std::unique_ptr<Ear[]> ears_;
};

}  // namespace weft::detail

namespace weft::concurrent::futures {

template <RangeOfFutures Range>
auto all(Range&& futures) {
  using T = typename std::ranges::range_value_t<Range>::value_type;
  using R = std::conditional_t<std::is_void_v<T>, void, std::vector<std::conditional_t<std::is_void_v<T>, int, T>>>;
  using Combined = detail::Combined<T, R>;
  auto list = detail::list_of<Range, Future<T>>(std::forward<Range>(futures));
  if (list.empty()) {
    Promise<R> none;
    if constexpr (std::is_void_v<R>) {
      none.set_result();
    } else {
      none.set_result(R());
    }
    return none.future();
  }
  return Combined::begin(
      std::move(list),
      [](Combined& combined, detail::Result<T>& result) -> detail::Work* {
        using detail::WorkWord;
        bool last = combined.missing.fetch_sub(1, std::memory_order_acq_rel) == 1;
        if (WorkWord::phase(result.word()) != WorkWord::Finished) return combined.next->cancel_later();
        if (result.failed()) {
          std::exception_ptr failure = result.failure();
          if (!combined.next->start()) return nullptr;
          combined.next->fail(std::move(failure));
          return combined.next->finish_later();
        }
        if (!last || !combined.next->start()) return nullptr;
        try {
          if constexpr (!std::is_void_v<R>) {
            R values;
            values.reserve(combined.futures.size());
            for (Future<T>& future : combined.futures) values.push_back(std::move(future).result());
            combined.next->store(std::move(values));
          }
        } catch (...) {
          combined.next->fail(std::current_exception());
        }
        return combined.next->finish_later();
      },
      false);
}

template <RangeOfFutures Range>
auto any(Range&& futures) {
  using T = typename std::ranges::range_value_t<Range>::value_type;
  using Combined = detail::Combined<T, T>;
  auto list = detail::list_of<Range, Future<T>>(std::forward<Range>(futures));
  if (list.empty()) detail::throw_any_of_none();
  return Combined::begin(
      std::move(list),
      [](Combined& combined, detail::Result<T>& result) -> detail::Work* {
        using detail::WorkWord;
        bool last = combined.missing.fetch_sub(1, std::memory_order_acq_rel) == 1;
        bool ended = WorkWord::phase(result.word()) == WorkWord::Finished;
        std::exception_ptr failure = ended && result.failed() ? result.failure() : nullptr;
        if (!ended || failure != nullptr) {
          if (!last) return nullptr;
          if (!ended) return combined.next->cancel_later();
          if (!combined.next->start()) return nullptr;
          combined.next->fail(std::move(failure));
          return combined.next->finish_later();
        }
        if (!combined.next->start()) return nullptr;
        try {
          if constexpr (std::is_void_v<T>) {
            result.get();
          } else if constexpr (detail::copyable<T>) {
            combined.next->store(result.value());
          } else {
            combined.next->store(std::move(result.value()));
          }
        } catch (...) {
          combined.next->fail(std::current_exception());
        }
        return combined.next->finish_later();
      },
      true);
}

}  // namespace weft::concurrent::futures

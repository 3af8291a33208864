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
#include "weft/detail/result.hpp"
#include "weft/detail/work.hpp"

namespace weft::concurrent::futures {

/// A future of all their results, in the order given; it fails as soon as one of
/// them fails, and is cancelled as soon as one of them is. Of none, it is done at once.
template <RangeOfFutures Range>
auto all(Range&& futures);
template <class T>
auto all(std::initializer_list<Future<T>> futures) {
  return all(std::vector<Future<T>>(futures));
}

/// A future of the first result. If there is none, it ends as the last of them to
/// end: it fails with what that one threw, or is cancelled if that one was. Throws
/// ValueError if there are no futures.
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
class Joining {
 public:
  struct Ear : Listener {
    Ear() noexcept : Listener(call, false) {}
    static Work* call(Listener& self, Work& work) {
      auto& ear = static_cast<Ear&>(self);
      Joining& joining = *ear.joining;
      Work* told = joining.tell_(joining, static_cast<Result<T>&>(work));
      if (joining.ears_left_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete &joining;
      return told;
    }
    Joining* joining = nullptr;
  };

  using Tell = Work* (*)(Joining&, Result<T>&);
  using Handle = concurrent::futures::Future<T>;

  /// `one_is_enough`: for the result, of those that workers complete.
  static concurrent::futures::Future<R> begin(std::vector<Handle> futures, Tell tell, bool one_is_enough) {
    auto* joining = new Joining(std::move(futures), tell);
    concurrent::futures::Future<R> all(joining->next);
    // The last ear destroys it, so that nothing of it is looked at after that.
    std::size_t count = joining->futures.size();
    Ear* ears = joining->ears_.get();
    std::vector<Handle> held = joining->futures;
    // Where others may complete some of them, nobody can tell that it will never be done.
    const Work* decides = nullptr;
    bool all_of_workers = true;
    for (const Handle& future : held) {
      const Work& work = future.work();
      all_of_workers = all_of_workers && work.is_of_workers();
      if (decides == nullptr || work.left_behind() != one_is_enough) decides = &work;
    }
    if (all_of_workers) joining->next->follow(*decides);
    for (std::size_t i = 0; i < count; ++i) held[i].work().tell(ears[i]);
    return all;
  }

  std::vector<Handle> futures;
  std::atomic<std::size_t> missing;
  Given<R>* next;

 private:
  Joining(std::vector<Handle> all, Tell tell)
      : futures(std::move(all)),
        missing(futures.size()),
        next(new Given<R>(2)),
        tell_(tell),
        ears_left_(futures.size()),
        ears_(new Ear[futures.size()]) {
    for (std::size_t i = 0; i < futures.size(); ++i) ears_[i].joining = this;
  }
  ~Joining() { next->drop(); }

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
  using Joining = detail::Joining<T, R>;
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
  return Joining::begin(
      std::move(list),
      [](Joining& joining, detail::Result<T>& result) -> detail::Work* {
        using detail::WorkWord;
        bool last = joining.missing.fetch_sub(1, std::memory_order_acq_rel) == 1;
        if (WorkWord::phase(result.word()) != WorkWord::Finished) return joining.next->cancel_later();
        if (result.failed()) {
          std::exception_ptr failure = result.failure();
          if (!joining.next->start()) return nullptr;
          joining.next->fail(std::move(failure));
          return joining.next->finish_later();
        }
        if (!last || !joining.next->start()) return nullptr;
        try {
          if constexpr (!std::is_void_v<R>) {
            R values;
            values.reserve(joining.futures.size());
            for (Future<T>& future : joining.futures) values.push_back(std::move(future).result());
            joining.next->store(std::move(values));
          }
        } catch (...) {
          joining.next->fail(std::current_exception());
        }
        return joining.next->finish_later();
      },
      false);
}

template <RangeOfFutures Range>
auto any(Range&& futures) {
  using T = typename std::ranges::range_value_t<Range>::value_type;
  using Joining = detail::Joining<T, T>;
  auto list = detail::list_of<Range, Future<T>>(std::forward<Range>(futures));
  if (list.empty()) detail::throw_any_of_none();
  return Joining::begin(
      std::move(list),
      [](Joining& joining, detail::Result<T>& result) -> detail::Work* {
        using detail::WorkWord;
        bool last = joining.missing.fetch_sub(1, std::memory_order_acq_rel) == 1;
        bool ended = WorkWord::phase(result.word()) == WorkWord::Finished;
        std::exception_ptr failure = ended && result.failed() ? result.failure() : nullptr;
        if (!ended || failure != nullptr) {
          if (!last) return nullptr;
          if (!ended) return joining.next->cancel_later();
          if (!joining.next->start()) return nullptr;
          joining.next->fail(std::move(failure));
          return joining.next->finish_later();
        }
        if (!joining.next->start()) return nullptr;
        try {
          if constexpr (std::is_void_v<T>) {
            result.get();
          } else if constexpr (detail::copyable<T>) {
            joining.next->store(result.value());
          } else {
            joining.next->store(std::move(result.value()));
          }
        } catch (...) {
          joining.next->fail(std::current_exception());
        }
        return joining.next->finish_later();
      },
      true);
}

}  // namespace weft::concurrent::futures

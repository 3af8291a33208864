// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <ranges>
#include <utility>
#include <vector>

#include "weft/concurrent/futures/future.hpp"
#include "weft/detail/gathering.hpp"
#include "weft/detail/items.hpp"
#include "weft/detail/walk.hpp"
#include "weft/timeout.hpp"

namespace weft::concurrent::futures {

/// When wait() returns.
enum ReturnWhen {
  FIRST_COMPLETED,  ///< when one is done
  FIRST_EXCEPTION,  ///< when one has failed, or all are done
  ALL_COMPLETED,    ///< when all are done
};

/// What wait() returns: futures in the order in which they were given, each once.
template <class F>
struct DoneAndNotDoneFutures {
  std::vector<F> done;
  std::vector<F> not_done;
};

/// How wait() waits.
struct WaitOptions {
  Timeout timeout = {};
  ReturnWhen return_when = ALL_COMPLETED;
};

/// Waits for several futures, as concurrent.futures.wait().
///
///     auto [done, not_done] = wait(futures, {.timeout = 2, .return_when = FIRST_COMPLETED});
///
/// If the time runs out, it returns all the same: the rest is in `not_done`. A future of a
/// Promise that was cancelled counts as done when its promise knows, as in
/// Python; one of a task at once.
template <RangeOfFutures Range>
DoneAndNotDoneFutures<std::ranges::range_value_t<Range>> wait(Range&& futures, const WaitOptions& options = {});
template <std::derived_from<AnyFuture> F>
DoneAndNotDoneFutures<F> wait(std::initializer_list<F> futures, const WaitOptions& options = {}) {
  return wait(std::vector<F>(futures), options);
}

/// Futures as they are done, as concurrent.futures.as_completed(): a range to be
/// walked once.
///
///     for (auto& future : as_completed(futures)) use(future.result());
///
/// No more of them are waited for than were asked for. Throws TimeoutError if not all
/// are done `timeout` after the call.
template <class F>
class AsCompleted;
template <RangeOfFutures Range>
AsCompleted<std::ranges::range_value_t<Range>> as_completed(Range&& futures, const Timeout& timeout = {});
template <std::derived_from<AnyFuture> F>
AsCompleted<F> as_completed(std::initializer_list<F> futures, const Timeout& timeout = {}) {
  return as_completed(std::vector<F>(futures), timeout);
}

}  // namespace weft::concurrent::futures

namespace weft::detail {

[[noreturn]] WEFT_API void throw_unfinished(std::size_t unfinished, std::size_t all);

/// Of each of them, where it stands first.
WEFT_API std::vector<std::size_t> first_of_each(const std::vector<Work*>& works);

/// The futures of a range, each once.
template <class Range, class F = std::ranges::range_value_t<Range>>
std::vector<F> each_once(Range&& futures) {
  std::vector<F> all = list_of(std::forward<Range>(futures));
  std::vector<Work*> works;
  works.reserve(all.size());
  for (const F& future : all) works.push_back(&future.work());
  std::vector<std::size_t> first = first_of_each(works);
  if (first.size() == all.size()) return all;
  std::vector<F> once;
  for (std::size_t i : first) once.push_back(std::move(all[i]));
  return once;
}

}  // namespace weft::detail

namespace weft::concurrent::futures {

template <RangeOfFutures Range>
DoneAndNotDoneFutures<std::ranges::range_value_t<Range>> wait(Range&& futures, const WaitOptions& options) {
  auto all = detail::each_once(std::forward<Range>(futures));
  {
    detail::Gathering gathering;
    for (std::size_t i = 0; i < all.size(); ++i) gathering.add(all[i].work(), i);
    auto enough = [&](std::size_t i) {
      return options.return_when == FIRST_COMPLETED ||
             (options.return_when == FIRST_EXCEPTION && !all[i].cancelled() && all[i].work().failed());
    };
    const Timeout end = options.timeout.from_now();
    for (bool done = false; !done;) {
      std::size_t i = gathering.next(end);
      done = i == detail::Gathering::None || enough(i);
    }
  }
  DoneAndNotDoneFutures<std::ranges::range_value_t<Range>> result;
  for (auto& future : all) {
    bool done = detail::WorkWord::settled(future.work().word());
    (done ? result.done : result.not_done).push_back(std::move(future));
  }
  return result;
}

template <class F>
class AsCompleted {
 public:
  AsCompleted(std::vector<F> futures, const Timeout& timeout)
      : futures_(std::move(futures)), gathering_(std::make_unique<detail::Gathering>()), end_(timeout.from_now()) {
    for (std::size_t i = 0; i < futures_.size(); ++i) gathering_->add(futures_[i].work(), i);
  }
  AsCompleted(AsCompleted&&) = default;
  AsCompleted& operator=(AsCompleted&& other) noexcept {
    gathering_ = std::move(other.gathering_);  // first of all: it lets go of the futures
    futures_ = std::move(other.futures_);
    end_ = other.end_;
    now_ = std::move(other.now_);
    return *this;
  }

  using Iterator = detail::Walk<F, AsCompleted*>;
  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend Iterator;

  F* now() noexcept { return now_ ? &now_ : nullptr; }
  void go_on() {
    now_ = F();
    if (gathering_->missing() == 0) return;
    std::size_t next = gathering_->next(end_);
    if (next == detail::Gathering::None) detail::throw_unfinished(gathering_->missing(), futures_.size());
    now_ = std::move(futures_[next]);  // nothing of what was handed out is kept
  }

  std::vector<F> futures_;
  std::unique_ptr<detail::Gathering> gathering_;  // before the futures go, it has let go of them
  Timeout end_;
  F now_;
};

template <RangeOfFutures Range>
AsCompleted<std::ranges::range_value_t<Range>> as_completed(Range&& futures, const Timeout& timeout) {
  return {detail::each_once(std::forward<Range>(futures)), timeout};
}

}  // namespace weft::concurrent::futures

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/detail/alarm.hpp"
#include "weft/detail/fork.hpp"
#include "weft/detail/gathering.hpp"
#include "weft/detail/ref.hpp"
#include "weft/detail/result.hpp"
#include "weft/detail/tracker.hpp"
#include "weft/detail/value.hpp"
#include "weft/detail/walk.hpp"
#include "weft/progress.hpp"
#include "weft/timeout.hpp"

namespace weft::detail {

/// How a LazyMap goes.
struct LazyMapOptions {
  std::size_t chunk = 1;      ///< items in a task
  std::size_t in_flight = 0;  ///< tasks at a time
  bool ordered = true;
  bool ends_with_failure = false;  ///< the first failure is the last that comes
  bool prompt = false;             ///< items are read no further than to the next result
  Timeout timeout = {};            ///< until the last result
  Progress progress = {};
};

/// How many tasks are in flight where nobody has said it. With few of them, who
/// takes the results and who makes them would wake one another for each.
inline std::size_t usual_in_flight(std::size_t workers) noexcept {
  constexpr std::size_t ForEach = 4, Least = 64;
  return workers > Least / ForEach ? ForEach * workers : Least;
}

/// A map that takes its items as it goes, with so many tasks in flight and no
/// more, so that its input may be endless. Only one at a time may call it; the
/// items are read in the caller's thread.
template <class From, class F, class R>
class LazyMap {
 public:
  LazyMap(std::shared_ptr<Workers> workers, From from, F f, LazyMapOptions options)
      : workers_(std::move(workers)),
        from_(std::move(from)),
        shared_(std::make_shared<Shared>(std::move(f), options.progress, from_.size())),
        options_(std::move(options)),
        end_(options_.timeout.from_now()) {
    fill();
  }
  LazyMap(const LazyMap&) = delete;
  LazyMap& operator=(const LazyMap&) = delete;

  /// What was not begun will not be.
  ~LazyMap() {
    cancel();
    if (!ended_) shared_->end();
  }

  /// The next result; nothing at the end. Throws what its call threw, TimeoutError,
  /// or what reading the items threw.
  std::optional<Value<R>> next(const Timeout& timeout) {
    for (;;) {
      if (done_ && failed_ != done_->failures.size() && done_->failures[failed_].first == at_) {
        std::exception_ptr failure = std::move(done_->failures[failed_++].second);
        if (options_.ends_with_failure) end();
        std::rethrow_exception(failure);
      }
      if (done_ && at_ != done_->values.size()) return std::move(done_->values[at_++]);
      done_.reset();
      fill();
      if (count_ == 0) {
        if (input_failure_ != nullptr) std::rethrow_exception(std::exchange(input_failure_, nullptr));
        if (std::exchange(ended_, true)) return std::nullopt;
        shared_->end();
        return std::nullopt;
      }
      collect(timeout);
    }
  }

 private:
  struct Chunk {
    std::vector<Value<R>> values;
    std::vector<std::pair<std::size_t, std::exception_ptr>> failures;  // each before the value of that number
  };

  struct Shared {
    Shared(F fn, const Progress& progress, std::optional<std::size_t> total) : f(std::move(fn)) {
      if (progress) tracker.emplace(progress, total);
    }
    void end() {
      if (tracker) tracker->end();
    }
    F f;
    std::optional<Tracker> tracker;
  };

  struct Target {
    Chunk operator()() && {
      std::int64_t begun = shared->tracker ? Tracker::now() : 0;
      Chunk chunk;
      chunk.values.reserve(items.size());
      for (auto&& item : items) {
        try {
          call(chunk, static_cast<typename From::Item&&>(item));
        } catch (...) {
          chunk.failures.emplace_back(chunk.values.size(), std::current_exception());
          if (ends_with_failure) break;
        }
      }
      if (shared->tracker) {
        shared->tracker->note(chunk.values.size() + chunk.failures.size(), begun, Tracker::now());
      }
      return chunk;
    }
    void call(Chunk& chunk, typename From::Item&& item) {
      if constexpr (std::is_void_v<R>) {
        detail::invoke(shared->f, std::move(item));
        chunk.values.emplace_back();
      } else {
        chunk.values.push_back(detail::invoke(shared->f, std::move(item)));
      }
    }
    std::shared_ptr<Shared> shared;
    bool ends_with_failure;
    std::vector<typename From::Item> items;
  };

  using Job = Task<Target, Chunk>;

  // One more for each that was taken; and on until all places are taken. Where results are to come as they are
  // done, no further than to the first of them: what is to be read next may be long in coming.
  void fill() {
    while (count_ != options_.in_flight && !exhausted_) {
      std::vector<typename From::Item> items;
      try {
        constexpr std::size_t Plenty = 1024;
        items.reserve(options_.chunk < Plenty ? options_.chunk : Plenty);
        while (items.size() != options_.chunk) {
          std::optional<typename From::Item> item = from_.next();
          if (!item) {
            exhausted_ = true;
            break;
          }
          items.push_back(std::move(*item));
        }
      } catch (...) {
        exhausted_ = true;
        input_failure_ = std::current_exception();  // after what was read before
      }
      if (items.empty()) return;
      if (free_.empty()) add_place();
      Ref<Job> job(new Job(2, Target{shared_, options_.ends_with_failure, std::move(items)}));
      try {
        workers_->hand_over(*job, 0);
      } catch (...) {
        exhausted_ = true;
        if (input_failure_ == nullptr) input_failure_ = std::current_exception();
        return;
      }
      std::size_t place = free_.back();
      free_.pop_back();
      places_[place] = std::move(job);
      ++count_;
      if (options_.ordered) {
        order_.push_back(place);
      } else {
        gathering_.add(*places_[place], place);
      }
      if (options_.prompt && count_ != options_.in_flight && next_is_done()) return;
    }
  }

  // With room for all that is noted down of it later, when nothing may throw.
  void add_place() {
    const std::size_t number = places_.size();
    places_.emplace_back();
    if (free_.capacity() <= number) {
      free_.reserve(2 * number + 1);
      order_.reserve(4 * number + 2);  // those that were taken are struck out in batches
    }
    free_.push_back(number);
  }

  bool next_is_done() const noexcept {
    return options_.ordered ? places_[order_[first_]]->done() : gathering_.has_next();
  }

  // Both ends count: the sooner moment, and either stop token.
  void collect(const Timeout& timeout) {
    const Timeout end = timeout.from_now();
    const Timeout sooner = end.nanoseconds() < end_.nanoseconds() ? end : end_;
    if (!end.stop().stop_possible()) return collect_by(Timeout(sooner, end_.stop()));
    if (!end_.stop().stop_possible()) return collect_by(Timeout(sooner, end.stop()));
    std::stop_source either;
    auto ask = [&either] { either.request_stop(); };
    std::stop_callback<decltype(ask)> its_own(end_.stop(), ask), of_this_call(end.stop(), ask);
    collect_by(Timeout(sooner, either.get_token()));
  }

  void collect_by(const Timeout& limit) {
    std::size_t place;
    if (options_.ordered) {
      place = order_[first_];
      if (!places_[place]->wait(limit)) give_up();
      if (++first_ == order_.size()) {
        order_.clear();
        first_ = 0;
      } else if (first_ >= places_.size()) {
        order_.erase(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
      }
    } else {
      place = gathering_.next(limit);
      if (place == Gathering::None) give_up();
    }
    const Ref<Job> job = std::move(places_[place]);
    free_.push_back(place);
    --count_;
    at_ = failed_ = 0;
    done_.emplace(std::move(job->get()));
  }

  [[noreturn]] void give_up() {
    const bool over = end_.stop().stop_requested() || Alarm::passed(Alarm::after(end_));
    if (options_.ends_with_failure && over) end();
    throw_timed_out();
  }

  void end() noexcept {
    cancel();
    exhausted_ = true;
    input_failure_ = nullptr;
    count_ = 0;
  }

  void cancel() noexcept {
    for (auto& job : places_) {
      if (job.find() != nullptr) job->cancel();
    }
  }

  std::shared_ptr<Workers> workers_;
  From from_;
  std::shared_ptr<Shared> shared_;
  LazyMapOptions options_;
  Timeout end_;
  std::vector<Ref<Job>> places_;
  std::vector<std::size_t> free_;
  std::vector<std::size_t> order_;  // of places, from first_ on
  std::size_t first_ = 0;
  std::size_t count_ = 0;  // in flight
  bool exhausted_ = false;
  bool ended_ = false;
  std::exception_ptr input_failure_;
  std::optional<Chunk> done_;        // the one that is being handed out
  std::size_t at_ = 0, failed_ = 0;  // how much of it was: values, and failures
  Gathering gathering_;
};

/// A range over a LazyMap, to be walked once: what nobody walks is not done. No more is taken than was asked for.
template <class From, class F, class R>
class [[nodiscard]] LazyMapRange {
 public:
  template <class... Args>
  explicit LazyMapRange(Args&&... args) : map_(std::make_unique<LazyMap<From, F, R>>(std::forward<Args>(args)...)) {}

  using Iterator = Walk<Value<R>, LazyMapRange*>;
  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const noexcept { return {}; }

  /// The next result, waiting for it at most `timeout`; nothing at the end. Throws
  /// what its call threw, or TimeoutError: then it may be asked again, unless the
  /// timeout of the whole map has passed.
  std::optional<Value<R>> next(const Timeout& timeout = {}) { return map_->next(timeout); }

 private:
  friend Iterator;

  Value<R>* now() noexcept { return now_ ? std::addressof(*now_) : nullptr; }
  void go_on() {
    now_.reset();  // nothing of what was handed out is kept
    if (std::optional<Value<R>> next = map_->next({})) now_.emplace(std::move(*next));  // need not be assignable
  }

  std::unique_ptr<LazyMap<From, F, R>> map_;
  std::optional<Value<R>> now_;
};

}  // namespace weft::detail

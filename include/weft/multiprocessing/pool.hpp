// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <exception>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/detail/api.hpp"
#include "weft/detail/call.hpp"
#include "weft/detail/callable.hpp"
#include "weft/detail/items.hpp"
#include "weft/detail/lazy_map.hpp"
#include "weft/detail/ref.hpp"
#include "weft/detail/result.hpp"
#include "weft/detail/source.hpp"
#include "weft/detail/spread.hpp"
#include "weft/errors.hpp"
#include "weft/progress.hpp"
#include "weft/timeout.hpp"

namespace weft::threading {

class Thread;
class ThreadWorkers;

}  // namespace weft::threading

namespace weft::detail {

// Of the room multiprocessing.
[[noreturn]] WEFT_API void throw_not_ready();
[[noreturn]] WEFT_API void throw_no_chunksize();
/// What it failed with, a cancellation included; null if it has a result.
WEFT_API std::exception_ptr failure_of(Work& work) noexcept;

/// Done when the callbacks of an asynchronous call have returned.
class Told final : public Result<void> {
 public:
  explicit Told(std::uint32_t holders) noexcept : Result(holders) {}

  /// The one whose callbacks run in this thread: they need not wait for themselves.
  static WEFT_API const Told*& here() noexcept;

 private:
  void perform() override {}
  void forget_target() noexcept override {}
};

}  // namespace weft::detail

namespace weft::multiprocessing {

using weft::TimeoutError;

/// How a ThreadPool is made: Python's arguments, in Python's order.
struct ThreadPoolOptions {
  int processes = 0;                  ///< threads; 0: one for each CPU this process may run on; 65,534 is the limit
  detail::Callable initializer = {};  ///< each thread runs it before its first task
};

/// What an asynchronous call calls at its end, in the worker that did it. Its AsyncResult is
/// ready when they have returned, as in Python. What they throw goes to the excepthook of
/// concurrent.futures.
template <class R>
struct AsyncOptions {
  detail::Function<void(const R&)> callback = {};                  ///< with the result
  detail::Function<void(std::exception_ptr)> error_callback = {};  ///< with what was thrown
};
template <>
struct AsyncOptions<void> {
  detail::Function<void()> callback = {};
  detail::Function<void(std::exception_ptr)> error_callback = {};
};

/// How a map goes.
struct MapOptions {
  std::size_t chunksize = 0;  ///< items in a task; 0: as it fits
  Progress progress = {};
};

/// How an imap goes.
struct IMapOptions {
  std::size_t chunksize = 1;   ///< items in a task
  std::size_t buffersize = 0;  ///< tasks in flight; 0: four for each worker, and at least 64
  Progress progress = {};
};

/// The result of an asynchronous call, as multiprocessing.pool.AsyncResult. A
/// handle: copies stand for the same call.
template <class R>
class AsyncResult {
 public:
  explicit AsyncResult(detail::Result<R>* result, detail::Ref<detail::Told> told = {}) noexcept
      : result_(result), told_(std::move(told)) {}

  /// What the call returned, waiting for it at most `timeout`. Throws what it
  /// threw, TimeoutError, or concurrent::futures::CancelledError after terminate(). The reference holds
  /// as long as there is a handle.
  decltype(auto) get(const Timeout& timeout = {}) const& {
    if constexpr (std::is_void_v<R>) {
      ended(timeout).get();
    } else {
      return std::as_const(ended(timeout).get());
    }
  }

  /// The same from a handle that is given up: moved out if it is the last one, or
  /// if it cannot be copied.
  R get(const Timeout& timeout = {}) && { return detail::take_result(ended(timeout)); }

  /// Waits until the call has ended; false if the time ran out.
  bool wait(const Timeout& timeout = {}) const {
    if (told_.find() == nullptr || told_.find() == detail::Told::here()) return result_->wait(timeout);
    const Timeout end = timeout.from_now();
    return result_->wait(end) && told_->wait(end);
  }

  /// True if the call has ended.
  bool ready() const noexcept { return told_.find() != nullptr ? told_->done() : result_->done(); }

  /// True if it ended without an exception. Throws ValueError before ready().
  bool successful() const {
    if (!ready()) detail::throw_not_ready();
    return detail::WorkWord::phase(result_->word()) == detail::WorkWord::Finished && result_->failure() == nullptr;
  }

 private:
  friend class ThreadPool;

  detail::Result<R>& ended(const Timeout& timeout) const {
    if (!wait(timeout)) detail::throw_timed_out();
    return *result_;
  }

  detail::Ref<detail::Result<R>> result_;
  detail::Ref<detail::Told> told_;  // none if there are no callbacks
};

/// A team of threads that runs functions for its owner, as
/// multiprocessing.pool.ThreadPool.
///
///     ThreadPool pool(4);
///     std::vector<int> squares = pool.map([](int x) { return x * x; }, numbers);
///
/// It takes any callable. Pool, which will run in processes, is to come and will
/// have the same members.
///
/// A task may use the pool itself, in any depth and with any number of threads.
///
/// The destructor is the end of Python's `with`: it calls terminate(), and waits
/// for the calls that run (not where one of them is the last to let go of the pool,
/// and, once main() has ended, only for those in threads that were begun after that).
/// Call close() and join() first if queued work is to finish.
class WEFT_API ThreadPool {
  template <class F, class... Args>
  using ResultOf = detail::ResultOf<F, Args...>;
  // What a map reads: the range, if its items can be reached by index, or a list of them.
  template <class Range>
  static constexpr bool indexed = (std::ranges::random_access_range<Range> && std::ranges::sized_range<Range>);
  template <class Range>
  using OwnList = std::vector<std::ranges::range_value_t<Range>>;
  template <class F, class Range>
  using MappedTo = std::remove_cvref_t<std::invoke_result_t<
      F&, std::conditional_t<detail::moves_items<F, Range>, std::ranges::range_rvalue_reference_t<Range>,
                             std::ranges::range_reference_t<Range>>>>;
  template <class F, class Range>
  using ListOf = detail::ListOf<MappedTo<F, std::conditional_t<indexed<Range>, Range, OwnList<Range>>>>;

 public:
  explicit ThreadPool(ThreadPoolOptions options = {});
  explicit ThreadPool(int processes);  ///< ValueError if less than 1
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Calls f(args...) in a worker and waits; or in the caller's own thread, in the
  /// place of a worker that sleeps, if the pool has no initializer. Throws what f threw.
  template <class F, class... Args>
  auto apply(F&& f, Args&&... args) {
    auto result = begin(detail::pack_call(std::forward<F>(f), std::forward<Args>(args)...), {}, Caller::Waits);
    if constexpr (std::is_void_v<ResultOf<F, Args...>>) {
      result.get();
    } else {
      return take(result);
    }
  }

  /// Calls f(args...) in a worker. Throws ValueError after close() or terminate(), and
  /// BrokenThreadPool if the initializer failed.
  template <class F, class... Args>
  AsyncResult<ResultOf<F, Args...>> apply_async(F&& f, Args&&... args) {
    return begin(detail::pack_call(std::forward<F>(f), std::forward<Args>(args)...), {}, Caller::GoesOn);
  }
  /// The same with callbacks: apply_async(f, std::tuple(1, 2), {.callback = store}).
  template <class F, class... Args>
  AsyncResult<ResultOf<F, Args...>> apply_async(F&& f, std::tuple<Args...> args,
                                                AsyncOptions<ResultOf<F, Args...>> options) {
    return begin(detail::pack_call_with(std::forward<F>(f), std::move(args)), std::move(options), Caller::GoesOn);
  }

  /// A list of f(item) for each item, in their order: all at once, spread over the
  /// workers, of whom the caller may be one, as in apply(). f is called for every item;
  /// then, if some threw, it throws what the first of those threw. ValueError after
  /// close() or terminate(), BrokenThreadPool if the initializer failed.
  ///
  /// Items that can be reached by index are read by the workers, several at once: of
  /// a view that makes its items (std::views::transform), this calls what makes them
  /// there. Items of a container that is handed over (`std::move(items)`) are moved into f.
  template <class F, std::ranges::input_range Range>
  auto map(F f, Range&& items, MapOptions options = {}) -> ListOf<F, Range>;

  /// The same without waiting. The items are copied or moved into the pool, and from there into f.
  template <class F, std::ranges::input_range Range, class R = MappedTo<F, OwnList<Range>>>
  AsyncResult<detail::ListOf<R>> map_async(F f, Range&& items, MapOptions options = {},
                                           AsyncOptions<detail::ListOf<R>> told = {});

  /// f(item) for each item, in their order, as they are taken: a range to be walked
  /// once, or asked by next(timeout). Lazy: nothing is done for who drops the range, and what
  /// runs by then goes on: what f refers to must be there. `buffersize` tasks are in flight, and each
  /// next() reads the next items first, in the caller's thread, whatever the timeout.
  /// Items that depend on results need a buffersize of 1. A range given as an lvalue is
  /// referred to, and must live as long. An item that throws throws in its place, and
  /// next() goes on after it; what reading an item throws comes after the results of those
  /// that were read before. Where f returns nothing, a std::monostate comes for each item. No more results are taken
  /// than were asked for. Throws ValueError after close() or terminate(), and BrokenThreadPool if the initializer
  /// failed.
  ///
  /// Items are submitted only while the pool takes work: what is left of them at close()
  /// is not done, and taking it throws ValueError. Take the results first.
  template <class F, std::ranges::input_range Range>
  auto imap(F f, Range&& items, IMapOptions options = {}) {
    return lazy_map(std::move(f), std::forward<Range>(items), std::move(options), true);
  }
  /// The same in the order in which they are done.
  template <class F, std::ranges::input_range Range>
  auto imap_unordered(F f, Range&& items, IMapOptions options = {}) {
    return lazy_map(std::move(f), std::forward<Range>(items), std::move(options), false);
  }

  /// Each of these for items in braces: pool.map(f, {1, 2, 3}).
  template <class F, class T>
  auto map(F f, std::initializer_list<T> items, MapOptions options = {}) {
    return map(std::move(f), std::vector<T>(items), std::move(options));
  }
  template <class F, class T, class R = MappedTo<F, std::vector<T>>>
  AsyncResult<detail::ListOf<R>> map_async(F f, std::initializer_list<T> items, MapOptions options = {},
                                           AsyncOptions<detail::ListOf<R>> told = {}) {
    return map_async(std::move(f), std::vector<T>(items), std::move(options), std::move(told));
  }
  template <class F, class T>
  auto imap(F f, std::initializer_list<T> items, IMapOptions options = {}) {
    return imap(std::move(f), std::vector<T>(items), std::move(options));
  }
  template <class F, class T>
  auto imap_unordered(F f, std::initializer_list<T> items, IMapOptions options = {}) {
    return imap_unordered(std::move(f), std::vector<T>(items), std::move(options));
  }

  /// As map(), for items that are tuples: f(a, b) for each (a, b).
  template <class F, std::ranges::input_range Range>
  auto starmap(F f, Range&& items, MapOptions options = {}) {
    return map(detail::Starred<F>{std::move(f)}, std::forward<Range>(items), std::move(options));
  }
  template <class F, std::ranges::input_range Range, class R = MappedTo<detail::Starred<F>, OwnList<Range>>>
  AsyncResult<detail::ListOf<R>> starmap_async(F f, Range&& items, MapOptions options = {},
                                               AsyncOptions<detail::ListOf<R>> told = {}) {
    return map_async(detail::Starred<F>{std::move(f)}, std::forward<Range>(items), std::move(options), std::move(told));
  }
  /// The same for tuples in braces: pool.starmap(f, {std::tuple(1, 2), std::tuple(3, 4)}).
  template <class F, class Tuple>
  auto starmap(F f, std::initializer_list<Tuple> items, MapOptions options = {}) {
    return starmap(std::move(f), std::vector<Tuple>(items), std::move(options));
  }
  template <class F, class Tuple, class R = MappedTo<detail::Starred<F>, std::vector<Tuple>>>
  AsyncResult<detail::ListOf<R>> starmap_async(F f, std::initializer_list<Tuple> items, MapOptions options = {},
                                               AsyncOptions<detail::ListOf<R>> told = {}) {
    return starmap_async(std::move(f), std::vector<Tuple>(items), std::move(options), std::move(told));
  }

  void close();      ///< Takes no more work; the threads leave when the queue is empty.
  void terminate();  ///< Takes no more and drops what has not begun: its results throw CancelledError.
  void join();       ///< Waits for the threads. ValueError before close() or terminate().

  /// More threads from now on, or fewer: those too many end when their task has.
  /// Throws ValueError for less than 1, or more than 65,534.
  void resize(int processes);

  int processes() const noexcept;
  /// The threads that were begun so far and have not ended.
  std::vector<threading::Thread> threads() const;

 private:
  enum class Caller { GoesOn, Waits };  // one who waits may work along

  template <class R>
  static R take(const AsyncResult<R>& result) {
    return std::move(const_cast<R&>(result.get()));  // nobody else has it
  }

  template <class R>
  static detail::Ref<detail::Told> tell(detail::Result<R>& result, AsyncOptions<R> options);

  template <class Call, class R = std::remove_cvref_t<std::invoke_result_t<Call>>>
  AsyncResult<R> begin(Call call, AsyncOptions<std::type_identity_t<R>> options, Caller caller) {
    return put(new detail::Task<Call, R>(2, std::move(call)), std::move(options), caller);
  }

  // Hands it over, or throws ValueError: "Pool not running".
  template <class R>
  AsyncResult<R> put(detail::Result<R>* work, AsyncOptions<std::type_identity_t<R>> options, Caller caller) {
    AsyncResult<R> result(work);
    try {
      result.told_ = tell(*work, std::move(options));
    } catch (...) {
      work->drop();
      throw;
    }
    hand_over(*work, caller);
    if (result.told_.find() != nullptr) result.told_->follow(*work);  // in the child of a fork(), too
    return result;
  }
  void hand_over(detail::Work& work, Caller caller);

  template <class F, class Range>
  auto lazy_map(F f, Range&& items, IMapOptions options, bool ordered) {
    using From = detail::Source<Range>;
    using R = std::remove_cvref_t<std::invoke_result_t<F&, typename From::Item>>;
    check_running();
    if (options.chunksize < 1) detail::throw_no_chunksize();
    std::size_t in_flight = options.buffersize;
    if (in_flight == 0) in_flight = detail::usual_in_flight(static_cast<std::size_t>(processes()));
    return detail::LazyMapRange<From, F, R>(workers(), From(std::forward<Range>(items)), std::move(f),
                                            detail::LazyMapOptions{.chunk = options.chunksize,
                                                                   .in_flight = in_flight,
                                                                   .ordered = ordered,
                                                                   .prompt = true,
                                                                   .progress = std::move(options.progress)});
  }

  template <class F, class Items, class R>
  AsyncResult<detail::ListOf<R>> begin_map(F f, Items items, std::size_t size, MapOptions options,
                                           AsyncOptions<detail::ListOf<R>> told, Caller caller) {
    check_running();
    auto* job = new detail::MapJob<F, Items, R>(2, std::move(f), std::move(items), size, options.chunksize, processes(),
                                                std::move(options.progress));
    return put(static_cast<detail::Result<detail::ListOf<R>>*>(job), std::move(told), caller);
  }

  void check_running() const;
  std::shared_ptr<detail::Workers> workers() const noexcept;

  std::shared_ptr<threading::ThreadWorkers> threads_;
};

template <class R>
detail::Ref<detail::Told> ThreadPool::tell(detail::Result<R>& result, AsyncOptions<R> options) {
  if (!options.callback && !options.error_callback) return {};
  struct Callbacks final : detail::Listener {
    explicit Callbacks(AsyncOptions<R> o) : Listener(call, false), options(std::move(o)) {}
    static detail::Work* call(detail::Listener& self, detail::Work& work) {
      std::unique_ptr<Callbacks> callbacks(static_cast<Callbacks*>(&self));
      detail::Told& told = *callbacks->told;
      const detail::Told* before = std::exchange(detail::Told::here(), &told);
      callbacks->choose(static_cast<detail::Result<R>&>(work));
      detail::Told::here() = before;
      return told.finish_later();
    }
    void choose(detail::Result<R>& done) noexcept {
      try {
        if (std::exception_ptr failure = detail::failure_of(done)) {
          if (options.error_callback) options.error_callback(failure);
        } else if (options.callback) {
          if constexpr (std::is_void_v<R>) {
            options.callback();
          } else {
            options.callback(done.value());
          }
        }
      } catch (...) {
        detail::report_unheard("exception calling callback for " + done.describe(), std::current_exception());
      }
    }
    AsyncOptions<R> options;
    const detail::Ref<detail::Told> told{new detail::Told(1)};
  };
  auto* callbacks = new Callbacks(std::move(options));
  detail::Ref<detail::Told> told = callbacks->told;
  result.tell(*callbacks);
  return told;
}

template <class F, std::ranges::input_range Range>
auto ThreadPool::map(F f, Range&& items, MapOptions options) -> ListOf<F, Range> {
  if constexpr (indexed<Range>) {
    using R = MappedTo<F, Range>;
    using Iterator = std::ranges::iterator_t<Range>;
    using At = std::conditional_t<detail::moves_items<F, Range>, std::move_iterator<Iterator>, Iterator>;
    using Items = detail::Borrowed<At>;
    auto size = static_cast<std::size_t>(std::ranges::size(items));
    auto result = begin_map<F, Items, R>(std::move(f), Items{At(std::ranges::begin(items))}, size, std::move(options),
                                         {}, Caller::Waits);
    result.result_->wait_until_done();  // the items are not ours: nobody may be at them when we return
    if constexpr (std::is_void_v<R>) {
      result.get();
    } else {
      return take(result);
    }
  } else {
    return map(std::move(f), detail::list_of(std::forward<Range>(items)), std::move(options));
  }
}

template <class F, std::ranges::input_range Range, class R>
AsyncResult<detail::ListOf<R>> ThreadPool::map_async(F f, Range&& items, MapOptions options,
                                                     AsyncOptions<detail::ListOf<R>> told) {
  auto list = detail::list_of(std::forward<Range>(items));
  std::size_t size = list.size();
  using List = decltype(list);
  using Items = std::conditional_t<detail::moves_items<F, List>, detail::GivenUp<typename List::value_type>, List>;
  return begin_map<F, Items, R>(std::move(f), Items(std::move(list)), size, std::move(options), std::move(told),
                                Caller::GoesOn);
}

}  // namespace weft::multiprocessing

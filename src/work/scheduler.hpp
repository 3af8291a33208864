// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "wait/place.hpp"
#include "weft/detail/deque.hpp"
#include "weft/detail/fifo.hpp"
#include "weft/detail/fork.hpp"
#include "weft/detail/work.hpp"
#include "work/crew.hpp"

namespace weft::work {

using detail::Fork;
using detail::Work;

/// One who runs work: his post, a deque of tasks and a stack of forks.
struct Worker : detail::ForkPlace, Post<wait::InProcess> {
  explicit Worker(std::uint32_t n) noexcept : Post(n), random(n * 2654435761u + 1) {}

  std::uint32_t random;
  std::uint32_t turn = 0;
  detail::Deque<Work> tasks;
};

/// Tasks with a priority other than 0: two heaps under a lock, for they are few. Those
/// above 0 come before all other tasks, those below 0 after them.
class Lanes {
 public:
  bool put(Work& work, int priority);  // false once closed
  Work* get(bool urgent) noexcept;
  void close() noexcept;
  bool has_some() const noexcept { return count_.load(std::memory_order_seq_cst) != 0; }
  void forget() noexcept;

 private:
  struct Entry {
    int priority;
    std::uint64_t number;
    Work* work;
  };
  static bool later(const Entry& a, const Entry& b) noexcept {
    return a.priority != b.priority ? a.priority < b.priority : a.number > b.number;
  }

  std::atomic<std::uint32_t> lock_{0};
  std::atomic<std::size_t> count_{0};
  std::uint64_t number_ = 0;
  bool closed_ = false;
  std::vector<Entry> urgent_, patient_;  // heaps
};

/// Runs work on workers that steal from one another: design/0013. What a worker
/// is made of, a thread, is up to hire().
class Scheduler : public detail::Workers, public Crew<wait::InProcess, Scheduler> {
 public:
  explicit Scheduler(int workers);

  bool put(Work& work, int priority) override;
  void run_here(Work& work) override;
  /// Runs the work in the caller's thread, in the place of a worker that sleeps
  /// meanwhile, so that no more run than there are workers. Takes over one
  /// reference. False, and the work is untouched, if none sleeps, if others' work
  /// waits to be run first, or if the caller could not do without this thread: green
  /// threads wait to run on it.
  bool run_as_guest(Work& work);
  int size() const noexcept override { return static_cast<int>(size_.load(std::memory_order_relaxed)); }

  /// More workers, or fewer: those too many leave when they have ended what they do.
  void resize(int workers);

  /// Takes no more work. The workers leave when there is none left. Without `finish`
  /// nobody begins for work that was brought just before: cancel_pending() is to follow.
  void close(bool finish = true) noexcept;
  using Crew::closed;

  using Failure = std::function<std::exception_ptr()>;
  /// Completes all work that nobody has started: as cancelled, or as failed, each with
  /// a failure of its own. Returns how much there was.
  std::size_t cancel_pending(const Failure& failure = nullptr) noexcept;

  /// What a worker does, on its own thread, until it leaves.
  void serve(std::uint32_t number);
  /// The worker of that number leaves without having served.
  using Crew::leave;

  void call_for_forks() noexcept { call_if_possible(false); }

  // What the Crew asks of its house.
  struct Found {
    Work* work = nullptr;
    Fork* fork = nullptr;
    explicit operator bool() const noexcept { return work != nullptr || fork != nullptr; }
  };
  Worker& post(std::uint32_t number) const noexcept {
    return *(*pages_[number >> PageBits].load(std::memory_order_acquire))[number & (PageSize - 1)];
  }
  void add_post(std::uint32_t number);
  bool has_work() const noexcept { return has_some(true); }
  bool has_tasks() const noexcept { return has_some(false); }
  bool has_some(bool forks_too) const noexcept;
  Found find(Worker& me) noexcept;
  Found find_kept_back(Worker& me) noexcept;
  void run(Worker& me, Found found) noexcept;
  void hand_back(Worker& me) noexcept;
  void give_up(const std::exception_ptr& failure) noexcept;
  void refuse_more() noexcept;
  static bool can_lend() noexcept;
  std::uint32_t cores() const noexcept { return cores_; }
  static os::Usage usage() noexcept { return os::thread_usage(); }
  static std::uint32_t cpu() noexcept { return os::cpu_here(); }
  /// Sees to it that somebody calls serve(number). Throws if nobody can.
  virtual void hire(std::uint32_t number) = 0;

  /// One of the parts of the caller's task, which is many in one, has ended.
  static void part_ended() noexcept;

 protected:
  ~Scheduler();

 private:
  static constexpr std::uint32_t PageBits = 8, PageSize = 1u << PageBits, Pages = 256;
  using Page = std::array<std::unique_ptr<Worker>, PageSize>;

  void enter() {
    if (generation_.load(std::memory_order_acquire) != detail::fork_generation) [[unlikely]]
      repair();
  }
  void repair();

  void sit_down(Worker* place) noexcept;
  Work* from_injector() noexcept;
  Found from_others(Worker& me) noexcept;

  std::atomic<std::uint32_t> generation_;  // the fork generation
  const std::uint32_t cores_;
  Lanes lanes_;
  std::array<std::atomic<Page*>, Pages> pages_{};
  detail::Fifo<Work*> injector_{0};
};

}  // namespace weft::work

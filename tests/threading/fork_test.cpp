// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// fork() in a process with many threads, as plain as it comes: the child has only
// the thread that called it, and everything there works. The child leaves by
// _exit(), and is watched.
#include <unistd.h>

#include <list>
#include <mutex>
#include <random>

#include "contracts/contract.hpp"
#include "contracts/crews.hpp"
#include "os/sanitizer.hpp"
#include "support/child.hpp"
#include "weft/detail/alarm.hpp"
#include "weft/threading.hpp"

namespace weft::test {
namespace {

using namespace threading;

/// Fifty threads that hold, take and wait for everything there is, and allocate.
class Crowd {
 public:
  static constexpr int Size = 50;

  explicit Crowd(std::uint64_t seed) : hands_(Size, [this, seed](int hand) { act(hand, seed); }) {
    static_cast<void>(wait_until([this] { return held_ == 4 && busy_ >= Size - 12; }));
  }
  ~Crowd() {
    stop_ = true;
    leave_.set();
    barrier_.abort();
    for (int i = 0; i < Size; ++i) {
      semaphore_.release();
      std::scoped_lock held(condition_);
      condition_.notify_all();
    }
    hands_.join();
  }

  /// What a child does with all of it; 0, or the number of what failed.
  int use_in_child() {
    // Locks, whoever held them, free or in motion.
    if (!lock_.acquire(5)) return 1;
    lock_.release();
    if (lock_.locked()) return 2;
    if (!rlock_.acquire(5) || !rlock_.acquire(5)) return 3;
    rlock_.release();
    rlock_.release();
    for (Lock& lock : locks_) {
      if (!lock.acquire(5)) return 4;
      lock.release();
    }
    if (!shared_rlock_.acquire(5)) return 5;
    shared_rlock_.release();

    // Conditions. Whoever waited stayed behind: the one notify() below is not for them.
    if (!condition_.acquire(5)) return 6;
    condition_.release();

    // Nobody's permit comes back, but new ones are given and taken.
    semaphore_.release(2);
    if (!semaphore_.acquire(5) || !semaphore_.acquire(5)) return 7;
    barrier_.reset();

    // New threads take part in all of it.
    bool notified = false, waiting = false;
    std::atomic<int> passed{0};
    leave_.clear();
    std::vector<Thread> threads;
    threads.emplace_back([&] {
      std::scoped_lock held(condition_);
      waiting = true;
      notified = condition_.wait(5);
    });
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        std::scoped_lock held(lock_, rlock_);
        auto text = std::make_unique<std::string>(1000, 'x');
        *number_ += static_cast<int>(text->size());
      });
    }
    for (int i = 0; i < BarrierParties; ++i) {
      threads.emplace_back([&] {
        barrier_.wait(5);
        ++passed;
        leave_.wait(5);
      });
    }
    for (Thread& thread : threads) thread.start();
    if (!wait_until([&] {
          std::scoped_lock held(condition_);
          return waiting;
        })) {
      return 8;
    }
    {
      std::scoped_lock held(condition_);
      condition_.notify();
    }
    leave_.set();
    for (Thread& thread : threads) {
      if (!thread.join(5)) return 9;
    }
    if (!notified) return 10;
    if (passed != BarrierParties) return 11;
    if (active_count() != 1) return 12;

    std::list<std::vector<char>> memory;
    for (std::size_t i = 0; i < 200; ++i) memory.emplace_back(i * 37);
    return 0;
  }

 private:
  static constexpr int BarrierParties = 3;

  void act(int hand, std::uint64_t seed) {
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(hand));
    switch (hand) {
      case 0: {  // holds, while others wait
        std::scoped_lock held(lock_);
        ++held_;
        leave_.wait();
        return;
      }
      case 1: {
        std::scoped_lock outer(rlock_), inner(rlock_);
        ++held_;
        leave_.wait();
        return;
      }
      case 2:
      case 3:
        ++held_;
        while (!stop_) {
          std::scoped_lock held(condition_);
          condition_.wait();
        }
        return;
      case 4:
      case 5:
        if (lock_.acquire(3600)) lock_.release();
        return;
      case 6:
        rlock_.acquire(3600);
        rlock_.release();
        return;
      case 7:
      case 8:
        semaphore_.acquire();
        return;
      case 9:
      case 10:
        try {
          barrier_.wait();
        } catch (const BrokenBarrierError&) {
        }
        return;
      case 11:
        leave_.wait(3600);
        return;
      default:
        ++busy_;
        while (!stop_) step(random);
    }
  }

  // Something that takes a lock for a moment, allocates, waits a little. With gcc
  // 12's sanitizers nobody allocates: their allocator stays locked in a child now and
  // then, also in a program without weft.
  void step(std::mt19937_64& random) {
    std::list<std::string> memory;
    auto allocate = [&](std::size_t size) {
#if !defined(WEFT_TSAN) && !defined(WEFT_ASAN)
      memory.emplace_back(size, 'x');
#endif
      static_cast<void>(size);
    };
    for (std::uint64_t i = random() % 8; i > 0; --i) allocate(random() % 300);
    Lock& lock = locks_[random() % locks_.size()];
    switch (random() % 6) {
      case 0: {
        std::scoped_lock held(lock);
        allocate(random() % 2000);
        break;
      }
      case 1: {
        std::scoped_lock outer(shared_rlock_), inner(shared_rlock_);
        memory.clear();
        break;
      }
      case 2:
        if (lock.acquire(Timeout::from_nanoseconds(static_cast<std::int64_t>(random() % 20'000)))) lock.release();
        break;
      case 3: {
        std::scoped_lock held(condition_);
        condition_.notify(0);
        condition_.wait(Timeout::from_nanoseconds(static_cast<std::int64_t>(random() % 20'000)));
        break;
      }
      case 4:
        semaphore_.acquire(Timeout::from_nanoseconds(static_cast<std::int64_t>(random() % 20'000)));
        break;
      case 5:
        *local_ += static_cast<int>(memory.size());
        leave_.wait(Timeout::from_nanoseconds(static_cast<std::int64_t>(random() % 20'000)));
        break;
    }
  }

  std::atomic<bool> stop_{false};
  std::atomic<int> held_{0}, busy_{0};
  Lock lock_;
  RLock rlock_, shared_rlock_;
  std::array<Lock, 4> locks_;
  Condition condition_;
  Semaphore semaphore_{0};
  Barrier barrier_{BarrierParties};
  Event leave_;
  Local<int> local_;
  std::unique_ptr<int> number_ = std::make_unique<int>(0);
  Bunch<test::Threads> hands_;  // last: begins when the rest is there, ends before it
};

// While fifty threads hold locks, wait for everything there is, and allocate.
TEST(ForkTests, ChildOfABusyParentWorks) {
  limit(600);
  const int count = rounds(60, 1000);
  Crowd crowd(seed());
  int worked = 0;
  for (int i = 0; i < count; ++i) {
    int status = in_child([&] { return crowd.use_in_child(); }, 30);
    EXPECT_EQ(status, 0) << "round " << i;
    worked += status == 0;
    if (worked < i - 2) break;
  }
  EXPECT_EQ(worked, count);
}

// The same from a thread that weft started, and from one that it did not.
TEST(ForkTests, ForkFromAnyThread) {
  limit(120);
  Crowd crowd(seed());
  for (int i = 0; i < 3; ++i) {
    std::atomic<int> status{-1};
    Bunch<test::Threads>(1, [&] { status = in_child([&] { return crowd.use_in_child(); }); }).join();
    EXPECT_EQ(status, 0);
    Bunch<OsThreads>(1, [&] { status = in_child([&] { return crowd.use_in_child(); }); }).join();
    EXPECT_EQ(status, 0);
  }
}

// While threads start and end all the time. The sanitizers as they come with gcc 12
// cannot: AddressSanitizer's list of threads, and ThreadSanitizer's allocator, stay
// locked in a child now and then, also in a program without weft.
TEST(ForkTests, WhileThreadsComeAndGo) {
  if (patience() > 1) GTEST_SKIP() << "the sanitizers keep locks of their own in the child";
  limit(300);
  std::atomic<bool> stop{false};
  Local<std::string> local;
  Bunch<OsThreads> makers(4, [&] {
    while (!stop) {
      Thread thread([&] { local->assign(100, 'x'); });
      thread.start();
      thread.name();
      thread.join();
    }
  });
  for (int i = 0; i < rounds(60, 1000); ++i) {
    ASSERT_EQ(in_child([] {
                std::atomic<int> ran{0};
                for (int k = 0; k < 3; ++k) {
                  Thread thread([&] { ++ran; });
                  thread.start();
                  if (!thread.join(5)) return 1;
                }
                return ran == 3 && active_count() == 1 ? 0 : 2;
              }),
              0);
  }
  stop = true;
}

// Several threads that fork at once: test_reinit_tls_after_fork.
TEST(ForkTests, ReinitTlsAfterFork) {
  std::atomic<int> right{0};
  Bunch<test::Threads>(16, [&] { right += in_child([] { return 50; }) == 50; }).join();
  EXPECT_EQ(right, 16);
}

// What the caller holds it still holds in the child, and only that.
TEST(ForkTests, CallerKeepsItsLocks) {
  Lock lock;
  RLock rlock;
  Condition condition;
  std::scoped_lock held(lock, rlock, condition);
  EXPECT_EQ(in_child([&] {
              if (!lock.locked() || lock.acquire(0)) return 1;
              if (!rlock.acquire(0)) return 2;
              rlock.release();
              condition.notify();
              bool taken = true;
              Thread thread([&] { taken = lock.acquire(0) || rlock.acquire(0) || condition.acquire(0); });
              thread.start();
              thread.join();
              if (taken) return 3;
              lock.release();
              rlock.release();
              condition.release();
              Thread again([&] { taken = lock.acquire(0) && rlock.acquire(0) && condition.acquire(0); });
              again.start();
              again.join();
              return taken ? 0 : 4;
            }),
            0);
}

// The threads that stayed behind have ended, as far as the child can tell.
TEST(ForkTests, IsAliveAfterFork) {
  Event go;
  Thread waits([&] { go.wait(); });
  waits.start();
  for (int i = 0; i < 20; ++i) {
    Thread thread([] {});
    thread.start();
    EXPECT_EQ(in_child([&] {
                if (thread.is_alive() || waits.is_alive()) return 1;
                if (!thread.join(5) || !waits.join(5)) return 2;
                return active_count() == 1 ? 0 : 3;
              }),
              0);
    thread.join();
  }
  EXPECT_TRUE(waits.is_alive());
  go.set();
  waits.join();
}

TEST(ForkTests, DummyThreadAfterFork) {
  Event go, known;
  Bunch<OsThreads> foreign(1, [&] {
    current_thread();
    known.set();
    go.wait();
  });
  known.wait();
  EXPECT_EQ(in_child([] { return active_count() == 1 ? 0 : 1; }), 0);
  go.set();
  // In its own child it is the main thread, and no dummy.
  std::atomic<int> status{-1};
  Bunch<OsThreads>(1, [&] {
    current_thread();
    status = in_child([] {
      Thread me = current_thread();
      if (me != main_thread() || me.name() != "MainThread" || me.daemon()) return 1;
      return Thread([] {}).daemon() ? 2 : 0;
    });
  }).join();
  EXPECT_EQ(status, 0);
}

TEST(ForkTests, MainThreadAfterFork) {
  EXPECT_EQ(in_child([] {
              if (main_thread().name() != "MainThread" || main_thread() != current_thread()) return 1;
              if (main_thread().ident() != get_ident() || main_thread().native_id() != ::gettid()) return 2;
              return enumerate().size() == 1 ? 0 : 3;
            }),
            0);
}

// There the caller is the main thread, with the name that it had.
TEST(ForkTests, MainThreadAfterForkFromNonmainThread) {
  std::atomic<int> status{-1};
  Thread thread(
      [&] {
        status = in_child([] {
          if (main_thread().name() != "forks" || main_thread() != current_thread()) return 1;
          if (main_thread().ident() != get_ident() || main_thread().native_id() != ::gettid()) return 2;
          return enumerate().size() == 1 ? 0 : 3;
        });
      },
      {.name = "forks"});
  thread.start();
  thread.join();
  EXPECT_EQ(status, 0);
}

// try_lock() finds a lock free that counts as free, as acquire(0) does.
TEST(ForkTests, TryLockTakesALockLeftBehind) {
  Lock lock;
  RLock rlock;
  Event held, go;
  Thread holder([&] {
    std::scoped_lock both(lock, rlock);
    held.set();
    go.wait();
  });
  holder.start();
  held.wait();
  EXPECT_EQ(
      in_child([&] { return lock.try_lock() && rlock.try_lock() && rlock.try_lock() && !lock.try_lock() ? 0 : 1; }), 0);
  EXPECT_FALSE(lock.try_lock() || rlock.try_lock());
  go.set();
  holder.join();
}

// A thread that had ended, but was about to say so, has ended in the child.
TEST(ForkTests, ChildDoesNotWaitForAThreadThatHasJustEnded) {
  if (patience() > 1) GTEST_SKIP() << "the sanitizers keep locks of their own in the child";
  for (int i = 0; i < rounds(150, 5'000); ++i) {
    Thread thread([] {});
    thread.start();
    while (thread.is_alive()) ::sched_yield();
    ASSERT_EQ(in_child([&] { return thread.join(5) ? 0 : 1; }), 0) << i;
    thread.join();
  }
}

// One that stayed behind before it had begun has a number nevertheless, or none;
// nobody waits for it to get one.
TEST(ForkTests, ChildDoesNotWaitForAThreadThatHasJustBegun) {
  if (patience() > 1) GTEST_SKIP() << "the sanitizers keep locks of their own in the child";
  for (int i = 0; i < rounds(150, 5'000); ++i) {
    Thread thread([] {});
    thread.start();
    ASSERT_EQ(in_child([&] {
                static_cast<void>(thread.native_id());
                return thread.join(5) ? 0 : 1;
              }),
              0)
        << i;
    thread.join();
  }
}

// What a thread that stayed behind kept in a Local may be half changed.
TEST(ForkTests, ChildDoesNotDestroyWhatALocalKeepsForOthers) {
  struct Counted {
    explicit Counted(std::atomic<int>& d) : destroyed(&d) {}
    Counted(Counted&& other) noexcept : destroyed(std::exchange(other.destroyed, nullptr)) {}
    ~Counted() {
      if (destroyed != nullptr) ++*destroyed;
    }
    std::atomic<int>* destroyed;
  };
  std::atomic<int> destroyed{0};
  auto local = std::make_unique<Local<Counted>>([&] { return Counted(destroyed); });
  Event has, go;
  Thread thread([&] {
    **local;
    has.set();
    go.wait();
  });
  thread.start();
  has.wait();
  **local;
  EXPECT_EQ(in_child([&] {
              local.reset();
              return destroyed == 1 ? 0 : 1;
            }),
            0);
  go.set();
  thread.join();
}

// A thread keeps the time for the parent's deadlines; the child begins one of its
// own. What was set before does not go off there.
TEST(ForkTests, DeadlinesWorkInTheChild) {
  std::stop_source long_before;
  auto before = std::make_unique<detail::Alarm>(detail::Alarm::after(3600), long_before);
  EXPECT_EQ(in_child([&] {
              std::stop_source source;
              detail::Alarm alarm(detail::Alarm::after(0.01), source);
              Event ended;
              ended.wait({10, source.get_token()});
              before.reset();
              return source.stop_requested() && !long_before.stop_requested() ? 0 : 1;
            }),
            0);
}

// Each thread's own data: the caller keeps its value, a new thread begins anew.
TEST(ForkTests, LocalAfterFork) {
  Local<int> local;
  *local = 5;
  EXPECT_EQ(in_child([&] {
              if (*local != 5) return 1;
              int other = -1;
              Thread thread([&] { other = *local; });
              thread.start();
              thread.join();
              return other == 0 ? 0 : 2;
            }),
            0);
}

}  // namespace
}  // namespace weft::test

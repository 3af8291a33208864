// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's Lib/test/test_threading.py as far as it applies: test_daemon_param
// as ThreadTests.DaemonParam. What needs a process of its own is in exit_test.cpp
// and fork_test.cpp.
#include "weft/threading/thread.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <mutex>
#include <random>
#include <set>

#include "contracts/contract.hpp"
#include "os/sanitizer.hpp"
#include "weft/errors.hpp"
#include "weft/threading.hpp"

namespace weft::test {
namespace {

using namespace threading;

bool contains(const std::vector<Thread>& threads, const Thread& thread) {
  return std::find(threads.begin(), threads.end(), thread) != threads.end();
}

bool matches(const std::string& text, const std::string& before_number, const std::string& after_number) {
  if (text.rfind(before_number, 0) != 0) return false;
  std::size_t end = text.find_first_not_of("0123456789", before_number.size());
  return end != before_number.size() && text.substr(std::min(end, text.size())) == after_number;
}

/// A thread that waits until it may end.
class Waiting {
 public:
  explicit Waiting(ThreadOptions options = {}) : thread_([go = go_] { go->wait(); }, std::move(options)) {
    thread_.start();
  }
  ~Waiting() { end(); }

  void end() {
    go_->set();
    thread_.join();
  }
  Event& go() { return *go_; }
  Thread& operator*() { return thread_; }
  Thread* operator->() { return &thread_; }

 private:
  std::shared_ptr<Event> go_ = std::make_shared<Event>();
  Thread thread_;
};

struct Functor {
  void operator()() const {}
};

TEST(ThreadTests, Name) {
  EXPECT_EQ(Thread([] {}, {.name = "myname1"}).name(), "myname1");
  EXPECT_TRUE(matches(Thread([] {}).name(), "Thread-", " (<lambda>)")) << Thread([] {}).name();
  std::string name = Thread(Functor()).name();
  EXPECT_TRUE(name.rfind("Thread-", 0) == 0 && name.find("Functor)") != name.npos) << name;
  // Numbers go up, and only those that need one take one.
  auto number = [](const Thread& thread) { return std::stoi(thread.name().substr(7)); };
  Thread first([] {});
  Thread named([] {}, {.name = "named"});
  Thread second([] {});
  EXPECT_EQ(number(second), number(first) + 1);
  second.set_name("renamed");
  EXPECT_EQ(second.name(), "renamed");
}

TEST(ThreadTests, NameIsSeenFromOutside) {
  Waiting thread({.name = "reader"});
  ASSERT_TRUE(wait_until([&] { return waiters(&thread.go()) == 1; }));
  EXPECT_NE(wait::report().find("reader (tid "), std::string::npos) << wait::report();
  thread->set_name("writer");
  EXPECT_EQ(thread->name(), "writer");
  EXPECT_NE(wait::report().find("writer (tid "), std::string::npos) << wait::report();
}

// What top and gdb show: the kernel keeps 15 bytes. The main thread's name is the
// program's, and stays.
TEST(ThreadTests, SetName) {
  auto comm = [] {
    std::ifstream file("/proc/self/task/" + std::to_string(::gettid()) + "/comm");
    std::string line;
    std::getline(file, line);
    return line;
  };
  std::string program = comm(), first, second, unnamed;
  Thread thread(
      [&] {
        first = comm();
        current_thread().set_name("another");
        second = comm();
      },
      {.name = "a name that is too long"});
  Thread plain([&] { unnamed = comm(); });
  for (Thread* t : {&thread, &plain}) t->start();
  for (Thread* t : {&thread, &plain}) t->join();
  EXPECT_EQ(first, "a name that is ");
  EXPECT_EQ(second, "another");
  EXPECT_EQ(unnamed, program);
  current_thread().set_name("MainThread");
  EXPECT_EQ(comm(), program);
}

// Given at the very moment at which the thread takes up its first name.
TEST(ThreadTests, SetNameWhileItBegins) {
  for (int i = 0; i < rounds(2'000, 50'000); ++i) {
    Event done;
    Thread thread([&] { done.wait(); }, {.name = "first"});
    thread.start();
    thread.set_name("second");
    static_cast<void>(thread.native_id());
    ASSERT_NE(wait::report().find("second (tid "), std::string::npos) << i << wait::report();
    done.set();
    thread.join();
  }
}

TEST(ThreadTests, ArgsArgument) {
  int sum = 0;
  Thread by_reference([](int& out, int a, int b) { out = a + b; }, std::ref(sum), 3, 4);
  by_reference.start();
  by_reference.join();
  EXPECT_EQ(sum, 7);

  std::string text;
  Thread moved([](std::unique_ptr<std::string> what, std::string& out) { out = *what; },
               std::make_unique<std::string>("moved"), std::ref(text));
  moved.start();
  moved.join();
  EXPECT_EQ(text, "moved");

  Thread with_options([](std::string& out, const char* what) { out = what; }, std::tuple(std::ref(text), "tuple"),
                      {.name = "with options"});
  with_options.start();
  with_options.join();
  EXPECT_EQ(text, "tuple");
  EXPECT_EQ(with_options.name(), "with options");

  // A target that can only be moved.
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  Thread move_only([p = std::move(promise)]() mutable { p.set_value(5); });
  move_only.start();
  move_only.join();
  EXPECT_EQ(future.get(), 5);
}

void check_various_ops() {
  constexpr int Tasks = 10;
  std::mt19937_64 random(seed());
  BoundedSemaphore three(3);
  RLock mutex;
  int running = 0, most = 0;
  std::vector<Thread> threads;
  std::set<int> native_ids{get_native_id()};
  std::set<std::uint64_t> idents{get_ident()};
  Event go;
  for (int i = 0; i < Tasks; ++i) {
    timespec delay{0, static_cast<long>(random() % 100'000)};
    threads.emplace_back(
        [&, delay] {
          {
            std::scoped_lock permit(three);
            {
              std::scoped_lock held(mutex);
              most = std::max(most, ++running);
            }
            ::nanosleep(&delay, nullptr);
            std::scoped_lock held(mutex);
            --running;
          }
          go.wait();  // all are alive at once, so that all have numbers of their own
        },
        ThreadOptions{.name = "<thread " + std::to_string(i) + ">"});
    EXPECT_FALSE(threads[i].ident().has_value());
    EXPECT_FALSE(threads[i].native_id().has_value());
    EXPECT_FALSE(threads[i].is_alive());
    EXPECT_EQ(threads[i].status().state, ThreadState::New);
    threads[i].start();
    native_ids.insert(threads[i].native_id().value());
    idents.insert(threads[i].ident().value());
  }
  EXPECT_EQ(native_ids.size(), Tasks + 1u);
  EXPECT_EQ(idents.size(), Tasks + 1u);
  go.set();
  for (Thread& thread : threads) {
    EXPECT_TRUE(thread.join());
    EXPECT_FALSE(thread.is_alive());
    EXPECT_TRUE(thread.ident().has_value());
    EXPECT_EQ(thread.status().state, ThreadState::Dead);
  }
  EXPECT_EQ(running, 0);
  EXPECT_LE(most, 3);
}

TEST(ThreadTests, VariousOps) { check_various_ops(); }

// A quarter of a mebibyte. ThreadSanitizer keeps 900 KB of its own on every stack.
#ifdef WEFT_TSAN
constexpr std::size_t SmallStack = 0x140000;
#else
constexpr std::size_t SmallStack = 0x40000;
#endif

TEST(ThreadTests, VariousOpsSmallStack) {
  std::size_t before = stack_size(SmallStack);
  EXPECT_EQ(stack_size(), SmallStack);
  check_various_ops();
  EXPECT_EQ(stack_size(before), SmallStack);
}

TEST(ThreadTests, VariousOpsLargeStack) {
  std::size_t before = stack_size(4 * SmallStack);
  check_various_ops();
  stack_size(before);
}

std::size_t own_stack_size() {
  pthread_attr_t attributes;
  ::pthread_getattr_np(::pthread_self(), &attributes);
  std::size_t size = 0;
  ::pthread_attr_getstacksize(&attributes, &size);
  ::pthread_attr_destroy(&attributes);
  return size;
}

TEST(ThreadTests, StackSize) {
  EXPECT_EQ(stack_size(), 0u);
  EXPECT_TRUE(throws<ValueError>([] { stack_size(4096); }, "size not valid: 4096 bytes"));
  EXPECT_TRUE(
      throws<ValueError>([] { stack_size(static_cast<std::size_t>(-1)); }, "size must be 0 or a positive value"));
  EXPECT_EQ(stack_size(), 0u);
  std::size_t usual = 0, chosen = 0, own = 0;
  Thread first([&] { usual = own_stack_size(); });
  first.start();
  first.join();
  stack_size(2 * SmallStack);
  Thread second([&] { chosen = own_stack_size(); });
  second.start();
  second.join();
  Thread third([&] { own = own_stack_size(); }, {.stack_size = 3 << 20});
  third.start();
  third.join();
  stack_size(0);
  EXPECT_EQ(chosen, 2 * SmallStack);
  EXPECT_EQ(own, 3u << 20);
  rlimit limit;
  ASSERT_EQ(::getrlimit(RLIMIT_STACK, &limit), 0);
  if (limit.rlim_cur != RLIM_INFINITY) {
    EXPECT_EQ(usual, limit.rlim_cur);
  }
}

TEST(ThreadTests, IdentOfNoThreadingThreads) {
  EXPECT_EQ(current_thread().ident(), get_ident());
  EXPECT_EQ(current_thread().native_id(), ::gettid());
  std::uint64_t seen = 0, handle = 0;
  int native = 0;
  Bunch<OsThreads>(1, [&] {
    seen = get_ident();
    handle = current_thread().ident().value();
    native = current_thread().native_id().value() - ::gettid();
  }).join();
  EXPECT_EQ(seen, handle);
  EXPECT_EQ(native, 0);
}

TEST(ThreadTests, ForeignThread) {
  main_thread();
  int before = active_count();
  Thread dummy;
  Bunch<OsThreads> foreign(1,
                           [&] {
                             dummy = current_thread();
                             EXPECT_EQ(dummy, current_thread());
                           },
                           {.wait_before_exit = true});
  ASSERT_TRUE(foreign.wait_for_finished());
  EXPECT_TRUE(matches(dummy.name(), "Dummy-", "")) << dummy.name();
  EXPECT_TRUE(dummy.is_alive());
  EXPECT_TRUE(dummy.daemon());
  EXPECT_TRUE(contains(enumerate(), dummy));
  EXPECT_EQ(active_count(), before + 1);
  EXPECT_TRUE(throws<RuntimeError>([&] { dummy.join(); }, "cannot join a dummy thread"));
  foreign.join();
  // Python cannot tell that it has ended; weft can.
  EXPECT_FALSE(dummy.is_alive());
  EXPECT_EQ(active_count(), before);
}

// A thread that the system does not give is as if it had not been started.
TEST(ThreadTests, LimboCleanup) {
  main_thread();
  int before = active_count();
  bool ran = false;
  Thread thread([&] { ran = true; }, {.stack_size = std::size_t{1} << 60});
  EXPECT_TRUE(throws<RuntimeError>([&] { thread.start(); }, "can't start new thread"));
  EXPECT_FALSE(contains(enumerate(), thread));
  EXPECT_EQ(active_count(), before);
  EXPECT_FALSE(thread.is_alive());
  EXPECT_FALSE(thread.ident().has_value());
  EXPECT_THROW(thread.join(), RuntimeError);
  EXPECT_FALSE(ran);
}

TEST(ThreadTests, EnumerateAfterJoin) {
  main_thread();
  int before = active_count();
  for (int i = 0; i < 200; ++i) {
    Thread thread([] {});
    EXPECT_FALSE(contains(enumerate(), thread));
    thread.start();
    thread.join();
    ASSERT_FALSE(contains(enumerate(), thread)) << i;
    ASSERT_EQ(active_count(), before);
  }
}

TEST(ThreadTests, EnumerateKnowsWhoRuns) {
  Waiting one, other({.daemon = true});
  std::vector<Thread> threads = enumerate();
  EXPECT_TRUE(contains(threads, *one));
  EXPECT_TRUE(contains(threads, *other));
  EXPECT_TRUE(contains(threads, main_thread()));
  EXPECT_EQ(active_count(), static_cast<int>(threads.size()));
}

// What the target holds is let go when the thread has ended, also while a handle
// to it lives, and whether it returned or threw.
TEST(ThreadTests, NoRefcycleThroughTarget) {
  for (bool fails : {false, true}) {
    ExceptHook before = set_excepthook([](const ExceptHookArgs&) {});
    auto held = std::make_shared<int>(1);
    std::weak_ptr<int> seen = held;
    Thread thread([held = std::move(held), fails] {
      if (fails) throw ValueError("run failed");
    });
    thread.start();
    thread.join();
    EXPECT_TRUE(seen.expired());
    set_excepthook(before);
  }
}

// A target of any size, any alignment, and one whose move throws: it is called where it is aligned, and every copy of
// it is destroyed once.
template <std::size_t Size, std::size_t Alignment, bool MoveThrows>
struct Shaped {
  alignas(Alignment) std::byte bytes[Size];
  std::atomic<int>* living;
  std::atomic<bool>* called;

  Shaped(std::atomic<int>& count, std::atomic<bool>& flag) noexcept : living(&count), called(&flag) { ++*living; }
  Shaped(Shaped&& other) noexcept(!MoveThrows) : living(other.living), called(other.called) { ++*living; }
  ~Shaped() { --*living; }

  void operator()() { *called = reinterpret_cast<std::uintptr_t>(this) % Alignment == 0; }
};

template <std::size_t Size, std::size_t Alignment, bool MoveThrows>
void check_target() {
  std::atomic<int> living{0};
  std::atomic<bool> called{false};
  {
    Thread never_started{Shaped<Size, Alignment, MoveThrows>(living, called)};
    Thread thread{Shaped<Size, Alignment, MoveThrows>(living, called)};
    EXPECT_EQ(living, 2);
    thread.start();
    thread.join();
    EXPECT_EQ(living, 1);
  }
  EXPECT_EQ(living, 0);
  EXPECT_TRUE(called);
}

TEST(ThreadTests, TargetOfAnyShape) {
  check_target<1, 1, false>();
  check_target<32, 8, false>();
  check_target<33, 8, false>();
  check_target<4096, 8, false>();
  check_target<64, 64, false>();
  check_target<1, 1, true>();
}

TEST(ThreadTests, DaemonParam) {
  EXPECT_FALSE(Thread([] {}).daemon());
  EXPECT_FALSE(Thread([] {}, {.daemon = false}).daemon());
  EXPECT_TRUE(Thread([] {}, {.daemon = true}).daemon());
  Thread thread([] {});
  thread.set_daemon(true);
  EXPECT_TRUE(thread.daemon());
  thread.set_daemon(false);
  EXPECT_FALSE(thread.daemon());
}

// A thread is a daemon if the one that makes it is.
TEST(ThreadTests, DaemonIsInherited) {
  bool child = false, other = true;
  Thread daemon(
      [&] {
        child = Thread([] {}).daemon();
        other = Thread([] {}, {.daemon = false}).daemon();
      },
      {.daemon = true});
  daemon.start();
  daemon.join();
  EXPECT_TRUE(child);
  EXPECT_FALSE(other);
}

TEST(ThreadTests, MainThread) {
  Thread main = main_thread();
  EXPECT_EQ(main.name(), "MainThread");
  EXPECT_EQ(main, current_thread());
  EXPECT_EQ(main.ident(), get_ident());
  EXPECT_EQ(main.native_id(), get_native_id());
  EXPECT_TRUE(main.is_alive());
  EXPECT_FALSE(main.daemon());
  bool same = true;
  Thread thread([&] { same = main_thread() == current_thread() || main_thread().ident() == get_ident(); });
  thread.start();
  thread.join();
  EXPECT_FALSE(same);
}

TEST(ThreadTests, CurrentThread) {
  Thread seen;
  Thread thread([&] { seen = current_thread(); });
  EXPECT_NE(seen, thread);
  thread.start();
  thread.join();
  EXPECT_EQ(seen, thread);
}

// A target is called whatever its operator bool says.
TEST(ThreadTests, BooleanTarget) {
  struct Target {
    bool* ran;
    explicit operator bool() const { return false; }
    void operator()() const { *ran = true; }
  };
  bool ran = false;
  Thread thread(Target{&ran});
  thread.start();
  thread.join();
  EXPECT_TRUE(ran);
}

// The test's own hygiene check sees that nothing stays; here, that it is no
// longer counted either.
TEST(ThreadTests, LeakWithoutJoin) {
  main_thread();
  int before = active_count();
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> seen = held;
  Thread([held = std::move(held)] {}).start();
  EXPECT_TRUE(wait_until([&] { return active_count() == before; }));
  EXPECT_TRUE(wait_until([&] { return seen.expired(); }));
}

// join() returns after the thread's thread_locals are gone.
std::atomic<int> slow_locals_gone{0};
struct SlowLocal {
  ~SlowLocal() {
    timespec pause{0, 2'000'000};
    ::nanosleep(&pause, nullptr);
    ++slow_locals_gone;
  }
  void touch() {}
};
thread_local SlowLocal slow_local;

TEST(ThreadTests, JoinWaitsForThreadLocals) {
  slow_locals_gone = 0;
  for (int i = 0; i < 10; ++i) {
    Thread thread([] { slow_local.touch(); });
    thread.start();
    thread.join();
    ASSERT_EQ(slow_locals_gone, i + 1);
    ASSERT_FALSE(thread.is_alive());
  }
}

TEST(ThreadTests, JoinTimeout) {
  os::TestClock clock;
  Waiting thread;
  Notes results;
  Bunch<OsThreads> joiner(1, [&] { results.add(thread->join(5)); });
  ASSERT_TRUE(wait_until([] { return wait::report().find("waiting for Thread") != std::string::npos; }));
  wait::move_clock(4'000'000'000);
  EXPECT_FALSE(wait_until([&] { return joiner.finished() == 1; }, 0.01));
  wait::move_clock(2'000'000'000);
  EXPECT_TRUE(joiner.wait_for_finished());
  EXPECT_EQ(results.values(), times({{1, false}}));
  EXPECT_TRUE(thread->is_alive());
  EXPECT_FALSE(thread->join(0));
  EXPECT_FALSE(thread->join(-1));  // as in Python, no misuse: it returns at once
  thread.end();
  EXPECT_TRUE(thread->join(0));
  EXPECT_TRUE(thread->join(-1));
  EXPECT_TRUE(thread->join());
}

TEST(ThreadTests, StopRequestEndsJoin) {
  Waiting thread;
  std::stop_source stop;
  Notes results;
  Bunch<OsThreads> joiner(1, [&] { results.add(thread->join(stop.get_token())); });
  ASSERT_TRUE(wait_until([] { return wait::report().find("waiting for Thread") != std::string::npos; }));
  stop.request_stop();
  EXPECT_TRUE(joiner.wait_for_finished());
  EXPECT_EQ(results.values(), times({{1, false}}));
}

TEST(ThreadTests, ManyJoinOne) {
  for (int round = 0; round < 50; ++round) {
    Event go;
    Thread thread([&] { go.wait(); });
    thread.start();
    std::atomic<int> joined{0};
    Bunch<OsThreads> joiners(4, [&] { joined += thread.join(); });
    go.set();
    thread.join();
    joiners.join();
    ASSERT_EQ(joined, 4);
  }
}

// Also whoever is not the first finds all of the thread gone, its Locals as well.
TEST(ThreadTests, ManyJoinOneFindItsLocalsGone) {
  struct Slow {
    explicit Slow(std::atomic<bool>* g) : gone(g) {}
    Slow(Slow&& other) noexcept : gone(std::exchange(other.gone, nullptr)) {}
    ~Slow() {
      if (gone == nullptr) return;
      timespec pause{0, 20'000'000};
      ::nanosleep(&pause, nullptr);
      *gone = true;
    }
    std::atomic<bool>* gone;
  };
  std::atomic<bool> gone{false};
  Local<Slow> local([&] { return Slow(&gone); });
  Event go;
  Thread thread([&] {
    *local;
    go.wait();
  });
  thread.start();
  std::atomic<int> right{0};
  Bunch<OsThreads> joiners(3, [&](int hand) { right += (hand == 0 ? thread.join() : thread.join(60)) && gone; });
  go.set();
  joiners.join();
  EXPECT_EQ(right, 3);
}

// A handle in two hands: one starts the thread, the other joins it meanwhile.
TEST(ThreadTests, JoinMeetsStart) {
  for (int round = 0; round < rounds(300, 10'000); ++round) {
    Thread thread([] {});
    std::atomic<bool> ready{false};
    Bunch<OsThreads> joiner(1, [&] {
      ready = true;
      for (;;) {
        try {
          thread.join();
          return;
        } catch (const RuntimeError&) {  // not started yet
          ::sched_yield();
        }
      }
    });
    while (!ready) ::sched_yield();
    thread.start();
    joiner.join();
    ASSERT_FALSE(thread.is_alive());
  }
}

// A handle only stands for a thread: dropping it stops nothing.
TEST(ThreadTests, DroppedHandle) {
  Event go, ended;
  {
    Thread thread([&] {
      go.wait();
      ended.set();
    });
    thread.start();
  }
  EXPECT_FALSE(ended.is_set());
  go.set();
  EXPECT_TRUE(ended.wait(10));
}

TEST(ThreadTests, CopiesStandForTheSame) {
  Thread thread([] {});
  Thread copy = thread;
  EXPECT_EQ(copy, thread);
  EXPECT_NE(thread, Thread([] {}));
  copy.start();
  EXPECT_TRUE(thread.join());
  EXPECT_FALSE(copy.is_alive());
}

// threading.Thread subclassed, in Python: a Runnable.
TEST(ThreadTests, Runnable) {
  struct Adds : threading::Runnable {
    explicit Adds(int& s) : sum(&s) {}
    void run() override { *sum += 5; }
    int* sum;
  };
  int sum = 0;
  Thread copied{Adds(sum)};
  copied.start();
  copied.join();
  auto shared = std::make_shared<Adds>(sum);
  Thread kept(shared, {.name = "kept"});
  std::weak_ptr<Adds> seen = shared;
  shared.reset();
  EXPECT_FALSE(seen.expired());
  kept.start();
  kept.join();
  EXPECT_TRUE(seen.expired());
  EXPECT_EQ(sum, 10);
}

TEST(ThreadTests, StopToken) {
  std::atomic<bool> stopped{false};
  Thread thread(
      [&](std::stop_token stop, int number) {
        Event never;
        never.wait(stop);
        stopped = stop.stop_requested() && number == 3;
      },
      3);
  thread.start();
  EXPECT_TRUE(thread.stop_token().stop_possible());
  EXPECT_FALSE(thread.stop_token().stop_requested());
  EXPECT_TRUE(thread.request_stop());
  EXPECT_FALSE(thread.request_stop());
  thread.join();
  EXPECT_TRUE(stopped);
  Thread without([] {});
  EXPECT_FALSE(without.stop_token().stop_possible());
  EXPECT_FALSE(without.request_stop());
}

TEST(ThreadTests, Status) {
  os::TestClock clock;
  EXPECT_EQ(current_thread().status().state, ThreadState::Running);
  Lock lock;
  lock.acquire();
  Thread thread([&] { std::scoped_lock held(lock); });
  EXPECT_EQ(thread.status().state, ThreadState::New);
  thread.start();
  ASSERT_TRUE(wait_until([&] { return waiters(&lock) == 1; }));
  wait::move_clock(1'500'000'000);
  ThreadStatus status = thread.status();
  EXPECT_EQ(status.state, ThreadState::Waiting);
  EXPECT_EQ(status.waiting_for, "Lock");
  EXPECT_EQ(status.object, &lock);
  EXPECT_EQ(status.held_by, "MainThread");
  EXPECT_DOUBLE_EQ(status.since, 1.5);
  lock.release();
  thread.join();
  EXPECT_EQ(thread.status().state, ThreadState::Dead);

  std::atomic<bool> stop{false};
  Thread busy([&] {
    while (!stop) {
    }
  });
  busy.start();
  EXPECT_TRUE(wait_until([&] { return busy.status().state == ThreadState::Runnable; }));
  stop = true;
  busy.join();
}

TEST(ThreadTests, HandleOfNoThread) {
  Thread nobody;
  EXPECT_TRUE(throws<RuntimeError>([&] { nobody.start(); }, "thread.__init__() not called"));
  EXPECT_THROW(nobody.join(), RuntimeError);
  EXPECT_THROW(nobody.name(), RuntimeError);
  EXPECT_EQ(nobody, Thread());
}

TEST(ThreadTests, ManyAtOnce) {
  limit(60);
  constexpr int Many = 500;
  main_thread();
  int before = active_count();
  Event go;
  std::atomic<int> ran{0};
  std::vector<Thread> threads;
  for (int i = 0; i < Many; ++i) {
    threads.emplace_back([&] {
      go.wait();
      ++ran;
    });
    threads.back().start();
  }
  EXPECT_EQ(active_count(), before + Many);
  go.set();
  for (Thread& thread : threads) thread.join();
  EXPECT_EQ(ran, Many);
  EXPECT_EQ(active_count(), before);
}

// Started, renamed, looked at, asked and joined from several threads at once.
TEST(ThreadTests, LookedAtFromEverywhere) {
  std::atomic<bool> stop{false};
  Bunch<OsThreads> lookers(2, [&] {
    while (!stop) {
      for (const Thread& thread : enumerate()) {
        thread.name();
        thread.status();
        thread.native_id();
        thread.ident();
        thread.is_alive();
        thread.daemon();
      }
      wait::report();
    }
  });
  for (int i = 0; i < rounds(200, 20'000); ++i) {
    Event go;
    Thread one([&] { go.wait(); }), other([&] { current_thread().set_name("other"); });
    one.start();
    other.start();
    one.set_name("one");
    go.set();
    one.join();
    other.join();
  }
  stop = true;
}

TEST(ThreadingExceptionTests, StartThreadAgain) {
  Thread thread([] {});
  thread.start();
  EXPECT_TRUE(throws<RuntimeError>([&] { thread.start(); }, "threads can only be started once"));
  thread.join();
  EXPECT_TRUE(throws<RuntimeError>([&] { thread.start(); }, "threads can only be started once"));
}

TEST(ThreadingExceptionTests, JoiningCurrentThread) {
  EXPECT_TRUE(throws<RuntimeError>([] { current_thread().join(); }, "cannot join current thread"));
  bool refused = false;
  Thread thread([&] { refused = throws<RuntimeError>([] { current_thread().join(); }, "cannot join current thread"); });
  thread.start();
  thread.join();
  EXPECT_TRUE(refused);
}

TEST(ThreadingExceptionTests, JoiningInactiveThread) {
  Thread thread([] {});
  EXPECT_TRUE(throws<RuntimeError>([&] { thread.join(); }, "cannot join thread before it is started"));
}

TEST(ThreadingExceptionTests, DaemonizeActiveThread) {
  Waiting thread;
  EXPECT_TRUE(throws<RuntimeError>([&] { thread->set_daemon(true); }, "cannot set daemon status of active thread"));
  EXPECT_FALSE(thread->daemon());
}

TEST(ThreadingExceptionTests, PrintException) {
  ::testing::internal::CaptureStderr();
  Thread thread([] { throw std::runtime_error("division by zero"); }, {.name = "divider"});
  thread.start();
  thread.join();
  std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(text, "Exception in thread divider:\nstd::runtime_error: division by zero\n");
}

class ExceptHookTests : public ::testing::Test {
 protected:
  struct ThreadRunFail : threading::Runnable {
    void run() override { throw ValueError("run failed"); }
  };

  void TearDown() override { set_excepthook(nullptr); }

  // What is printed while a thread fails.
  static std::string output() {
    ::testing::internal::CaptureStderr();
    Thread thread(ThreadRunFail(), {.name = "excepthook thread"});
    thread.start();
    thread.join();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(ExceptHookTests, Excepthook) {
  EXPECT_EQ(output(), "Exception in thread excepthook thread:\nweft::ValueError: run failed\n");
}

// Anything may be thrown.
TEST_F(ExceptHookTests, NotAnException) {
  ::testing::internal::CaptureStderr();
  Thread thread([] { throw 7; }, {.name = "thrower"});
  thread.start();
  thread.join();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "Exception in thread thrower:\nint\n");
}

TEST_F(ExceptHookTests, CustomExcepthook) {
  static Thread failed;
  static std::string words;
  static bool in_the_thread_itself;
  ExceptHook before = set_excepthook([](const ExceptHookArgs& args) {
    failed = args.thread;
    in_the_thread_itself = current_thread() == args.thread;
    try {
      std::rethrow_exception(args.exception);
    } catch (const ValueError& error) {
      words = error.what();
    }
  });
  EXPECT_EQ(before, &default_excepthook);
  Thread thread(ThreadRunFail{});
  thread.start();
  thread.join();
  EXPECT_EQ(failed, thread);
  EXPECT_EQ(words, "run failed");
  EXPECT_TRUE(in_the_thread_itself);
  failed = {};
}

TEST_F(ExceptHookTests, CustomExcepthookFail) {
  set_excepthook([](const ExceptHookArgs&) { throw ValueError("threading_hook failed"); });
  std::string text = output();
  EXPECT_EQ(text.rfind("Exception in threading.excepthook:\nweft::ValueError: threading_hook failed\n", 0), 0u) << text;
  EXPECT_NE(text.find("run failed"), text.npos) << text;  // and what it should have told is not swallowed
}

TEST_F(ExceptHookTests, OriginalExcepthook) {
  std::string by_default = output();
  set_excepthook([](const ExceptHookArgs&) { ::write(STDERR_FILENO, "Running a thread failed\n", 24); });
  std::string custom = output();
  set_excepthook(nullptr);
  EXPECT_EQ(output(), by_default);
  EXPECT_EQ(custom, "Running a thread failed\n");
}

// A thread that fails ends; the others go on, and the process too.
TEST_F(ExceptHookTests, EndsThatThreadOnly) {
  set_excepthook([](const ExceptHookArgs&) {});
  Waiting other;
  Thread thread(ThreadRunFail{});
  thread.start();
  EXPECT_TRUE(thread.join(10));
  EXPECT_FALSE(thread.is_alive());
  EXPECT_TRUE(other->is_alive());
}

}  // namespace
}  // namespace weft::test

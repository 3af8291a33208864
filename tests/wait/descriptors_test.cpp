// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/descriptors.hpp"

#include <errno.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <stop_token>
#include <thread>

#include "os/pipe.hpp"
#include "support/support.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {
namespace {

using test::wait_until;

constexpr Reason ForPipe{"Pipe", nullptr};

/// A thread that waits for a pipe in which nothing is; the test ends the wait.
class OneWhoWaits {
 public:
  explicit OneWhoWaits(const Timeout& timeout = {}) : pipe_(os::make_pipe()) {
    thread_ = std::thread([this, timeout] {
      me_ = &self();
      pollfd one{pipe_.read.get(), POLLIN, 0};
      outcome_ = wait_ready({&one, 1}, timeout, ForPipe);
      revents_ = one.revents;
    });
    EXPECT_TRUE(wait_until([&] { return me_ != nullptr && me_.load()->seen().kind == "Pipe"; }));
  }
  Outcome outcome() {
    thread_.join();
    return outcome_;
  }
  void write() { EXPECT_EQ(::write(pipe_.write.get(), "x", 1), 1); }
  Waiter& who() { return *me_; }
  short revents() const { return revents_; }

 private:
  os::Pipe pipe_;
  std::atomic<Waiter*> me_{nullptr};
  Outcome outcome_{};
  short revents_ = 0;
  std::thread thread_;
};

TEST(WaitReady, IsSeenAndEndsWithWhatIsReady) {
  OneWhoWaits waiter;
  waiter.write();
  EXPECT_EQ(waiter.outcome(), Outcome::Woken);
  EXPECT_EQ(waiter.revents(), POLLIN);
}

TEST(WaitReady, OnlyLooksWhenTheDeadlineIsNow) {
  os::Pipe pipe = os::make_pipe();
  pollfd both[2] = {{pipe.read.get(), POLLIN, 0}, {pipe.write.get(), POLLOUT, 0}};
  EXPECT_EQ(wait_ready({both, 1}, Timeout(0), ForPipe), Outcome::TimedOut);
  EXPECT_EQ(wait_ready(both, Timeout(0), ForPipe), Outcome::Woken);
  EXPECT_EQ(both[0].revents, 0);
  EXPECT_EQ(both[1].revents, POLLOUT);
}

TEST(WaitReady, EndsAtItsDeadline) {
  std::int64_t before = test::real_now();
  OneWhoWaits waiter(0.05);
  EXPECT_EQ(waiter.outcome(), Outcome::TimedOut);
  EXPECT_GE(test::real_now() - before, 50'000'000);
}

TEST(WaitReady, RunsOnTheTestsClock) {
  os::TestClock clock;
  OneWhoWaits waiter(3600);
  move_clock(3601'000'000'000);
  EXPECT_EQ(waiter.outcome(), Outcome::TimedOut);
  OneWhoWaits other(3600);
  other.write();  // descriptors keep real time
  EXPECT_EQ(other.outcome(), Outcome::Woken);
}

TEST(WaitReady, EndsWithAStop) {
  std::stop_source stop;
  OneWhoWaits waiter(stop.get_token());
  stop.request_stop();
  EXPECT_EQ(waiter.outcome(), Outcome::Interrupted);
}

TEST(WaitReady, DoesNotSleepOnceStopped) {
  os::Pipe pipe = os::make_pipe();
  pollfd one{pipe.read.get(), POLLIN, 0};
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(wait_ready({&one, 1}, Timeout(stop.get_token()), ForPipe), Outcome::Interrupted);
}

TEST(WaitReady, EndsWithAnInterruptOnce) {
  OneWhoWaits waiter;
  waiter.who().interrupt();
  EXPECT_EQ(waiter.outcome(), Outcome::Interrupted);
  OneWhoWaits next;  // may well be the same Waiter: it is not interrupted any more
  next.write();
  EXPECT_EQ(next.outcome(), Outcome::Woken);
}

TEST(WaitReady, RousesThatMeanNothingDoNotEndIt) {
  OneWhoWaits waiter;
  std::thread others[3];
  for (std::thread& other : others) {
    other = std::thread([&] {
      for (int i = 0; i < 1000; ++i) waiter.who().rouse();
    });
  }
  for (std::thread& other : others) other.join();
  waiter.write();
  EXPECT_EQ(waiter.outcome(), Outcome::Woken);
}

// A signal can come in the very first look, and is no end of the wait.
TEST(WaitReady, SignalIsNotItsEnd) {
  using Action = struct sigaction;
  Action nothing{}, before{};
  nothing.sa_handler = [](int) {};
  nothing.sa_flags = SA_RESTART;  // which is nothing to a poll
  ASSERT_EQ(::sigaction(SIGUSR1, &nothing, &before), 0);
  std::atomic<bool> enough{false};
  std::thread disturber([&, whom = ::pthread_self()] {
    while (!enough) ::pthread_kill(whom, SIGUSR1);
  });
  os::Pipe pipe = os::make_pipe();
  for (int i = 0; i < test::rounds(100, 3000); ++i) {
    std::thread writer([&] { EXPECT_EQ(::write(pipe.write.get(), "x", 1), 1); });
    pollfd one{pipe.read.get(), POLLIN, 0};
    EXPECT_EQ(wait_ready({&one, 1}, {}, ForPipe), Outcome::Woken);
    char x;
    EXPECT_EQ(::read(pipe.read.get(), &x, 1), 1);
    writer.join();
  }
  enough = true;
  disturber.join();
  ::sigaction(SIGUSR1, &before, nullptr);
}

// Without a descriptor for the bell a stop is seen a little later.
TEST(WaitReady, EndsWithAStopThoughNoDescriptorIsLeft) {
  rlimit before, few;
  {
    os::Pipe lowest = os::make_pipe();
    ::getrlimit(RLIMIT_NOFILE, &before);
    few = before;
    few.rlim_cur = static_cast<rlim_t>(lowest.write.get()) + 1;
  }
  ::setrlimit(RLIMIT_NOFILE, &few);
  std::stop_source stop;
  OneWhoWaits waiter(stop.get_token());
  stop.request_stop();
  Outcome outcome = waiter.outcome();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(outcome, Outcome::Interrupted);
}

}  // namespace
}  // namespace weft::wait

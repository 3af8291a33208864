// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Many at once, much at once, and nothing left to work with.
#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "subprocess/commands.hpp"
#include "support/support.hpp"
#include "weft/errors.hpp"

namespace weft::subprocess {
namespace {

using test::sh;
using test::ZeroReturn;

// The hygiene check after the test sees to it that no zombie and no descriptor is left.
TEST(SubprocessUnderLoad, AThousandProcessesFromEightThreads) {
  test::limit(120);
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 125; ++i) {
        int code = (t * 125 + i) % 200;
        CompletedProcess done = run(sh("cat; exit " + std::to_string(code)), {.input = "x", .stdout = PIPE});
        if (done.returncode == code && done.stdout == "x") ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 1000);
}

TEST(SubprocessUnderLoad, MuchDataBothWays) {
  test::limit(120);
  std::string input(64u << 20, '\0');
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<char>(i * 2654435761u >> 24);
  CompletedProcess done = run(sh("tee /dev/stderr"), {.input = input, .capture_output = true});
  EXPECT_TRUE(done.stdout == input);
  EXPECT_TRUE(done.stderr == input);
}

TEST(SubprocessUnderLoad, ManyThreadsWaitForOneChild) {
  Popen p({"cat"}, {.stdin = PIPE});
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      if (i % 2 == 0) {
        right += p.wait() == -SIGTERM;
      } else {
        while (!p.poll()) std::this_thread::yield();
        right += p.returncode() == -SIGTERM;
      }
    });
  }
  p.terminate();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 16);
}

// Other threads call fork() all the time; the child of a fork may use Popen, too.
TEST(SubprocessUnderLoad, WhileOthersFork) {
  test::limit(120);
  std::atomic<bool> enough{false};
  std::thread forker([&] {
    while (!enough) {
      pid_t pid = ::fork();
      if (pid == 0) ::_exit(call(ZeroReturn) == 0 ? 0 : 1);
      int status = -1;
      ::waitpid(pid, &status, 0);
      EXPECT_EQ(status, 0);
    }
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(run({"cat"}, {.input = "fork", .stdout = PIPE}).stdout, "fork");
  enough = true;
  forker.join();
}

class Limit {
 public:
  explicit Limit(rlim_t descriptors) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit lower = before_;
    lower.rlim_cur = descriptors;
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  ~Limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

// Whichever of the descriptors cannot be had, nothing leaks and nothing runs.
TEST(SubprocessUnderLoad, NoDescriptorsLeft) {
  int first = ::fcntl(0, F_DUPFD_CLOEXEC, 3);  // the lowest that is free
  ::close(first);
  int failed = 0, worked = 0;
  for (int spare = 0; spare < 14; ++spare) {
    try {
      Limit limit(static_cast<rlim_t>(first + spare));  // gone when the error is looked at
      std::stop_source stop;
      CompletedProcess done =
          run(sh("cat; printf e >&2"), {.input = "i", .capture_output = true, .timeout = {60, stop.get_token()}});
      EXPECT_EQ(done.stdout, "i");
      EXPECT_EQ(done.stderr, "e");
      ++worked;
    } catch (const OSError& error) {
      EXPECT_EQ(error.error(), EMFILE) << error.what();
      ++failed;
    }
  }
  EXPECT_GE(failed, 7);  // three pipes and the pidfd
  EXPECT_GE(worked, 5);
}

TEST(SubprocessUnderLoad, NoProcessesLeft) {
  if (::geteuid() == 0) GTEST_SKIP() << "root has no limit on processes";
  rlimit before, none;
  ::getrlimit(RLIMIT_NPROC, &before);
  none = before;
  none.rlim_cur = 0;
  ::setrlimit(RLIMIT_NPROC, &none);
  EXPECT_THROW(Popen(ZeroReturn, {.stdin = PIPE, .stdout = PIPE}), OSError);
  ::setrlimit(RLIMIT_NPROC, &before);
}

}  // namespace
}  // namespace weft::subprocess

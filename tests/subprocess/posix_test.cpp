// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's test_subprocess, POSIXProcessTestCase: what the child finds when it
// begins, and what becomes of it.
#include <errno.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <thread>

#include "subprocess/commands.hpp"
#include "support/support.hpp"
#include "weft/errors.hpp"

namespace weft::subprocess {
namespace {

using test::open_in_child;
using test::sh;
using test::TemporaryFile;
using test::wait_until;
using test::ZeroReturn;

/// A signal as the kernel shows it in /proc/PID/status.
bool has_signal(const std::string& status, const std::string& field, int signal) {
  std::size_t at = status.find(field + ":\t");
  unsigned long long mask = std::stoull(status.substr(at + field.size() + 2, 16), nullptr, 16);
  return (mask >> (signal - 1)) & 1;
}

class Disposition {
 public:
  Disposition(int signal, void (*handler)(int)) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(signal, &action, &before_);
  }
  ~Disposition() { ::sigaction(signal_, &before_, nullptr); }

 private:
  int signal_;
  struct sigaction before_;
};

TEST(POSIXProcessTestCase, test_restore_signals) {
  Disposition ignore_pipe(SIGPIPE, SIG_IGN), ignore_size(SIGXFSZ, SIG_IGN), ignore_user(SIGUSR1, SIG_IGN);
  std::string restored = check_output({"cat", "/proc/self/status"});
  EXPECT_FALSE(has_signal(restored, "SigIgn", SIGPIPE));
  EXPECT_FALSE(has_signal(restored, "SigIgn", SIGXFSZ));
  EXPECT_TRUE(has_signal(restored, "SigIgn", SIGUSR1));  // as across every exec
  std::string kept = check_output({"cat", "/proc/self/status"}, {.restore_signals = false});
  EXPECT_TRUE(has_signal(kept, "SigIgn", SIGPIPE));
}

TEST(POSIXProcessTestCase, test_signal_mask_is_the_callers) {
  sigset_t block, before, now;
  ::sigemptyset(&block);
  ::sigaddset(&block, SIGUSR2);
  ::pthread_sigmask(SIG_BLOCK, &block, &before);
  std::string status = check_output({"cat", "/proc/self/status"});
  ::pthread_sigmask(SIG_SETMASK, &before, &now);
  EXPECT_TRUE(has_signal(status, "SigBlk", SIGUSR2));
  EXPECT_FALSE(has_signal(status, "SigBlk", SIGTERM));
  EXPECT_TRUE(::sigismember(&now, SIGUSR2));  // and ours is as it was
  EXPECT_FALSE(::sigismember(&now, SIGTERM));
  EXPECT_FALSE(has_signal(check_output({"cat", "/proc/self/status"}), "SigBlk", SIGUSR2));
}

// A signal sent to a child that has just been started must not run our handler,
// neither here nor in the child.
std::atomic<int> handled{0};
TEST(POSIXProcessTestCase, test_handlers_do_not_run_in_the_child) {
  Disposition handler(SIGUSR1, [](int) { ++handled; });
  for (int i = 0; i < 50; ++i) {
    Popen p({"cat"}, {.stdin = PIPE});
    p.send_signal(SIGUSR1);
    EXPECT_EQ(p.wait(), -SIGUSR1);
  }
  EXPECT_EQ(handled, 0);
}

TEST(POSIXProcessTestCase, test_start_new_session) {
  std::string session = check_output(sh("cut -d' ' -f6 /proc/$$/stat"), {.start_new_session = true});
  EXPECT_NE(std::stoi(session), ::getsid(0));
}

TEST(POSIXProcessTestCase, test_process_group_0) {
  Popen p({"cat"}, {.stdin = PIPE, .process_group = 0});
  EXPECT_EQ(::getpgid(p.pid()), p.pid());  // already so when the constructor returns
  Popen q({"cat"}, {.stdin = PIPE, .process_group = p.pid()});
  EXPECT_EQ(::getpgid(q.pid()), p.pid());
  p.communicate();
  q.communicate();
}

TEST(POSIXProcessTestCase, test_limits) {
  PopenOptions options{.stdout = PIPE, .limits = {{RLIMIT_NOFILE, 50, 60}, {RLIMIT_CORE, 0, 0}}};
  Popen child({"bash", "-c", "ulimit -Sn; ulimit -Hn; bash -c 'ulimit -Sn'"}, options);
  EXPECT_EQ(child.communicate().stdout, "50\n60\n50\n");
  try {
    Popen none({"true"}, {.limits = {{RLIMIT_NOFILE, 60, 50}}});
    FAIL();
  } catch (const OSError& error) {
    EXPECT_EQ(error.error(), EINVAL);
    EXPECT_NE(std::string(error.what()).find("setrlimit"), std::string::npos);
  }
}

// When the thread ends that made it, not only the process.
TEST(POSIXProcessTestCase, test_parent_death_signal) {
  std::optional<Popen> child;
  std::thread parent([&] {
    child.emplace(std::vector<std::string>{"sleep", "1000"}, PopenOptions{.parent_death_signal = SIGUSR1});
  });
  parent.join();
  EXPECT_EQ(child->wait(20), -SIGUSR1);
}

TEST(POSIXProcessTestCase, test_umask) {
  test::TempFolder folder;
  std::string name = folder.path() + "/beans";
  check_call({"touch", name}, {.umask = 0053});
  struct stat s;
  ASSERT_EQ(::stat(name.c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 0666, 0624u);
}

TEST(POSIXProcessTestCase, test_run_abort) {
  Popen p(sh("ulimit -c 0; kill -ABRT $$"));
  EXPECT_EQ(p.wait(), -SIGABRT);
}

TEST(POSIXProcessTestCase, test_shell_sequence) {
  auto env = environment();
  env["FRUIT"] = "apple";
  EXPECT_EQ(check_output({"echo $FRUIT"}, {.shell = true, .env = env}), "apple\n");
  EXPECT_EQ(check_output({"echo $0 $1", "zero", "one"}, {.shell = true}), "zero one\n");
}

TEST(POSIXProcessTestCase, test_send_signal) {
  Popen p({"cat"}, {.stdin = PIPE});
  p.send_signal(SIGINT);
  EXPECT_EQ(p.wait(), -SIGINT);
}

TEST(POSIXProcessTestCase, test_kill) {
  Popen p({"cat"}, {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE});
  p.kill();
  EXPECT_EQ(p.communicate().stderr, "");
  EXPECT_EQ(p.wait(), -SIGKILL);
}

TEST(POSIXProcessTestCase, test_terminate) {
  Popen p({"cat"}, {.stdin = PIPE});
  p.terminate();
  EXPECT_EQ(p.wait(), -SIGTERM);
}

TEST(POSIXProcessTestCase, test_send_signal_dead) {
  Popen p(ZeroReturn);
  pollfd sentinel{p.sentinel(), POLLIN, 0};
  ASSERT_EQ(::poll(&sentinel, 1, -1), 1);  // dead, and nobody has looked yet
  p.send_signal(SIGINT);
  p.terminate();
  p.kill();
  EXPECT_EQ(p.wait(), 0);
  p.kill();
}

TEST(POSIXProcessTestCase, test_send_signal_invalid) {
  Popen p({"cat"}, {.stdin = PIPE});
  EXPECT_THROW(p.send_signal(1000), OSError);
  p.communicate();
}

// Our own 0, 1 and 2, put back at the end. Nothing may be printed meanwhile.
class StandardDescriptors {
 public:
  StandardDescriptors() {
    std::fflush(nullptr);
    for (int fd = 0; fd < 3; ++fd) saved_[fd] = ::fcntl(fd, F_DUPFD_CLOEXEC, 50);
  }
  ~StandardDescriptors() {
    for (int fd = 0; fd < 3; ++fd) {
      ::dup2(saved_[fd], fd);
      ::close(saved_[fd]);
    }
  }
  int saved(int fd) const { return saved_[fd]; }

 private:
  int saved_[3];
};

TEST(POSIXProcessTestCase, test_close_fds_0_1_2) {
  for (int closed = 1; closed < 8; ++closed) {
    Popen::Output output;
    {
      StandardDescriptors ours;
      for (int fd = 0; fd < 3; ++fd) {
        if (closed & (1 << fd)) ::close(fd);
      }
      Popen p(sh("printf apple; printf orange >&2"), {.stdin = ours.saved(0), .stdout = PIPE, .stderr = PIPE});
      output = p.communicate();
    }
    EXPECT_EQ(output.stdout, "apple") << closed;
    EXPECT_EQ(output.stderr, "orange") << closed;
  }
}

// What is to become 0, 1 and 2 lies on 0, 1 and 2, in every order.
TEST(POSIXProcessTestCase, test_swap_fds) {
  int order[3] = {0, 1, 2};
  do {
    TemporaryFile files[3];
    std::string out, err;
    {
      StandardDescriptors ours;
      for (int fd = 0; fd < 3; ++fd) ::dup2(files[fd].fileno(), fd);
      ASSERT_EQ(::write(order[0], "STDIN", 5), 5);
      ::lseek(order[0], 0, SEEK_SET);
      call(sh("printf \"got $(cat)\"; printf err >&2"), {.stdin = order[0], .stdout = order[1], .stderr = order[2]});
    }
    EXPECT_EQ(files[order[1]].content(), "got STDIN");
    EXPECT_EQ(files[order[2]].content(), "err");
  } while (std::next_permutation(order, order + 3));
}

TEST(POSIXProcessTestCase, test_stdout_stderr_are_single_inout_fd) {
  int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  EXPECT_EQ(call(ZeroReturn, {.stdin = fd, .stdout = fd, .stderr = fd}), 0);
  ::close(fd);
}

class OpenPipes {
 public:
  explicit OpenPipes(int pairs) {
    for (int i = 0; i < pairs; ++i) {
      int ends[2];
      if (::pipe(ends) == 0) fds.insert(fds.end(), {ends[0], ends[1]});  // inheritable, as careless code has them
    }
  }
  ~OpenPipes() {
    for (int fd : fds) ::close(fd);
  }
  std::vector<int> fds;
};

TEST(POSIXProcessTestCase, test_close_fds) {
  OpenPipes pipes(5);
  std::set<int> kept = open_in_child({.close_fds = false});
  for (int fd : pipes.fds) EXPECT_TRUE(kept.contains(fd));
  EXPECT_EQ(open_in_child({}), (std::set{0, 1, 2}));
}

TEST(POSIXProcessTestCase, test_pass_fds) {
  OpenPipes pipes(5);
  for (int fd : pipes.fds) {
    EXPECT_EQ(open_in_child({.pass_fds = {fd}}), (std::set{0, 1, 2, fd}));
    EXPECT_EQ(open_in_child({.close_fds = false, .pass_fds = {fd}}), (std::set{0, 1, 2, fd}));
  }
  std::set<int> all(pipes.fds.begin(), pipes.fds.end());
  all.insert({0, 1, 2});
  std::vector<int> twice = pipes.fds;
  twice.insert(twice.end(), pipes.fds.rbegin(), pipes.fds.rend());
  EXPECT_EQ(open_in_child({.pass_fds = twice}), all);
  EXPECT_THROW(Popen(ZeroReturn, {.pass_fds = {-1}}), ValueError);
  EXPECT_THROW(Popen(ZeroReturn, {.pass_fds = {9999}}), OSError);
}

TEST(POSIXProcessTestCase, test_pass_fds_inheritable) {
  int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(open_in_child({.pass_fds = {fd}}), (std::set{0, 1, 2, fd}));
  EXPECT_EQ(::fcntl(fd, F_GETFD), FD_CLOEXEC);  // here it is as it was
  ::close(fd);
}

TEST(POSIXProcessTestCase, test_pass_fds_redirected) {
  int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  EXPECT_EQ(open_in_child({.stdin = fd, .stderr = fd, .pass_fds = {fd}}), (std::set{0, 1, 2, fd}));
  ::close(fd);
}

TEST(POSIXProcessTestCase, test_close_fds_when_max_fd_is_lowered) {
  int high = ::fcntl(1, F_DUPFD, 90);  // inheritable
  rlimit before, low;
  ::getrlimit(RLIMIT_NOFILE, &before);
  low = before;
  low.rlim_cur = 60;
  ::setrlimit(RLIMIT_NOFILE, &low);
  std::set<int> open = open_in_child({});
  ::setrlimit(RLIMIT_NOFILE, &before);
  ::close(high);
  EXPECT_EQ(open, (std::set{0, 1, 2}));
}

TEST(POSIXProcessTestCase, test_pipe_cloexec) {
  Popen p({"cat"}, {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE});
  std::set<int> open = open_in_child({.close_fds = false});
  for (int fd : {p.stdin.fileno(), p.stdout.fileno(), p.stderr.fileno(), p.sentinel()}) EXPECT_FALSE(open.contains(fd));
  p.communicate();
}

// SIGCHLD ignored: the kernel buries the child, and its status is lost, as in Python.
TEST(POSIXProcessTestCase, test_wait_when_sigchild_ignored) {
  Disposition ignored(SIGCHLD, SIG_IGN);
  Popen p(sh("exit 3"), {.stdout = PIPE});
  EXPECT_EQ(p.communicate().stdout, "");
  EXPECT_EQ(p.returncode(), 0);
  EXPECT_EQ(call(ZeroReturn), 0);
  EXPECT_THROW(call(test::Nonexisting), OSError);
}

TEST(POSIXProcessTestCase, test_status_taken_by_a_stranger) {
  Popen p(sh("exit 3"));
  EXPECT_EQ(::waitpid(p.pid(), nullptr, 0), p.pid());
  p.terminate();  // hits nobody
  EXPECT_EQ(p.wait(), 0);
}

bool is_child(int pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

TEST(POSIXProcessTestCase, test_zombie_fast_process_del) {
  // Dropped while it runs, and buried with the next Popen.
  PipeWriter hold;
  int pid;
  {
    Popen p({"cat"}, {.stdin = PIPE});
    pid = p.pid();
    hold = std::move(p.stdin);
  }
  EXPECT_TRUE(is_child(pid));
  call(ZeroReturn);
  EXPECT_TRUE(is_child(pid));
  hold.close();
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
  call(ZeroReturn);
  EXPECT_FALSE(is_child(pid));
}

TEST(POSIXProcessTestCase, test_leak_fast_process_del_killed) {
  std::vector<int> pids;
  for (int i = 0; i < 50; ++i) {
    Popen p({"sleep", "3600"}, {.stdout = PIPE, .stderr = PIPE});
    pids.push_back(p.pid());
  }
  for (int pid : pids) ::kill(pid, SIGKILL);
  siginfo_t info{};
  for (int pid : pids) ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  EXPECT_THROW(Popen child(test::Nonexisting), OSError);  // even one that fails
  for (int pid : pids) EXPECT_FALSE(is_child(pid));
}

}  // namespace
}  // namespace weft::subprocess

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's test_subprocess, ProcessTestCase: what a Popen promises. The names
// are CPython's; what its tests do with Python programs, ours do with the shell.
#include <errno.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ranges>
#include <thread>

#include "subprocess/commands.hpp"
#include "support/support.hpp"
#include "weft/errors.hpp"

namespace weft::subprocess {
namespace {

using test::Nonexisting;
using test::sh;
using test::TemporaryFile;
using test::wait_until;
using test::ZeroReturn;

TEST(ProcessTestCase, test_call_seq) { EXPECT_EQ(call(sh("exit 47")), 47); }

TEST(ProcessTestCase, test_call_timeout) {
  EXPECT_THROW(call(sh("while :; do :; done"), {.timeout = 0.1}), TimeoutExpired);
}

TEST(ProcessTestCase, test_check_call_zero) { EXPECT_EQ(check_call(ZeroReturn), 0); }

TEST(ProcessTestCase, test_check_call_nonzero) {
  try {
    check_call(sh("exit 47"));
    FAIL();
  } catch (const CalledProcessError& error) {
    EXPECT_EQ(error.returncode, 47);
    EXPECT_STREQ(error.what(), "Command '['/bin/sh', '-c', 'exit 47']' returned non-zero exit status 47.");
  }
}

TEST(ProcessTestCase, test_check_output) { EXPECT_EQ(check_output({"echo", "BDFL"}), "BDFL\n"); }

TEST(ProcessTestCase, test_check_output_nonzero) {
  try {
    check_output(sh("echo so far; exit 5"));
    FAIL();
  } catch (const CalledProcessError& error) {
    EXPECT_EQ(error.returncode, 5);
    EXPECT_EQ(error.stdout, "so far\n");
  }
}

TEST(ProcessTestCase, test_check_output_stderr) {
  EXPECT_EQ(check_output(sh("echo BDFL >&2"), {.stderr = STDOUT}), "BDFL\n");
}

TEST(ProcessTestCase, test_check_output_stdin_arg) {
  TemporaryFile file("pear");
  EXPECT_EQ(check_output({"tr", "a-z", "A-Z"}, {.stdin = file.fileno()}), "PEAR");
}

TEST(ProcessTestCase, test_check_output_input_arg) {
  EXPECT_EQ(check_output({"tr", "a-z", "A-Z"}, {.input = "pear"}), "PEAR");
}

TEST(ProcessTestCase, test_check_output_stdout_arg) {
  try {
    check_output(ZeroReturn, {.stdout = 1});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "stdout argument not allowed, it will be overridden.");
  }
}

TEST(ProcessTestCase, test_check_output_stdin_with_input_arg) {
  TemporaryFile file("pear");
  try {
    check_output(ZeroReturn, {.stdin = file.fileno(), .input = "hare"});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "stdin and input arguments may not both be used.");
  }
}

TEST(ProcessTestCase, test_check_output_timeout) {
  try {
    check_output(sh("printf BDFL; exec sleep 3600"), {.timeout = 0.5 * test::patience()});
    FAIL();
  } catch (const TimeoutExpired& error) {
    EXPECT_EQ(error.stdout, "BDFL");
    EXPECT_EQ(error.cmd[0], "/bin/sh");
  }
}

TEST(ProcessTestCase, test_call_kwargs) {
  auto env = environment();
  env["FRUIT"] = "banana";
  EXPECT_EQ(call(sh("[ $FRUIT = banana ] && exit 1"), {.env = env}), 1);
}

TEST(ProcessTestCase, test_stdin_none) {
  Popen p({"echo", "banana"}, {.stdout = PIPE, .stderr = PIPE});
  EXPECT_FALSE(p.stdin);
  EXPECT_EQ(p.wait(), 0);
}

TEST(ProcessTestCase, test_stdout_none) {
  // The child of a child writes to the stdout that it was given: the pipe of the test.
  Popen p(sh("/bin/echo inherited"), {.stdin = PIPE, .stdout = PIPE});
  EXPECT_EQ(p.communicate().stdout, "inherited\n");
  Popen q(ZeroReturn, {.stdin = PIPE, .stderr = PIPE});
  EXPECT_FALSE(q.stdout);
  q.wait();
}

TEST(ProcessTestCase, test_stderr_none) {
  Popen p(ZeroReturn, {.stdin = PIPE, .stdout = PIPE});
  EXPECT_FALSE(p.stderr);
  p.wait();
}

TEST(ProcessTestCase, test_executable) {
  EXPECT_EQ(call({"doesnotexist", "-c", "exit 47"}, {.executable = "/bin/sh"}), 47);
}

TEST(ProcessTestCase, test_executable_takes_precedence) {
  EXPECT_THROW(call(sh("exit 47"), {.executable = Nonexisting[0]}), OSError);
}

TEST(ProcessTestCase, test_executable_replaces_shell) {
  EXPECT_EQ(check_output({"echo $0"}, {.executable = "/bin/bash", .shell = true}), "/bin/bash\n");
}

TEST(ProcessTestCase, test_cwd) {
  test::TempFolder folder;
  EXPECT_EQ(check_output({"/bin/pwd"}, {.cwd = std::filesystem::path(folder.path())}),
            std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST(ProcessTestCase, test_cwd_with_relative_arg) {
  test::TempFolder right, wrong;
  std::filesystem::create_symlink("/bin/sh", right.path() + "/shell");
  EXPECT_THROW(call({"./shell", "-c", "exit 47"}), OSError);
  EXPECT_THROW(call({"./shell", "-c", "exit 47"}, {.cwd = wrong.path()}), OSError);
  EXPECT_EQ(call({"./shell", "-c", "exit 47"}, {.cwd = right.path()}), 47);
}

TEST(ProcessTestCase, test_cwd_with_relative_executable) {
  test::TempFolder right, wrong;
  std::filesystem::create_symlink("/bin/sh", right.path() + "/shell");
  EXPECT_THROW(call({"no", "-c", "exit 47"}, {.executable = "./shell", .cwd = wrong.path()}), OSError);
  EXPECT_EQ(call({"no", "-c", "exit 47"}, {.executable = "./shell", .cwd = right.path()}), 47);
}

TEST(ProcessTestCase, test_stdin_pipe) {
  Popen p(sh("[ \"$(cat)\" = pear ] && exit 1"), {.stdin = PIPE});
  p.stdin.write("pear");
  p.stdin.close();
  EXPECT_EQ(p.wait(), 1);
}

TEST(ProcessTestCase, test_stdin_filedes) {
  TemporaryFile file("pear");
  EXPECT_EQ(call(sh("[ \"$(cat)\" = pear ] && exit 1"), {.stdin = file.fileno()}), 1);
}

TEST(ProcessTestCase, test_stdout_pipe) {
  Popen p({"printf", "orange"}, {.stdout = PIPE});
  EXPECT_EQ(p.stdout.read(), "orange");
  EXPECT_EQ(p.wait(), 0);
}

TEST(ProcessTestCase, test_stdout_filedes) {
  TemporaryFile file;
  EXPECT_EQ(call({"printf", "orange"}, {.stdout = file.fileno()}), 0);
  EXPECT_EQ(file.content(), "orange");
}

TEST(ProcessTestCase, test_stderr_pipe) {
  Popen p(sh("printf strawberry >&2"), {.stderr = PIPE});
  EXPECT_EQ(p.stderr.read(), "strawberry");
  EXPECT_EQ(p.wait(), 0);
}

TEST(ProcessTestCase, test_stderr_filedes) {
  TemporaryFile file;
  EXPECT_EQ(call(sh("printf strawberry >&2"), {.stderr = file.fileno()}), 0);
  EXPECT_EQ(file.content(), "strawberry");
}

TEST(ProcessTestCase, test_stdout_stderr_pipe) {
  Popen p(sh("printf apple; printf orange >&2"), {.stdout = PIPE, .stderr = STDOUT});
  EXPECT_EQ(p.stdout.read(), "appleorange");
  EXPECT_EQ(p.wait(), 0);
}

TEST(ProcessTestCase, test_stdout_stderr_file) {
  TemporaryFile file;
  EXPECT_EQ(call(sh("printf apple; printf orange >&2"), {.stdout = file.fileno(), .stderr = file.fileno()}), 0);
  EXPECT_EQ(file.content(), "appleorange");
}

// stderr=STDOUT while stdout is ours: it goes to our stdout. Our own stdout is
// moved to a file for the time of the test.
TEST(ProcessTestCase, test_stderr_redirect_with_no_stdout_redirect) {
  TemporaryFile file;
  std::fflush(nullptr);
  int saved = ::fcntl(1, F_DUPFD_CLOEXEC, 10);
  ::dup2(file.fileno(), 1);
  int status = call(sh("printf 42 >&2"), {.stderr = STDOUT});
  ::dup2(saved, 1);
  ::close(saved);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(file.content(), "42");
}

TEST(ProcessTestCase, test_stdout_devnull) {
  Popen p(sh("yes | head -c 10000000"), {.stdout = DEVNULL});
  EXPECT_EQ(p.wait(), 0);
  EXPECT_FALSE(p.stdout);
}

TEST(ProcessTestCase, test_stderr_devnull) {
  Popen p(sh("yes | head -c 10000000 >&2"), {.stderr = DEVNULL});
  EXPECT_EQ(p.wait(), 0);
  EXPECT_FALSE(p.stderr);
}

TEST(ProcessTestCase, test_stdin_devnull) {
  Popen p({"cat"}, {.stdin = DEVNULL});
  EXPECT_EQ(p.wait(), 0);
  EXPECT_FALSE(p.stdin);
}

TEST(ProcessTestCase, test_pipesizes) {
  Popen p({"cat"}, {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE, .pipesize = 8192});
  EXPECT_EQ(::fcntl(p.stdin.fileno(), F_GETPIPE_SZ), 8192);
  EXPECT_EQ(::fcntl(p.stdout.fileno(), F_GETPIPE_SZ), 8192);
  EXPECT_EQ(::fcntl(p.stderr.fileno(), F_GETPIPE_SZ), 8192);
  p.communicate();
}

TEST(ProcessTestCase, test_env) {
  auto env = environment();
  env["FRUIT"] = "orange";
  EXPECT_EQ(check_output(sh("printf $FRUIT"), {.env = env}), "orange");
}

TEST(ProcessTestCase, test_empty_env) { EXPECT_EQ(check_output({"/usr/bin/env"}, {.env = {{}}}), ""); }

TEST(ProcessTestCase, test_one_environment_variable) {
  EXPECT_EQ(check_output({"/usr/bin/env"}, {.env = {{{"fruit", "orange"}}}}), "fruit=orange\n");
}

TEST(ProcessTestCase, test_invalid_cmd) {
  using namespace std::string_literals;
  EXPECT_THROW(Popen({"/bin/true\0"s}), ValueError);
  EXPECT_THROW(Popen({"/bin/true", "pass#\0"s}), ValueError);
  EXPECT_THROW(Popen({}), ValueError);
}

TEST(ProcessTestCase, test_invalid_env) {
  using namespace std::string_literals;
  using Env = std::map<std::string, std::string>;
  EXPECT_THROW(Popen(ZeroReturn, {.env = Env{{"FRUIT\0VEGETABLE"s, "cabbage"}}}), ValueError);
  EXPECT_THROW(Popen(ZeroReturn, {.env = Env{{"FRUIT", "orange\0VEGETABLE=cabbage"s}}}), ValueError);
  EXPECT_THROW(Popen(ZeroReturn, {.env = Env{{"FRUIT=ORANGE", "lemon"}}}), ValueError);
  EXPECT_EQ(check_output({"/usr/bin/env"}, {.env = Env{{"FRUIT", "orange=lemon"}}}), "FRUIT=orange=lemon\n");
}

TEST(ProcessTestCase, test_communicate_stdin) {
  Popen p(sh("[ \"$(cat)\" = pear ] && exit 1"), {.stdin = PIPE});
  p.communicate("pear");
  EXPECT_EQ(p.returncode(), 1);
}

TEST(ProcessTestCase, test_communicate_stdout) {
  Popen p({"printf", "pineapple"}, {.stdout = PIPE});
  auto [out, err] = p.communicate();
  EXPECT_EQ(out, "pineapple");
  EXPECT_EQ(err, "");
}

TEST(ProcessTestCase, test_communicate) {
  Popen p(sh("printf pineapple >&2; cat"), {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE});
  auto [out, err] = p.communicate("banana");
  EXPECT_EQ(out, "banana");
  EXPECT_EQ(err, "pineapple");
}

// A timeout loses nothing: neither the input that was not yet written, nor the
// output that was read already.
TEST(ProcessTestCase, test_communicate_timeout) {
  TemporaryFile gate;
  std::string go = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(gate.fileno());
  Popen p(sh("printf 'pineapple\n' >&2; while [ ! -s " + go + " ]; do sleep 0.01; done; printf 'pear\n' >&2; cat"),
          {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE});
  std::string input(300'000, 'b');
  try {
    p.communicate(input, 0.3 * test::patience());
    FAIL();
  } catch (const TimeoutExpired& error) {
    EXPECT_EQ(error.stderr, "pineapple\n");
  }
  EXPECT_THROW(p.communicate("more"), ValueError);  // Cannot send input after starting communication
  ASSERT_EQ(::write(gate.fileno(), "x", 1), 1);
  auto [out, err] = p.communicate();
  EXPECT_EQ(out, input);
  EXPECT_EQ(err, "pineapple\npear\n");
}

TEST(ProcessTestCase, test_communicate_timeout_large_output) {
  Popen p(sh("for i in 1 2 3 4; do head -c 65536 /dev/zero; sleep 0.1; done"), {.stdout = PIPE});
  EXPECT_THROW(p.communicate({}, 0.2), TimeoutExpired);
  EXPECT_EQ(p.communicate().stdout.size(), 4u * 64 * 1024);
}

TEST(ProcessTestCase, test_communicate_pipe_fd_leak) {
  for (int mask = 1; mask < 8; ++mask) {
    Popen p(ZeroReturn, {.stdin = mask & 1 ? PIPE : Stream(),
                         .stdout = mask & 2 ? PIPE : Stream(),
                         .stderr = mask & 4 ? PIPE : Stream()});
    EXPECT_EQ(!p.stdin.closed(), (mask & 1) != 0);
    p.communicate();
    EXPECT_TRUE(p.stdin.closed() && p.stdout.closed() && p.stderr.closed());
  }
}

TEST(ProcessTestCase, test_communicate_returns) {
  Popen p(sh("exit 47"));
  auto [out, err] = p.communicate();
  EXPECT_EQ(out, "");
  EXPECT_EQ(err, "");
  EXPECT_EQ(p.returncode(), 47);
}

TEST(ProcessTestCase, test_communicate_pipe_buf) {
  std::string much(4 * 1024 * 1024, 'a');
  Popen p(sh("head -c 47; yes | head -c 4194304 >&2; cat"), {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE});
  EXPECT_EQ(p.communicate(much).stdout.size() >= 47, true);
  EXPECT_EQ(p.returncode(), 0);
}

TEST(ProcessTestCase, test_writes_before_communicate) {
  Popen p({"cat"}, {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE});
  p.stdin.write("banana");
  EXPECT_EQ(p.communicate("split").stdout, "bananasplit");
}

TEST(ProcessTestCase, test_reads_before_communicate) {
  Popen p(sh("echo one; echo two; echo three"), {.stdout = PIPE});
  EXPECT_EQ(p.stdout.readline(), "one\n");
  EXPECT_EQ(p.communicate().stdout, "two\nthree\n");
}

TEST(ProcessTestCase, test_poll) {
  Popen p({"head", "-c1"}, {.stdin = PIPE, .stdout = DEVNULL});
  EXPECT_EQ(p.poll(), std::nullopt);
  p.stdin.write("A");
  p.wait();
  EXPECT_EQ(p.poll(), 0);
}

TEST(ProcessTestCase, test_wait) {
  Popen p(ZeroReturn);
  EXPECT_EQ(p.wait(), 0);
  EXPECT_EQ(p.wait(), 0);
  EXPECT_EQ(p.wait(0), 0);
}

TEST(ProcessTestCase, test_wait_timeout) {
  Popen p({"cat"}, {.stdin = PIPE});
  try {
    p.wait(0.0001);
    FAIL();
  } catch (const TimeoutExpired& error) {
    EXPECT_STREQ(error.what(), "Command '['cat']' timed out after 0.0001 seconds");
  }
  EXPECT_EQ(p.try_wait(0.01), std::nullopt);
  EXPECT_EQ(p.poll(), std::nullopt);  // a timeout kills nothing
  p.stdin.close();
  EXPECT_EQ(p.try_wait(10), 0);
}

TEST(ProcessTestCase, test_wait_ended_by_stop_token) {
  Popen p({"cat"}, {.stdin = PIPE});
  std::stop_source stop;
  std::thread stopper([&] { stop.request_stop(); });
  try {
    p.wait(stop.get_token());
    ADD_FAILURE();
  } catch (const TimeoutExpired& error) {
    EXPECT_STREQ(error.what(), "Command '['cat']' was still running when it was asked to stop");
  }
  stopper.join();
  p.communicate();
}

TEST(ProcessTestCase, test_leaking_fds_on_error) {
  for (int i = 0; i < 100; ++i) EXPECT_THROW(Popen(Nonexisting, {.stdout = PIPE, .stderr = PIPE}), OSError);
}

TEST(ProcessTestCase, test_threadsafe_wait) {
  Popen p({"cat"}, {.stdin = PIPE});
  EXPECT_EQ(p.returncode(), std::nullopt);
  std::atomic<int> waiting{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      ++waiting;
      if (i == 0) p.kill();
      EXPECT_EQ(i % 2 == 0 ? p.wait() : p.wait(60), -9);
      EXPECT_EQ(p.wait(), -9);
    });
  }
  EXPECT_EQ(p.wait(60), -9);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(p.returncode(), -9);
}

TEST(ProcessTestCase, test_communicate_epipe) {
  Popen p(ZeroReturn, {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE});
  p.communicate(std::string(1 << 20, 'x'));
  EXPECT_EQ(p.returncode(), 0);
}

TEST(ProcessTestCase, test_communicate_epipe_only_stdin) {
  Popen p(ZeroReturn, {.stdin = PIPE});
  p.wait();
  p.communicate(std::string(1 << 20, 'x'));
}

TEST(ProcessTestCase, test_write_to_dead_child_is_epipe_not_sigpipe) {
  Popen p(ZeroReturn, {.stdin = PIPE});
  p.wait();
  try {
    p.stdin.write("x");
    FAIL();
  } catch (const OSError& error) {
    EXPECT_EQ(error.error(), EPIPE);
  }
  sigset_t pending;
  ::sigpending(&pending);
  EXPECT_FALSE(::sigismember(&pending, SIGPIPE));
}

TEST(ProcessTestCase, test_communicate_eintr) {
  struct sigaction on {
  }, before;
  on.sa_handler = [](int) {};  // without SA_RESTART
  ::sigaction(SIGUSR1, &on, &before);
  {
    Popen p(sh("kill -USR1 $PPID; sleep 0.05; kill -USR1 $PPID; echo done"), {.stdout = PIPE});
    EXPECT_EQ(p.communicate().stdout, "done\n");
    Popen q(sh("kill -USR1 $PPID; sleep 0.05; kill -USR1 $PPID; exit 3"));
    EXPECT_EQ(q.wait(), 3);
  }
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST(ProcessTestCase, test_file_not_found_includes_filename) {
  try {
    call({"/opt/nonexistent_binary", "with", "some", "args"});
    FAIL();
  } catch (const OSError& error) {
    EXPECT_EQ(error.error(), ENOENT);
    EXPECT_STREQ(error.what(), "[Errno 2] No such file or directory: 'execve /opt/nonexistent_binary'");
  }
}

TEST(ProcessTestCase, test_file_not_found_with_bad_cwd) {
  try {
    call({"exit", "0"}, {.cwd = "/some/nonexistent/directory"});
    FAIL();
  } catch (const OSError& error) {
    EXPECT_EQ(error.error(), ENOENT);
    EXPECT_STREQ(error.what(), "[Errno 2] No such file or directory: 'chdir /some/nonexistent/directory'");
  }
}

int error_of(const std::vector<std::string>& args) {
  try {
    call(args);
    return 0;
  } catch (const OSError& error) {
    return error.error();
  }
}

TEST(ProcessTestCase, test_what_cannot_be_executed) {
  test::TempFolder folder;
  auto file = [&](const std::string& name, const std::string& content, int mode) {
    std::string path = folder.path() + "/" + name;
    std::ofstream(path) << content;
    ::chmod(path.c_str(), static_cast<mode_t>(mode));
    return path;
  };
  EXPECT_EQ(error_of({file("plain", "#!/bin/sh\n", 0644)}), EACCES);
  EXPECT_EQ(error_of({file("badshebang", "#!/no/such/interpreter\n", 0755)}), ENOENT);
  EXPECT_EQ(error_of({file("garbage", "\x01\x02\x03\x04", 0755)}), ENOEXEC);
  EXPECT_EQ(error_of({folder.path()}), EACCES);
  EXPECT_EQ(error_of({folder.path() + "/plain/x"}), ENOTDIR);
  EXPECT_EQ(error_of({file("script", "#!/bin/sh\nexit 0\n", 0755)}), 0);
  EXPECT_EQ(error_of({"/bin/true", std::string(200'000, 'x')}), E2BIG);
}

TEST(ProcessTestCase, test_path_of_env) {
  test::TempFolder folder;
  std::filesystem::create_symlink("/bin/sh", folder.path() + "/only-here");
  EXPECT_THROW(call({"only-here", "-c", "exit 9"}), OSError);
  using Env = std::map<std::string, std::string>;
  EXPECT_EQ(call({"only-here", "-c", "exit 9"}, {.env = Env{{"PATH", "/no/such:" + folder.path() + "/"}}}), 9);
  // A file that may not be executed does not hide a later one, and is told of if there is none.
  std::ofstream(folder.path() + "/true") << "x";
  EXPECT_EQ(call({"true"}, {.env = Env{{"PATH", folder.path() + ":/bin"}}}), 0);
  try {
    call({"true"}, {.env = Env{{"PATH", folder.path() + ":/no/such"}}});
    FAIL();
  } catch (const OSError& error) {
    EXPECT_EQ(error.error(), EACCES);
  }
}

TEST(ProcessTestCase, test_large_environment) {
  std::map<std::string, std::string> env;
  for (int i = 0; i < 10'000; ++i) env["VARIABLE_" + std::to_string(i)] = std::string(50, 'v');
  std::string lines = check_output({"/usr/bin/env"}, {.env = env});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 10'000);
  env["TOO_MUCH"] = std::string(200'000, 'v');
  EXPECT_THROW(call(ZeroReturn, {.env = env}), OSError);  // E2BIG
}

TEST(ProcessTestCase, test_child_that_closes_its_stdout_early) {
  Popen p(sh("printf x; exec >&-; cat >/dev/null"), {.stdin = PIPE, .stdout = PIPE});
  EXPECT_EQ(p.stdout.read(), "x");
  EXPECT_EQ(p.poll(), std::nullopt);
  p.communicate("y");
  EXPECT_EQ(p.returncode(), 0);
}

TEST(ProcessTestCase, test_communicate_repeated_call_after_stdout_close) {
  Popen p(sh("exec >&-; exec sleep 0.3"), {.stdout = PIPE});
  int calls = 0;
  for (bool again = true; again; ++calls) {
    try {
      p.communicate({}, 0.05);
      again = false;
    } catch (const TimeoutExpired&) {
    }
  }
  EXPECT_GT(calls, 1);
}

TEST(ProcessTestCase, test_pipe_reader) {
  Popen p(sh("printf 'one\ntwo\nlast'"), {.stdout = PIPE});
  EXPECT_EQ(p.stdout.read(2), "on");
  EXPECT_EQ(p.stdout.readline(), "e\n");
  std::vector<std::string> lines;
  for (std::string& line : p.stdout) lines.push_back(line);
  EXPECT_EQ(lines, (std::vector<std::string>{"two\n", "last"}));
  EXPECT_EQ(p.stdout.read(), "");
  p.stdout.close();
  EXPECT_THROW(p.stdout.read(), ValueError);
  EXPECT_THROW(static_cast<void>(p.stdout.fileno()), ValueError);
  p.wait();
}

// The lines after those that were asked for are still to come.
TEST(ProcessTestCase, test_pipe_reader_takes_no_more_than_it_is_asked_for) {
  static_assert(std::input_iterator<PipeReader::Lines> && std::ranges::input_range<PipeReader>);
  Popen p(sh("printf 'one\ntwo\nthree\nfour\n'"), {.stdout = PIPE});
  std::vector<std::string> lines;
  for (std::string& line : p.stdout | std::views::take(2)) lines.push_back(line);
  EXPECT_EQ(lines, (std::vector<std::string>{"one\n", "two\n"}));
  EXPECT_EQ(p.stdout.readline(), "three\n");
  for (std::string& line : p.stdout | std::views::take(1)) EXPECT_EQ(line, "four\n");
  for (std::string& line : p.stdout) ADD_FAILURE() << line;
  p.stdout.close();
  EXPECT_THROW(static_cast<void>(p.stdout.begin() == p.stdout.end()), ValueError);
  p.wait();
}

// What a loop does with its line is its own affair: the end is where no line is left.
TEST(ProcessTestCase, test_pipe_reader_lines_that_are_changed) {
  Popen p(sh("printf 'one\n\nthree\n'"), {.stdout = PIPE});
  std::vector<std::string> lines;
  for (auto it = p.stdout.begin(); it != p.stdout.end(); ++it) {
    it->pop_back();
    if (!it->empty()) lines.push_back(*it);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "three"}));
  p.wait();
}

TEST(ProcessTestCase, test_pipe_reader_a_loop_in_a_loop) {
  Popen p(sh("printf 'begin\na\nend\nlast\n'"), {.stdout = PIPE});
  std::vector<std::string> lines;
  for (std::string& line : p.stdout) {
    if (line == "begin\n") {
      for (std::string& inner : p.stdout) {
        if (inner == "end\n") break;
      }
    }
    lines.push_back(line);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"begin\n", "last\n"}));
  p.wait();
}

TEST(ProcessTestCase, test_pipeline) {
  Popen sort({"sort"}, {.stdin = PIPE, .stdout = PIPE});
  Popen uniq({"uniq"}, {.stdin = sort.stdout, .stdout = PIPE});
  sort.stdout.close();
  sort.stdin.write("b\na\nb\na\n");
  sort.stdin.close();
  EXPECT_EQ(uniq.communicate().stdout, "a\nb\n");
  EXPECT_EQ(sort.wait(), 0);
}

// The other way round: the first child writes straight into the second's stdin,
// whose writing end must therefore wait when it is full, even if we used it.
TEST(ProcessTestCase, test_pipeline_by_the_writing_end) {
  Popen count({"wc", "-c"}, {.stdin = PIPE, .stdout = PIPE});
  count.stdin.write("1");
  Popen source({"head", "-c", "1000000", "/dev/zero"}, {.stdout = count.stdin});
  count.stdin.close();
  EXPECT_EQ(source.wait(), 0);
  EXPECT_EQ(count.communicate().stdout, "1000001\n");
}

TEST(ProcessTestCase, test_move) {
  Popen p({"cat"}, {.stdin = PIPE, .stdout = PIPE});
  std::vector<Popen> children;
  children.push_back(std::move(p));
  EXPECT_FALSE(p.stdin);
  EXPECT_EQ(children[0].communicate("moved").stdout, "moved");
}

TEST(ProcessTestCase, test_sentinel) {
  Popen p({"cat"}, {.stdin = PIPE});
  pollfd sentinel{p.sentinel(), POLLIN, 0};
  EXPECT_EQ(::poll(&sentinel, 1, 0), 0);
  p.stdin.close();
  EXPECT_EQ(::poll(&sentinel, 1, -1), 1);
  EXPECT_EQ(p.poll(), 0);
}

}  // namespace
}  // namespace weft::subprocess

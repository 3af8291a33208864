// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's test_subprocess, RunFuncTestCase and the texts of the errors.
#include <gtest/gtest.h>
#include <signal.h>

#include "subprocess/commands.hpp"
#include "support/support.hpp"
#include "weft/errors.hpp"

namespace weft::subprocess {
namespace {

using test::sh;
using test::TemporaryFile;
using test::ZeroReturn;

TEST(RunFuncTestCase, test_returncode) {
  CompletedProcess done = run(sh("exit 47"));
  EXPECT_EQ(done.returncode, 47);
  EXPECT_EQ(done.args[2], "exit 47");
  EXPECT_THROW(done.check_returncode(), CalledProcessError);
}

TEST(RunFuncTestCase, test_check) {
  try {
    run(sh("exit 47"), {.check = true});
    FAIL();
  } catch (const CalledProcessError& error) {
    EXPECT_EQ(error.returncode, 47);
  }
}

TEST(RunFuncTestCase, test_check_zero) { EXPECT_EQ(run(ZeroReturn, {.check = true}).returncode, 0); }

TEST(RunFuncTestCase, test_timeout) {
  // If the child were not killed, this would never return: run() waits for it.
  EXPECT_THROW(run(sh("while :; do :; done"), {.timeout = 0.0001}), TimeoutExpired);
}

TEST(RunFuncTestCase, test_capture_stdout) { EXPECT_EQ(run({"echo", "BDFL"}, {.stdout = PIPE}).stdout, "BDFL\n"); }

TEST(RunFuncTestCase, test_capture_stderr) { EXPECT_EQ(run(sh("echo BDFL >&2"), {.stderr = PIPE}).stderr, "BDFL\n"); }

TEST(RunFuncTestCase, test_check_output_stdin_arg) {
  TemporaryFile file("pear");
  EXPECT_EQ(run({"tr", "a-z", "A-Z"}, {.stdin = file.fileno(), .stdout = PIPE}).stdout, "PEAR");
}

TEST(RunFuncTestCase, test_check_output_input_arg) {
  EXPECT_EQ(run({"tr", "a-z", "A-Z"}, {.input = "pear", .stdout = PIPE}).stdout, "PEAR");
}

TEST(RunFuncTestCase, test_empty_input_is_the_end_of_file) {
  EXPECT_EQ(run({"cat"}, {.input = "", .stdout = PIPE}).stdout, "");
}

TEST(RunFuncTestCase, test_check_output_stdin_with_input_arg) {
  TemporaryFile file("pear");
  EXPECT_THROW(run(ZeroReturn, {.stdin = file.fileno(), .input = "hare"}), ValueError);
}

TEST(RunFuncTestCase, test_capture_output) {
  CompletedProcess done = run(sh("printf BDFL; printf FLUFL >&2"), {.capture_output = true});
  EXPECT_EQ(done.stdout, "BDFL");
  EXPECT_EQ(done.stderr, "FLUFL");
}

TEST(RunFuncTestCase, test_stdout_stdout) {
  try {
    run(ZeroReturn, {.stdout = STDOUT});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "STDOUT can only be used for stderr");
  }
}

TEST(RunFuncTestCase, test_stdout_with_capture_output_arg) {
  TemporaryFile file;
  try {
    run(ZeroReturn, {.stdout = file.fileno(), .capture_output = true});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "stdout and stderr arguments may not be used with capture_output.");
  }
}

TEST(RunFuncTestCase, test_stderr_with_capture_output_arg) {
  TemporaryFile file;
  EXPECT_THROW(run(ZeroReturn, {.stderr = file.fileno(), .capture_output = true}), ValueError);
}

// What the killed program has started keeps the pipe open, and is not waited for.
TEST(RunFuncTestCase, test_run_with_shell_timeout_and_capture_output) {
  std::int64_t before = test::real_now();
  EXPECT_THROW(run({"sleep 3; true"}, {.capture_output = true, .shell = true, .timeout = 0.1}), TimeoutExpired);
  EXPECT_LT(test::real_now() - before, 1'500'000'000 * test::patience());
}

TEST(RunFuncTestCase, test_getoutput) {
  EXPECT_EQ(getoutput("echo xyzzy"), "xyzzy");
  EXPECT_EQ(getstatusoutput("echo xyzzy"), std::pair(0, std::string("xyzzy")));
  auto [status, output] = getstatusoutput("cat /no/such/file");
  EXPECT_EQ(status, 1);
  EXPECT_NE(output.find("No such file"), std::string::npos);
}

TEST(RunFuncTestCase, test_stop_token_kills) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(run({"sleep", "3600"}, {.timeout = stop.get_token()}), TimeoutExpired);
}

TEST(POSIXProcessTestCase, test_CalledProcessError_str_signal) {
  EXPECT_STREQ(CalledProcessError(-SIGABRT, {"fake", "cmd"}).what(),
               "Command '['fake', 'cmd']' died with <Signals.SIGABRT: 6>.");
  EXPECT_STREQ(CalledProcessError(-SIGIO, {"x"}).what(), "Command '['x']' died with <Signals.SIGIO: 29>.");
}

TEST(POSIXProcessTestCase, test_CalledProcessError_str_unknown_signal) {
  EXPECT_STREQ(CalledProcessError(-9876543, {"x"}).what(), "Command '['x']' died with unknown signal 9876543.");
  EXPECT_STREQ(CalledProcessError(-35, {"x"}).what(), "Command '['x']' died with unknown signal 35.");
}

TEST(POSIXProcessTestCase, test_CalledProcessError_str_non_zero) {
  EXPECT_STREQ(CalledProcessError(2, {"false"}).what(), "Command '['false']' returned non-zero exit status 2.");
}

// As Python shows its strings.
TEST(POSIXProcessTestCase, test_errors_quote_as_repr) {
  EXPECT_STREQ(CalledProcessError(1, {"it's", "a\"b'c", "tab\t\n\\", "\x01\x7f", "caf\xc3\xa9", "\xff\xc3"}).what(),
               "Command '[\"it's\", 'a\"b\\'c', 'tab\\t\\n\\\\', '\\x01\\x7f', 'caf\xc3\xa9', '\\xff\\xc3']' "
               "returned non-zero exit status 1.");
}

}  // namespace
}  // namespace weft::subprocess

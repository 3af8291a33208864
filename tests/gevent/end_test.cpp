// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What green threads do to a whole process: each test runs green_program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include "os/sanitizer.hpp"
#include "support/child.hpp"

namespace weft::test {
namespace {

using ::testing::ContainsRegex, ::testing::HasSubstr, ::testing::StartsWith;

Ran run(const std::string& what) { return run_program({WEFT_GREEN_PROGRAM, what}); }

#if !defined(WEFT_ASAN) && !defined(WEFT_TSAN)  // those report it in their own words
TEST(GreenEnd, OverflowIsNamed) {
  Ran ran = run("overflow");
  EXPECT_EQ(ran.status, -SIGSEGV);
  EXPECT_EQ(ran.err, "weft: green thread 'digger' overflowed its stack of 64 KiB (stack_size makes it larger)\n");
}

TEST(GreenEnd, OverflowIsNamedAlsoWithoutAName) {
  Ran ran = run("overflow_unnamed");
  EXPECT_EQ(ran.status, -SIGSEGV);
  EXPECT_THAT(ran.err, ContainsRegex("weft: green thread 'Greenlet-[0-9]+' overflowed"));
}

TEST(GreenEnd, AFaultThatIsSentEndsTheProcess) { EXPECT_EQ(run("sent_a_fault").status, -SIGSEGV); }
#endif

TEST(GreenEnd, WaitingForAChildProcessIsNoDeadlock) {
  Ran ran = run("no_deadlock");
  EXPECT_EQ(ran.status, 7) << ran.err;
}

TEST(GreenEnd, ExitFromGreenThread) {
  Ran ran = run("exit_from_green");
  EXPECT_EQ(ran.status, 3) << ran.err;
  EXPECT_EQ(ran.out, "waited at exit\nstatic destroyed\n");
}

TEST(GreenEnd, ManyWaitForOneChildWithFewDescriptors) {
  Ran ran = run("many_on_one_child");
  EXPECT_EQ(ran.status, 0) << ran.err;
}

#if !defined(WEFT_TSAN)  // gcc 12's ends at about 8,100 threads and fibers
TEST(GreenEnd, AThreadWhoseGreenThreadsHaveEndedIsNotTheirs) {
  Ran ran = run("no_deadlock_after_many");
  EXPECT_EQ(ran.status, 7) << ran.err;
}
#endif

#if !defined(WEFT_TSAN)  // its own thread could wake somebody, for all one knows
TEST(GreenEnd, DeadlockIsReportedInsteadOfSleptThrough) {
  Ran ran = run("deadlock");
  EXPECT_EQ(ran.status, 7) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("This operation would block forever\n"));
  EXPECT_THAT(ran.out, ContainsRegex("green thread left .*: waiting for Lock .*, held by green thread right"));
  EXPECT_THAT(ran.out, ContainsRegex("green thread right .*: waiting for Lock .*, held by green thread left"));
  EXPECT_THAT(ran.out, ContainsRegex("MainThread .*: waiting for Greenlet 'left'"));
}

TEST(GreenEnd, DeadlockWithThreadsThatWaitForEverToo) {
  Ran ran = run("deadlock_of_threads");
  EXPECT_EQ(ran.status, 7) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("other .*: waiting for Queue"));
  EXPECT_THAT(ran.out, ContainsRegex("green thread green .*: waiting for Queue"));
}

TEST(GreenEnd, DeadlockInDebugMode) {
  ::setenv("WEFT_DEBUG", "1", 1);
  Ran ran = run("deadlock");
  ::unsetenv("WEFT_DEBUG");
  EXPECT_EQ(ran.status, 7) << ran.err;
}

TEST(GreenEnd, DeadlockInTheChildOfAFork) {
  EXPECT_EQ(run("deadlock_in_child").out, "child's status 7\nstatic destroyed\n");
}

TEST(GreenEnd, DeadlockAfterMainIsReported) {
  Ran ran = run("deadlock_at_the_end");
  EXPECT_EQ(ran.status, -SIGALRM);
  EXPECT_THAT(ran.err, StartsWith("weft: the process waits for its threads. This operation would block forever\n"));
  EXPECT_THAT(ran.err, ContainsRegex("lost .*: waiting for Event"));
}
#endif

TEST(GreenEnd, WhoHoldsTheHubIsNamedInDebugMode) {
  ::setenv("WEFT_DEBUG", "1", 1);
  Ran ran = run("hold");
  ::unsetenv("WEFT_DEBUG");
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.err, ContainsRegex("weft: green thread 'busy' has held the hub of thread [0-9]+ for 0\\.[0-9]+ s\n"));
  EXPECT_THAT(ran.err, HasSubstr("GreenState")) << "its stack";
  EXPECT_EQ(run("hold").err, "");
}

TEST(GreenEnd, EndOfMainUnwindsWhoStillWaits) {
  Ran ran = run("end_of_main");
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.out, "end of main\nunwound\nstatic destroyed\n");
  EXPECT_EQ(ran.err, "");
}

TEST(GreenEnd, EndOfThreadUnwindsWhoStillWaits) {
  Ran ran = run("end_of_thread");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "end of thread\nunwound\njoined\nstatic destroyed\n");
}

TEST(GreenEnd, WhoWillNotGoDoesNotKeepTheProcess) {
  Ran ran = run("stubborn");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "no\nno\nno\nstatic destroyed\n");
}

TEST(GreenEnd, ForkFromGreenThread) {
  // In the child main()'s own stack is out of LeakSanitizer's sight.
  Ran ran = run_program({"/usr/bin/env", "ASAN_OPTIONS=detect_leaks=0", WEFT_GREEN_PROGRAM, "fork_from_green"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "child: 1\nspawned in child\nchild ends\nstatic destroyed\nchild's status 0\nother\nstatic destroyed\n");
}

TEST(GreenEnd, ExceptionThatNobodyAsksForIsReported) {
  Ran ran = run("unread");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err,
            "Exception in green thread faulty, which nobody has asked for:\nweft::ValueError: nobody reads this\n");
}

}  // namespace
}  // namespace weft::test

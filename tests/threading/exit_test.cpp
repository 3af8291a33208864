// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// How a process ends: each test runs a small program, exit_*.cpp, and reads what
// it said. CPython's ThreadJoinOnShutdown, and what C++ adds: statics.
#include <gtest/gtest.h>

#include "support/child.hpp"
#include "support/support.hpp"

namespace weft::test {
namespace {

Ran run(const std::string& name, std::vector<std::string> arguments = {}) {
  std::string path = WEFT_PROGRAMS "/exit_";
  arguments.insert(arguments.begin(), path.append(name));
  return run_program(arguments);
}

// test_1_join_on_shutdown, test_join_nondaemon_on_shutdown, test_threads_join.
TEST(ExitTests, ThreadsThatAreNotDaemonsAreJoinedFirst) {
  Ran ran = run("join");
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.out,
            "end of main\nend of first thread\nend of second thread\nend of third thread\n"
            "function's static destroyed\nstatic destroyed\n");
  EXPECT_EQ(ran.err, "");
}

// test_4_daemon_threads.
TEST(ExitTests, DaemonsAreLeftBehind) {
  limit(120);
  for (int i = 0; i < rounds(10, 200); ++i) {
    Ran ran = run("daemons");
    ASSERT_EQ(ran.status, 0) << ran.err;
    ASSERT_EQ(ran.out, "end of main\nstatic destroyed\n");
    ASSERT_EQ(ran.err, "");
  }
}

// A wake that finds one who does not come back is not lost to the others.
TEST(ExitTests, DaemonDoesNotSwallowAWake) {
  Ran ran = run("wake");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "end of main\nstatic has the lock\n");
  EXPECT_EQ(ran.err, "");
}

// Who joins the main thread waits for the end of main(), and not for its own.
TEST(ExitTests, MainThreadCanBeJoined) {
  Ran ran = run("main_joined");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "end of main\nmain thread joined\nstatic destroyed\n");
  EXPECT_EQ(ran.err, "");
}

TEST(ExitTests, ThreadsOfStatics) {
  Ran ran = run("statics");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out,
            "end of main\nservice thread ends\nuser thread ends\nthread's static destroyed\nservice destroyed\n");
  EXPECT_EQ(ran.err, "");
}

// test_interpreter_shutdown, test_submit_after_interpreter_shutdown.
TEST(ExitTests, WhatAnExecutorHasIsDone) {
  Ran ran = run("executor");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out,
            "end of main\nfirst task\nsecond task\ncannot schedule new futures after interpreter shutdown\n"
            "static destroyed\n");
  EXPECT_EQ(ran.err, "");
}

TEST(ExitTests, AThreadPoolWaitsForNobodyThen) {
  for (int i = 0; i < rounds(10, 200); ++i) {
    Ran ran = run("pool");
    ASSERT_EQ(ran.status, 0);
    ASSERT_EQ(ran.out, "end of main\nlate map\nstatic destroyed\n");
    ASSERT_EQ(ran.err, "");
  }
}

TEST(ExitTests, ExitFromAnotherThread) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>(), {"daemon"}}) {
    Ran ran = run("elsewhere", arguments);
    EXPECT_EQ(ran.status, 5);
    EXPECT_EQ(ran.out, "exit\nend of other thread\nstatic destroyed\n");
    EXPECT_EQ(ran.err, "");
  }
}

// test_2_join_in_forked_process, test_3_join_in_forked_from_thread.
TEST(ExitTests, ForkedProcessJoinsItsOwn) {
  Ran ran = run("fork");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out,
            "child: end of thread\nchild: static destroyed\nparent: main's child\n"
            "child: end of thread\nchild: static destroyed\nparent: thread's child\n"
            "parent: static destroyed\n");
}

// The thread that happens to load weft is not the main one, and its end is not
// that of the process.
TEST(ExitTests, LoadedByAnotherThread) {
  Ran ran = run_program({WEFT_PROGRAMS "/plugin_host", WEFT_PROGRAMS "/libplugin.so"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out + ran.err, "");
}

// weft stays when the last library that stands on it goes: the end of a thread
// that has used it runs weft's code.
TEST(ExitTests, ThreadOutlivesTheLibraryThatBroughtWeft) {
  Ran ran = run_program({WEFT_PROGRAMS "/plugin_host", WEFT_PROGRAMS "/libplugin.so", "close"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out + ran.err, "");
}

// test_import_from_another_thread.
TEST(ExitTests, FirstUsedByAForeignThread) {
  Ran ran = run("from_foreign");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "end of main\nend of thread\nlate thread runs\nlast static waits in vain\n");
  EXPECT_EQ(ran.err, "");
}

}  // namespace
}  // namespace weft::test

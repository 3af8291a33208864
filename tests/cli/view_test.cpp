// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The live view, seen through a terminal.
#include <gtest/gtest.h>

#include "cli/command.hpp"
#include "cli/screen.hpp"

namespace weft::cli {
namespace {

std::map<std::string, std::string> with_term(std::map<std::string, std::string> env,
                                             const std::string& kind = "xterm") {
  env["TERM"] = kind;
  return env;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

// The first line of a view that holds `part`, of what was drawn one after the other.
bool ever_showed(const std::string& drawn, std::string_view part) { return contains(drawn, part); }

TEST(WeftMapView, TellsHowFarTheWorkIs) {
  Terminal terminal;
  CompletedProcess done = subprocess::run(weft_map({"-j2", "sh", "-c", "sleep 0.15; [ $0 != 3 ]", "{}"}),
                                          {.input = "1\n2\n3\n4\n5\n6\n",
                                           .stdout = PIPE,
                                           .stderr = terminal.theirs(),
                                           .env = with_term(subprocess::environment())});
  EXPECT_EQ(done.returncode, 1);
  std::string drawn = terminal.drawn();
  for (std::string_view part : {"/6  ", "2 running", "1 failed", "0 retried", "0 killed", "0 lost", "ETA "}) {
    EXPECT_TRUE(ever_showed(drawn, part)) << part << " in " << drawn;
  }
  // What was said stands on lines of its own, and in the end nothing else is left.
  Screen screen(80, 24);
  screen.feed(drawn);
  EXPECT_EQ(screen.lines(), (Words{"weft map: 3 failed with status 1", "weft map: 1 of 6 items failed"}));
  EXPECT_EQ(screen.column(), 0u);
}

// Also while many end at once.
TEST(WeftMapView, NothingIsEverLost) {
  Terminal terminal;
  auto env = with_term(subprocess::environment());
  env["NO_COLOR"] = "1";
  std::string input;
  for (int i = 0; i < 600; ++i) input += std::to_string(i) + "\n";
  subprocess::run(weft_map({"-j3", "true"}), {.input = input, .stderr = terminal.theirs(), .env = env});
  std::string drawn = terminal.drawn();
  EXPECT_TRUE(contains(drawn, " 0 lost"));
  for (char digit = '0'; digit <= '9'; ++digit) {
    for (std::size_t at = 0; (at = drawn.find(std::string(1, digit) + " lost", at)) != std::string::npos; ++at) {
      EXPECT_EQ(drawn.substr(at - 1, 7), " 0 lost");
    }
  }
}

TEST(WeftMapView, ShowsEachWorker) {
  Terminal terminal(100, 40);
  Mark mark;
  Popen weft(weft_map({"-j3", "sh", "-c", "exec sleep 100$0", ":::", "1", "2", "3", "4"}),
             {.stdout = PIPE, .stderr = terminal.theirs(), .env = with_term(mark.env)});
  std::string drawn;
  Screen screen(100, 40);
  auto shows_memory = [&] {
    screen.feed(terminal.drawn_now());
    std::string all = joined(screen.lines());
    return contains(all, "K  1\n") || contains(all, "M  1\n");
  };
  EXPECT_TRUE(wait_until(shows_memory)) << joined(screen.lines());
  std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 6u) << joined(lines);
  EXPECT_TRUE(lines[0].ends_with("0/4  0 %  0.0/s")) << lines[0];
  EXPECT_EQ(lines[1], "3 running  0 failed  0 retried  0 killed  0 lost");
  for (int pid : mark.bearers("sleep")) EXPECT_TRUE(contains(joined(lines), std::to_string(pid))) << joined(lines);
  weft.terminate();
  EXPECT_EQ(weft.wait(30), 128 + SIGTERM);
}

// No line is longer than the terminal, whatever the items are called.
TEST(WeftMapView, FitsIntoAnyTerminal) {
  struct {
    unsigned short columns, rows;
  } const sizes[] = {{80, 24}, {40, 10}, {200, 50}, {20, 5}, {10, 3}, {1, 1}, {31, 24}, {80, 2}};
  std::string long_name(300, 'x');
  for (auto [columns, rows] : sizes) {
    Terminal terminal(columns, rows);
    CompletedProcess done =
        subprocess::run(weft_map({"-j4", "sh", "-c", "sleep 0.12", ":::", long_name,
                                  "日本語のとても長いファイル名がここにあります", "an emoji 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉",
                                  "two\nlines\tand a tab", "e\u0301combining\u0301", "\xff\xfe", "\x1b[31mred\x1b[0m"}),
                        {.stderr = terminal.theirs(), .env = with_term(subprocess::environment())});
    EXPECT_EQ(done.returncode, 0);
    Screen screen(columns, rows);
    screen.feed(terminal.drawn());
    EXPECT_LT(screen.widest(), std::max<unsigned>(columns, 2)) << columns;
    EXPECT_FALSE(screen.wrapped()) << columns;
    EXPECT_EQ(screen.unknown(), "") << columns;
    EXPECT_EQ(screen.lines(), Words{}) << columns << " by " << rows;
  }
}

TEST(WeftMapView, FollowsAResize) {
  Terminal terminal(120, 30);
  Mark mark;
  Popen weft(weft_map({"-j2", "sleep", ":::", "1000", "1001"}),
             {.stderr = terminal.theirs(), .env = with_term(mark.env)});
  std::string drawn;
  ASSERT_TRUE(wait_until([&] { return contains(drawn += terminal.drawn_now(), "slot "); }));
  terminal.resize(20, 8);
  Screen narrow(20, 8);
  auto is_narrow = [&] {
    std::string now = terminal.drawn_now();
    std::size_t begin = now.rfind("\r0/2");  // where no bar is drawn
    if (begin != std::string::npos) narrow.feed(std::string_view(now).substr(begin));
    return begin != std::string::npos;
  };
  EXPECT_TRUE(wait_until(is_narrow));
  EXPECT_LT(narrow.widest(), 20u);
  weft.send_signal(SIGINT);
  EXPECT_EQ(weft.wait(30), 130);
}

void leaves_a_clean_terminal(int signal) {
  Terminal terminal;
  Mark mark;
  Popen weft(weft_map({"-j2", "sleep", ":::", "1000", "1001"}),
             {.stdout = PIPE, .stderr = terminal.theirs(), .env = with_term(mark.env)});
  Screen screen(80, 24);
  auto is_drawn = [&] {
    screen.feed(terminal.drawn_now());
    return mark.bearers("sleep").size() == 2 && contains(joined(screen.lines()), "1001");
  };
  ASSERT_TRUE(wait_until(is_drawn));
  weft.send_signal(signal);
  EXPECT_EQ(weft.wait(30), signal == SIGKILL ? -SIGKILL : 128 + signal);
  if (signal == SIGKILL) {  // by the guard, a moment later
    EXPECT_TRUE(wait_until([&] {
      screen.feed(terminal.drawn_now());
      return screen.lines().empty();
    })) << joined(screen.lines());
  } else {
    screen.feed(terminal.drawn());
    std::vector<std::string> lines = screen.lines();
    ASSERT_EQ(lines.size(), 1u) << joined(lines);
    EXPECT_TRUE(lines[0].starts_with("weft map: ended by SIG")) << lines[0];
  }
  EXPECT_EQ(screen.column(), 0u);
}

TEST(WeftMapView, CtrlCLeavesACleanTerminal) { leaves_a_clean_terminal(SIGINT); }
TEST(WeftMapView, TermLeavesACleanTerminal) { leaves_a_clean_terminal(SIGTERM); }
TEST(WeftMapView, KillLeavesACleanTerminal) { leaves_a_clean_terminal(SIGKILL); }

TEST(WeftMapView, WhatCommandsWriteStandsAboveIt) {
  Terminal terminal;
  subprocess::run(
      weft_map({"-j1", "sh", "-c", "sleep 0.12; echo line of $0", ":::", "a", "b", "c"}),
      {.stdout = terminal.theirs(), .stderr = terminal.theirs(), .env = with_term(subprocess::environment())});
  Screen screen(80, 24);
  screen.feed(terminal.drawn());
  EXPECT_EQ(screen.lines(), (Words{"line of a", "line of b", "line of c"}));
}

TEST(WeftMapView, HalfALineIsNotDrawnOver) {
  Terminal terminal;
  subprocess::run(
      weft_map({"-j1", "sh", "-c", "printf half$0; sleep 0.15", ":::", "a", "b"}),
      {.stdout = terminal.theirs(), .stderr = terminal.theirs(), .env = with_term(subprocess::environment())});
  Screen screen(80, 24);
  screen.feed(terminal.drawn());
  EXPECT_EQ(screen.lines(), (Words{"halfahalfb"}));
}

TEST(WeftMapView, NothingOnADumbTerminal) {
  Terminal terminal;
  subprocess::run(weft_map({"sleep", ":::", "0.3"}),
                  {.stderr = terminal.theirs(), .env = with_term(subprocess::environment(), "dumb")});
  EXPECT_EQ(terminal.drawn(), "");
}

TEST(WeftMapView, ColoursWhereTheyAreWanted) {
  auto drawn_with = [](const char* no_color) {
    Terminal terminal;
    auto env = with_term(subprocess::environment());
    env["NO_COLOR"] = no_color;
    subprocess::run(weft_map({"-j1", "sleep", ":::", "0.15", "0.15"}), {.stderr = terminal.theirs(), .env = env});
    return terminal.drawn();
  };
  EXPECT_TRUE(contains(drawn_with(""), "\x1b[32m"));
  EXPECT_FALSE(contains(drawn_with("1"), "m━"));
}

TEST(WeftMapView, NothingWhenItIsNotWanted) {
  Terminal terminal;
  subprocess::run(weft_map({"--view", "none", "sleep", ":::", "0.3"}),
                  {.stderr = terminal.theirs(), .env = with_term(subprocess::environment())});
  EXPECT_EQ(terminal.drawn(), "");
}

TEST(WeftMapView, PlainLinesWhereAsked) {
  CompletedProcess done = map({"--view=lines", "-j2", "sleep", ":::", "0.6", "0.6", "0.6", "0.6"});
  EXPECT_EQ(done.returncode, 0);
  ASSERT_FALSE(lines(done.stderr).empty());
  EXPECT_TRUE(lines(done.stderr)[0].starts_with("weft map: 2/4  50 %  ")) << done.stderr;
  EXPECT_FALSE(contains(done.stderr, "\x1b"));
}

TEST(WeftMapView, PlainLinesWhereThereIsNoTerminal) {
  Popen silent(weft_map({"--view", "none", "sleep", ":::", "1000"}), {.stderr = PIPE});
  Popen telling(weft_map({"sleep", ":::", "1000"}), {.stderr = PIPE});
  EXPECT_EQ(telling.stderr.readline(), "weft map: 0/1  0 %  0.0/s  1 running  0 failed  0 retried  0 killed  0 lost\n");
  silent.terminate();
  EXPECT_TRUE(silent.communicate().stderr.starts_with("weft map: ended by SIGTERM"));
  telling.terminate();
  telling.wait();
}

TEST(WeftMapView, TellsAtTheEndWhereTheTimeWent) {
  test::TempFolder folder;
  CompletedProcess done = map({"--summary", "-j2", "--retries", "2", "sh", "-c",
                               "[ $0 = quick ] || sleep 0.2; [ $0 != bad ] || [ -e $1/again ] || ! touch $1/again",
                               "{}", folder.path(), ":::", "quick", "slow", "bad"});
  EXPECT_EQ(done.returncode, 0) << done.stderr;
  std::vector<std::string> said = lines(done.stderr);
  ASSERT_EQ(said.size(), 6u) << done.stderr;
  EXPECT_TRUE(said[0].starts_with("weft map: 3 items done in ")) << said[0];
  EXPECT_TRUE(said[0].ends_with("2 at a time: 0 failed, 1 retried, 0 killed, 0 lost")) << said[0];
  EXPECT_TRUE(contains(said[1], " % working, ")) << said[1];
  EXPECT_TRUE(contains(said[2], "slowest: ")) << said[2];
  EXPECT_TRUE(said[4].ends_with("  quick")) << said[4];
  EXPECT_EQ(said[5], "  retried: bad, try 1: failed with status 1");
}

}  // namespace
}  // namespace weft::cli

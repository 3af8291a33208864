// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// One option of `weft map` after the other.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "cli/command.hpp"

namespace weft::cli {
namespace {

TEST(WeftMapItems, EachWithEach) {
  EXPECT_EQ(map({"-j1", "echo", ":::", "a", "b", ":::", "1", "2", "3"}).stdout, "a 1\na 2\na 3\nb 1\nb 2\nb 3\n");
  EXPECT_EQ(map({"-j1", "echo", "{2}{1}", ":::", "a", "b", ":::", "1", "2"}).stdout, "1a\n2a\n1b\n2b\n");
  EXPECT_EQ(map({"-j1", "echo", "{3}", ":::", "a", ":::", "b", ":::", "c", "d"}).stdout, "c\nd\n");
  EXPECT_EQ(map({"-j1", "echo", "<{}>", ":::", "a", ":::", "b"}).stdout, "<a b>\n");
  EXPECT_EQ(map({"-j1", "echo", ":::", "a", ":::"}).stdout, "");
}

TEST(WeftMapItems, SideBySide) {
  EXPECT_EQ(map({"-j1", "echo", ":::", "a", "b", "c", ":::+", "1", "2"}).stdout, "a 1\nb 2\n");
  EXPECT_EQ(map({"-j1", "echo", ":::", "a", "b", ":::+", "1", "2", ":::", "x", "y"}).stdout,
            "a 1 x\na 1 y\nb 2 x\nb 2 y\n");
}

TEST(WeftMapItems, FromFilesAndStdin) {
  test::TempFolder folder;
  std::ofstream(folder.path() + "/one") << "a\nb\n";
  std::ofstream(folder.path() + "/two") << "1\n2";
  EXPECT_EQ(map({"-j1", "echo", "::::", folder.path() + "/one", folder.path() + "/two"}).stdout,
            "a 1\na 2\nb 1\nb 2\n");
  EXPECT_EQ(map({"-j1", "echo", "::::", folder.path() + "/one", "::::+", folder.path() + "/two"}).stdout, "a 1\nb 2\n");
  EXPECT_EQ(map({"-j1", "echo", ":::", "x", "y", "::::", "-"}, "1\n2\n").stdout, "x 1\nx 2\ny 1\ny 2\n");
  EXPECT_EQ(map({"-j1", "-a", "-", "echo", ":::", "x", "y"}, "1\n2\n").stdout, "1 x\n1 y\n2 x\n2 y\n");
  EXPECT_EQ(map({"echo", "::::", folder.path() + "/none"}).returncode, 255);
}

TEST(WeftMapItems, Columns) {
  EXPECT_EQ(map({"-j1", "-C", ",", "echo", "{2}-{1}"}, "a,1\nb,2\n").stdout, "1-a\n2-b\n");
  EXPECT_EQ(map({"-j1", "--colsep", ": ", "printf", "<%s>"}, "a: b: \n").stdout, "<a><b><>");
}

TEST(WeftMapItems, PartsOfAPath) {
  auto parts = [](const std::string& item) {
    return map({"printf", "%s|%s|%s|%s|%s", "{}", "{.}", "{/}", "{//}", "{/.}", ":::", item}).stdout;
  };
  EXPECT_EQ(parts("photos/cat.jpg"), "photos/cat.jpg|photos/cat|cat.jpg|photos|cat");
  EXPECT_EQ(parts("a.b/c"), "a.b/c|a.b/c|c|a.b|c");
  EXPECT_EQ(parts("/x.tar.gz"), "/x.tar.gz|/x.tar|x.tar.gz|/|x.tar");
  EXPECT_EQ(parts(".profile"), ".profile|.profile|.profile|.|.profile");
  EXPECT_EQ(parts(""), "|||.|");
  EXPECT_EQ(map({"-j1", "echo", "{1/.}", "{2//}", ":::", "a/b.c", ":::", "d/e"}).stdout, "b d\n");
}

TEST(WeftMapItems, NumberAndSlot) {
  EXPECT_EQ(map({"-j1", "echo", "{#}", "{%}", ":::", "a", "b"}).stdout, "1 1 a\n2 1 b\n");
  CompletedProcess done = map({"-j3", "sh", "-c", "sleep 0.05; echo $0", "{%}"}, "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  std::vector<std::string> slots = sorted_lines(done.stdout);
  EXPECT_EQ(std::set<std::string>(slots.begin(), slots.end()), (std::set<std::string>{"1", "2", "3"}));
}

TEST(WeftMapItems, OtherBracesAreLeftAlone) {
  EXPECT_EQ(map({"-j1", "echo", "{a}", "{0}", "{", "{x}{}", ":::", "1"}).stdout, "{a} {0} { {x}1\n");
}

TEST(WeftMapPipe, BlocksOfWholeLines) {
  std::string input;
  for (int i = 0; i < 20'000; ++i) input += std::to_string(i) + "\n";
  CompletedProcess done = map({"-k", "-j3", "--pipe", "--block", "10K", "cat"}, input);
  EXPECT_EQ(done.returncode, 0) << done.stderr;
  EXPECT_EQ(done.stdout, input);
  done = map({"-k", "-j2", "--pipe", "--block", "10K", "sh", "-c", "wc -c; echo {#} >&2"}, input);
  long sum = 0;
  std::vector<std::string> sizes = lines(done.stdout);
  for (const std::string& size : sizes) {
    EXPECT_LE(std::stol(size), 10 * 1024);
    sum += std::stol(size);
  }
  EXPECT_EQ(sum, static_cast<long>(input.size()));
  EXPECT_EQ(sizes.size(), lines(done.stderr).size());
}

TEST(WeftMapPipe, LinesThatAreLongerThanABlockAreNotSplit) {
  std::string input = std::string(5000, 'x') + "\n" + std::string(50, 'y') + "\n" + std::string(300'000, 'z');
  CompletedProcess done = map({"-k", "--pipe", "--block", "100", "wc", "-c"}, input);
  EXPECT_EQ(done.stdout, "5001\n51\n300000\n");
  EXPECT_EQ(map({"--pipe", "wc", "-c"}, "").stdout, "");
}

TEST(WeftMapPipe, ABlockIsReadAgainFromItsBeginning) {
  test::TempFolder folder;
  CompletedProcess done = map({"--pipe", "--retries", "2", "--retry-delay", "1ms", "sh", "-c",
                               "cat; [ -e $0/seen ] || { touch $0/seen; exit 1; }", folder.path()},
                              "a\nb\n");
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(done.stdout, "a\nb\n");
  EXPECT_EQ(map({"-j1", "--pipe", "--block", "2", "false"}, "a\nb\n").stderr.substr(0, 39),
            "weft map: block 1 failed with status 1\n");
}

TEST(WeftMapTimeout, EndsWhatTakesTooLong) {
  Mark mark;
  CompletedProcess done =
      subprocess::run(weft_map({"-j2", "--view", "none", "--timeout", ample(), "sh", "-c",
                                "echo out $0; [ $0 = 1 ] && exec sleep 1000; true", ":::", "1", "2"}),
                      {.capture_output = true, .env = mark.env});
  EXPECT_EQ(done.returncode, 1);
  EXPECT_EQ(sorted_lines(done.stdout), (Words{"out 1", "out 2"}));  // what it wrote until then
  EXPECT_TRUE(done.stderr.starts_with("weft map: 1 timed out after ")) << done.stderr;
  EXPECT_TRUE(mark.bearers("").empty());
}

TEST(WeftMapTimeout, EndsThoseWhoDoNotListenAndWhatTheyStarted) {
  Mark mark;
  std::int64_t before = test::real_now();
  CompletedProcess done =
      subprocess::run(weft_map({"--timeout", "300ms", "--grace", "200ms", "sh", "-c",
                                "trap '' TERM; setsid sleep 1000 & sleep 1001 & sleep 1002; true", ":::", "1"}),
                      {.capture_output = true, .env = mark.env});
  EXPECT_EQ(done.returncode, 1);
  EXPECT_GE(test::real_now() - before, 500'000'000);
  EXPECT_TRUE(wait_until([&] { return mark.bearers("").empty(); }));
}

TEST(WeftMapTimeout, OneWhoCleansUpHasTheGraceForIt) {
  CompletedProcess done = map({"--timeout", ample(), "--grace", "30", "sh", "-c",
                               "trap 'sleep 0.2; echo cleaned; exit 0' TERM; sleep 1000 & wait", ":::", "1"});
  EXPECT_EQ(done.stdout, "cleaned\n");
  EXPECT_EQ(done.returncode, 1);
}

TEST(WeftMapTimeout, IsTriedAgain) {
  test::TempFolder folder;
  CompletedProcess done =
      map({"--timeout", ample(), "--retries", "1", "sh", "-c",
           "[ -e $0/x ] || { touch $0/x; exec sleep 1000; }; echo done", folder.path(), ":::", "1"});
  EXPECT_EQ(done.returncode, 0) << done.stderr;
  EXPECT_EQ(done.stdout, "done\n");
}

// What ended in time has not timed out because weft map looks late.
TEST(WeftMapTimeout, CountsForTheCommandAlone) {
  test::TempFolder folder;
  Popen weft(weft_map({"--view", "none", "--timeout", ample(), "sh", "-c",
                       "echo $$ > $0/part; mv $0/part $0/began; until [ -e $0/go ]; do sleep 0.01; done", "{}",
                       ":::", folder.path()}),
             {.stdout = PIPE, .stderr = PIPE});
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(folder.path() + "/began"); }));
  weft.send_signal(SIGSTOP);
  std::ofstream(folder.path() + "/go");
  const int command = std::stoi(contents(folder.path() + "/began"));
  EXPECT_TRUE(wait_until([&] { return status_of(command, "State").starts_with("Z"); }));
  std::this_thread::sleep_for(std::chrono::duration<double>(std::stod(ample())));  // until its time would be up
  weft.send_signal(SIGCONT);
  EXPECT_EQ(weft.communicate().stderr, "");
  EXPECT_EQ(weft.returncode(), 0);
}

TEST(WeftMapRetries, WaitLongerEachTime) {
  std::int64_t before = test::real_now();
  CompletedProcess done = map({"--retries", "3", "--retry-delay", "100ms", "sh", "-c", "exit 1", ":::", "1"});
  std::int64_t took = test::real_now() - before;
  EXPECT_EQ(done.returncode, 1);
  EXPECT_GE(took, 75'000'000 + 150'000'000 + 300'000'000);
  EXPECT_EQ(lines(done.stderr)[0], "weft map: 1 failed with status 1, tried 4 times");
}

// Who waits for its next try keeps nobody from working.
TEST(WeftMapRetries, OthersRunMeanwhile) {
  CompletedProcess done =
      map({"-j1", "--retries", "1", "--retry-delay", "2s", "sh", "-c", "echo $0; [ $0 != 1 ]", ":::", "1", "2", "3"});
  EXPECT_EQ(done.stdout, "2\n3\n1\n");
}

TEST(WeftMapOrdered, PrintsInTheOrderOfTheItems) {
  std::string input, expected;
  for (int i = 0; i < 60; ++i) {
    input += std::to_string(i) + "\n";
    expected += std::to_string(i) + "\n" + std::to_string(i) + "\n";
  }
  CompletedProcess done = map({"-k", "-j8", "sh", "-c", "echo $0; sleep 0.0$(($0 * 7 % 10)); echo $0", "{}"}, input);
  EXPECT_EQ(done.stdout, expected);
}

TEST(WeftMapOrdered, WithRetriesAndFailures) {
  test::TempFolder folder;
  CompletedProcess done = map({"--ordered", "-j4", "--retries", "1", "--retry-delay", "50ms", "sh", "-c",
                               "echo $0; [ $0 != 2 ] || { [ -e $1/x ] && exit 0; touch $1/x; exit 1; }; [ $0 != 4 ]",
                               "{}", folder.path(), ":::", "1", "2", "3", "4", "5"});
  EXPECT_EQ(done.stdout, "1\n2\n3\n4\n5\n");
  EXPECT_EQ(done.returncode, 1);
}

TEST(WeftMapHalt, SoonStartsNothingMore) {
  CompletedProcess done = map({"-j1", "--halt", "soon,fail=2", "sh", "-c", "echo $0; exit 1", "{}"}, "1\n2\n3\n4\n");
  EXPECT_EQ(done.stdout, "1\n2\n");
  EXPECT_EQ(done.returncode, 2);
  EXPECT_NE(done.stderr.find("halted, for 2 items failed; 2 items were not finished\n"), std::string::npos)
      << done.stderr;
}

TEST(WeftMapHalt, SoonLetsFinishWhatRuns) {
  test::TempFolder folder;
  CompletedProcess done = map({"-j2", "--halt", "soon", "sh", "-c",
                               "[ $0 = 1 ] && { until [ -e $1/2 ]; do sleep 0.01; done; exit 1; };"
                               "touch $1/$0; sleep 1; echo $0",
                               "{}", folder.path(), ":::", "1", "2", "3", "4"});
  EXPECT_EQ(done.stdout, "2\n");
}

TEST(WeftMapHalt, NowEndsWhatRuns) {
  Mark mark;
  CompletedProcess done =
      subprocess::run(weft_map({"-j3", "--halt", "now,success=1", "sh", "-c", "[ $0 = 3 ] && exit 0; exec sleep 100$0",
                                ":::", "1", "2", "3", "4"}),
                      {.capture_output = true, .env = mark.env});
  EXPECT_EQ(done.returncode, 0);
  EXPECT_TRUE(mark.bearers("").empty());
  EXPECT_NE(done.stderr.find("halted, for 1 item succeeded; 3 items were not finished"), std::string::npos)
      << done.stderr;
}

TEST(WeftMapHalt, AfterAPercentage) {
  std::string input;
  for (int i = 1; i <= 40; ++i) input += std::to_string(i) + "\n";
  CompletedProcess done = map({"-j1", "--halt", "soon,fail=25%", "-a", "-", "sh", "-c", "[ $(($0 % 2)) = 0 ]"}, input);
  EXPECT_GE(done.returncode, 3);
  EXPECT_LE(done.returncode, 10);
  EXPECT_NE(done.stderr.find("not finished"), std::string::npos);
}

TEST(WeftMapHalt, AfterAPercentageOfAllWhereAllAreThere) {
  test::TempFolder folder;
  const std::string file = folder.path() + "/items";
  std::ofstream items(file);
  for (int i = 1; i <= 40; ++i) items << i << '\n';
  items.close();
  EXPECT_EQ(map({"-j1", "--halt", "soon,fail=25%", "-a", file, "sh", "-c", "[ $(($0 % 2)) = 0 ]"}).returncode, 10);
}

TEST(WeftMapHalt, OrderedPrintsWhatThereIs) {
  // With two at a time the third begins when the second has ended, and nothing after it.
  CompletedProcess done =
      map({"-k", "-j2", "--halt", "now,fail=1", "sh", "-c",
           "[ $0 = 1 ] && exec sleep 1000; [ $0 = 2 ] && { echo two; exit 0; }; exit 1", ":::", "1", "2", "3", "4"});
  EXPECT_EQ(done.stdout, "two\n");
  EXPECT_EQ(done.returncode, 1);
}

TEST(WeftMapDryRun, PrintsWhatAShellWouldRead) {
  test::TempFolder folder;
  CompletedProcess done =
      map({"--dry-run", "-0", "touch", folder.path() + "/{}", "it's", "{#}"}, std::string("a b\0c\nd\0", 8));
  EXPECT_EQ(lines(done.stdout).size(), 2u) << done.stdout;
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  subprocess::run({"bash", "-c", done.stdout}, {.cwd = folder.path(), .check = true});
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/a b"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/c\nd"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/it's"));
  EXPECT_EQ(map({"--dry-run", "echo"}, "1\n2\n").returncode, 0);
}

TEST(WeftMapDryRun, LeavesTheJoblogAlone) {
  test::TempFolder folder;
  std::string log = folder.path() + "/log";
  EXPECT_EQ(map({"--dry-run", "--joblog", log, "echo", ":::", "1", "2"}).stdout, "echo 1\necho 2\n");
  EXPECT_FALSE(std::filesystem::exists(log));
  EXPECT_EQ(map({"--dry-run", "--joblog", log, "--resume", "echo", ":::", "1"}).stdout, "echo 1\n");
  EXPECT_FALSE(std::filesystem::exists(log));
  EXPECT_EQ(map({"--joblog", log, "sh", "-c", "exit $0", ":::", "0", "1"}).returncode, 1);
  std::string before = contents(log);
  EXPECT_EQ(map({"--dry-run", "--joblog", log, "--resume", "sh", "-c", "exit $0", ":::", "0", "1"}).stdout,
            "sh -c 'exit $0' 1\n");
  EXPECT_EQ(contents(log), before);
}

TEST(WeftMapMem, EndsWhatUsesTooMuch) {
  if (test::patience() > 1) GTEST_SKIP() << "sanitizers use memory of their own";
  CompletedProcess done =
      map({"-j2", "--mem", "60M", "--grace", "1s", "sh", "-c",
           "[ $0 = 1 ] && exec python3 -c 'import time; x = b\"x\" * (200 << 20); time.sleep(1000)'; echo ok",
           ":::", "1", "2"});
  EXPECT_EQ(done.returncode, 1);
  EXPECT_EQ(done.stdout, "ok\n");
  EXPECT_NE(done.stderr.find("weft map: 1 was ended: it used "), std::string::npos) << done.stderr;
}

TEST(WeftMapMem, StartsOneAtATimeWhenThereIsLittle) {
  CompletedProcess done =
      map({"-j4", "--mem", "900T", "sh", "-c", "echo begin; sleep 0.05; echo end", "{}"}, "1\n2\n3\n");
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(lines(done.stdout).size(), 6u);
}

TEST(WeftMapJson, TellsEachEvent) {
  test::TempFolder folder;
  std::string file = folder.path() + "/events";
  CompletedProcess done = map({"-j1", "--json", file, "--retries", "1", "--retry-delay", "1ms", "sh", "-c",
                               "echo hello; [ {#} = 1 ]", "{}", ":::", "quote\"", "new\nline\xff"});
  EXPECT_EQ(done.returncode, 1);
  constexpr const char* Check = R"(
import json, os, sys
events = [json.loads(line) for line in open(sys.argv[1])]
print(*[e["event"] for e in events])
assert events[0]["jobs"] == 1 and events[0]["total"] == 2
assert events[1]["item"] == ['quote"'] and events[1]["pid"] > 0
assert os.fsencode(events[-2]["item"][0]) == b"new\nline\xff"
assert events[2]["status"] == 0 and events[2]["stdout"] == 6
assert events[-1] | {"time": 0} == {"event": "end", "time": 0, "done": 2, "failed": 1, "retried": 1, "killed": 0, "lost": 0, "status": 1}
)";
  CompletedProcess checked = subprocess::run({"python3", "-c", Check, file}, {.capture_output = true});
  EXPECT_EQ(checked.returncode, 0) << checked.stderr << contents(file);
  EXPECT_EQ(checked.stdout, "begin started ended started done ended retried started ended done end\n");
}

TEST(WeftMapJson, SaysWhyEventsWereLeftOut) {
  CompletedProcess done = map({"--json", "/dev/full", "true", ":::", "1"});
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(done.stderr, "weft map: 5 events left out of /dev/full: No space left on device\n");
}

TEST(WeftMapWrongUsage, SaysWhatIsWrong) {
  auto said = [](const Words& words) { return lines(map(words, "1\n").stderr).at(0); };
  EXPECT_EQ(said({"--retires", "3", "echo"}), "weft map: there is no option --retires; did you mean --retries?");
  EXPECT_EQ(said({"-Q", "echo"}), "weft map: there is no option -Q");
  EXPECT_EQ(said({"--timeout", "soon", "echo"}),
            "weft map: --timeout takes a time like 10, 0.5s, 200ms, 5m or 2h, not 'soon'");
  EXPECT_EQ(said({"--mem=2X", "echo"}), "weft map: --mem takes a size like 500K, 10M or 1.5G, not '2X'");
  EXPECT_EQ(said({"--resume", "echo"}), "weft map: --resume goes on with a --joblog: which?");
  EXPECT_EQ(said({"--ordered=yes", "echo"}), "weft map: --ordered takes no value");
  EXPECT_EQ(said({"--halt", "later", "echo"}).substr(0, 28), "weft map: --halt takes never");
  EXPECT_EQ(said({"-j"}), "weft map: --jobs takes a value: N");
  EXPECT_EQ(said({"--pipe", "cat", ":::", "x"}), "weft map: --pipe takes its blocks from stdin, and no other items");
  EXPECT_EQ(said({"echo", ":::+", "x"}), "weft map: :::+ has nothing before it to go side by side with");
  EXPECT_EQ(said({"--block", "2M", "cat"}), "weft map: --block goes with --pipe");
  EXPECT_EQ(said({"--pipe", "--block", "3G", "cat"}), "weft map: --block takes a size up to 1G, not '3G'");
  EXPECT_EQ(said({"--json", "/tmp/x", "--joblog", "/tmp/x", "echo"}),
            "weft map: --json and --joblog cannot share a file");
  EXPECT_EQ(said({"--timeout", "0", "echo"}), "weft map: --timeout takes a time above 0, not '0'");
  EXPECT_EQ(said({"-a", "/nowhere", "echo"}), "weft map: cannot open /nowhere: No such file or directory");
}

TEST(WeftMapHelp, NamesEveryOption) {
  std::string help = subprocess::check_output(weft_map({"--help"}));
  std::string page = subprocess::check_output({WEFT_COMMAND_FILE, "man"});
  std::string bash = subprocess::check_output({WEFT_COMMAND_FILE, "completion", "bash"});
  for (const char* name : {"--jobs",  "--null",    "--arg-file", "--colsep",  "--pipe",        "--block", "--timeout",
                           "--grace", "--mem",     "--dry-run",  "--retries", "--retry-delay", "--halt",  "--ordered",
                           "--view",  "--summary", "--json",     "--joblog",  "--resume",      "--help"}) {
    EXPECT_NE(help.find(name), std::string::npos) << name;
    EXPECT_NE(bash.find(name), std::string::npos) << name;
    std::string escaped;
    for (const char* c = name; *c != '\0'; ++c) escaped += *c == '-' ? "\\-" : std::string(1, *c);
    EXPECT_NE(page.find(escaped), std::string::npos) << name;
  }
  for (const std::string& line : lines(help)) EXPECT_LE(line.size(), 100u) << line;
}

}  // namespace
}  // namespace weft::cli

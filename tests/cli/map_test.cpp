// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What `weft map` does, whatever options are given.
#include <fcntl.h>
#include <gtest/gtest.h>

#include "cli/command.hpp"
#include "weft/version.hpp"

namespace weft::cli {
namespace {

TEST(WeftMap, RunsTheCommandForEachLine) {
  CompletedProcess done = map({"echo", "item", "{}"}, "a\nb c\n\nlast without newline");
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(sorted_lines(done.stdout), (Words{"item ", "item a", "item b c", "item last without newline"}));
  EXPECT_EQ(done.stderr, "");
}

TEST(WeftMap, NothingToDoIsSuccess) {
  CompletedProcess done = map({"nosuchcommand"});
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(done.stdout + done.stderr, "");
}

TEST(WeftMap, PutsTheItemWhereverTheBracesStand) {
  EXPECT_EQ(map({"echo", "{}{}", "x{}y", "{", "}", ":::", "1{}"}).stdout, "1{}1{} x1{}y { }\n");
  EXPECT_EQ(map({"echo", "at", "the", "end", ":::", "1"}).stdout, "at the end 1\n");
  EXPECT_EQ(map({"{}", "hello", ":::", "echo"}).stdout, "hello\n");
}

TEST(WeftMap, TakesItemsFromArguments) {
  EXPECT_EQ(sorted_lines(map({"-j2", "echo", ":::", "a", "b c", "--", "-x"}, "not read\n").stdout),
            (Words{"--", "-x", "a", "b c"}));
  EXPECT_EQ(map({"echo", ":::"}, "not read\n").stdout, "");
}

TEST(WeftMap, TakesItemsFromAFile) {
  test::TempFolder folder;
  std::ofstream(folder.path() + "/items") << "a\nb\n";
  EXPECT_EQ(sorted_lines(map({"-a", folder.path() + "/items", "echo"}).stdout), (Words{"a", "b"}));
  EXPECT_EQ(sorted_lines(map({"--arg-file=" + folder.path() + "/items", "--", "echo"}).stdout), (Words{"a", "b"}));
  EXPECT_EQ(map({"-a", folder.path() + "/no", "echo"}).returncode, 255);
  EXPECT_EQ(map({"-j1", "-a", folder.path() + "/items", "echo", ":::", "x", "y"}).stdout, "a x\na y\nb x\nb y\n");
}

TEST(WeftMap, NullBytesKeepAnythingWhole) {
  using namespace std::string_literals;
  std::string input = "new\nline\0\xff\xfe not utf-8\0 spaces  'and' \"quotes\" $x\0\0tail"s;
  CompletedProcess done = map({"-0", "-j", "1", "--", "printf", "<%s>\\n"}, input);
  EXPECT_EQ(done.stdout, "<new\nline>\n<\xff\xfe not utf-8>\n< spaces  'and' \"quotes\" $x>\n<>\n<tail>\n");
  EXPECT_EQ(done.returncode, 0);
}

TEST(WeftMap, OptionsOfTheCommandAreLeftAlone) {
  EXPECT_EQ(map({"-j1", "echo", "-j", "--", "--help", ":::", "x"}).stdout, "-j -- --help x\n");
  EXPECT_EQ(map({"-j1", "--", "printf", "%s\\n", "--", ":::", "-0"}).stdout, "--\n-0\n");
}

TEST(WeftMap, TenThousandItemsEachExactlyOnce) {
  test::limit(200);
  std::string input;
  std::vector<std::string> expected;
  for (int i = 0; i < 10'000; ++i) expected.push_back(std::to_string(i));
  for (const std::string& item : expected) input += item + "\n";
  std::sort(expected.begin(), expected.end());
  CompletedProcess done = map({"-j", "8", "/bin/echo"}, input);
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(sorted_lines(done.stdout), expected);
}

// Each command writes in pieces, and all at once; its lines come out together.
TEST(WeftMap, OutputIsNotTorn) {
  std::string input;
  for (int i = 0; i < 40; ++i) input += std::to_string(i) + "\n";
  CompletedProcess done =
      map({"-j", "8", "sh", "-c", "for i in 1 2 3 4 5; do printf \"$0 \"; sleep 0.01; echo $i; done", "{}"}, input);
  std::vector<std::string> all = lines(done.stdout);
  ASSERT_EQ(all.size(), 200u);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < all.size(); i += 5) {
    std::string item = all[i].substr(0, all[i].find(' '));
    EXPECT_TRUE(seen.insert(item).second) << item;
    for (std::size_t k = 0; k < 5; ++k) EXPECT_EQ(all[i + k], item + " " + std::to_string(k + 1));
  }
}

TEST(WeftMap, StandardErrorIsNotTornEither) {
  CompletedProcess done =
      map({"-j4", "sh", "-c", "echo $0 1 >&2; sleep 0.05; echo $0 2 >&2", ":::", "a", "b", "c", "d"});
  std::vector<std::string> all = lines(done.stderr);
  ASSERT_EQ(all.size(), 8u);
  for (std::size_t i = 0; i < 8; i += 2) EXPECT_EQ(all[i].substr(0, 1), all[i + 1].substr(0, 1));
  EXPECT_EQ(done.stdout, "");
}

// More than is kept in memory goes to a file meanwhile, and comes back whole.
TEST(WeftMap, LargeOutputComesWhole) {
  test::limit(120);
  CompletedProcess done =
      map({"-j4", "sh", "-c", "yes $0 | head -c 6000000; yes $0 | head -c 3000000 >&2", ":::", "a", "b", "c", "d"});
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(done.stdout.size(), 24'000'000u);
  EXPECT_EQ(done.stderr.size(), 12'000'000u);
  for (std::size_t block = 0; block < 4; ++block) {
    std::string_view one = std::string_view(done.stdout).substr(block * 6'000'000, 6'000'000);
    EXPECT_EQ(std::count(one.begin(), one.end(), one[0]), 3'000'000);
  }
}

TEST(WeftMap, ExitStatusCountsFailures) {
  EXPECT_EQ(map({"sh", "-c", "exit $0", ":::", "0", "1", "0", "7"}).returncode, 2);
  std::string input;
  for (int i = 0; i < 150; ++i) input += "x\n";
  EXPECT_EQ(map({"-j4", "false"}, input).returncode, 101);
}

// What it says begins a line, whatever the command has left there; and nothing else
// is changed by that.
TEST(WeftMap, WhatItSaysBeginsALine) {
  const Words words = {"-j1", "sh", "-c", "printf $0; printf $0 >&2; exit 3", ":::", "ab", "c"};
  CompletedProcess done = map(words);
  EXPECT_EQ(done.stdout, "abc");
  EXPECT_EQ(done.stderr,
            "ab\nweft map: ab failed with status 3\nc\nweft map: c failed with status 3\n"
            "weft map: 2 of 2 items failed\n");
  done = subprocess::run(weft_map(words), {.stdout = subprocess::PIPE, .stderr = subprocess::STDOUT});
  EXPECT_EQ(done.stdout,
            "abab\nweft map: ab failed with status 3\ncc\nweft map: c failed with status 3\n"
            "weft map: 2 of 2 items failed\n");
}

TEST(WeftMap, FailuresAreNamed) {
  CompletedProcess done = map({"-j1", "sh", "-c", "echo out; exit 3", "{}", ":::", "it's"});
  EXPECT_EQ(done.stdout, "out\n");
  EXPECT_EQ(done.stderr, "weft map: 'it'\\''s' failed with status 3\nweft map: 1 of 1 items failed\n");
  done = map({"-j1", "sh", "-c", "kill -9 $$", "{}", ":::", "new\nline\xff"});
  EXPECT_EQ(done.stderr, "weft map: $'new\\nline\\xff' was killed by SIGKILL\nweft map: 1 of 1 items failed\n");
  EXPECT_EQ(done.returncode, 1);
}

TEST(WeftMap, RetriesWhatFailed) {
  test::TempFolder folder;
  Words command = {"--retries", "3",          "-j2",
                   "sh",        "-c",         "echo x >> $1/$0; n=$(wc -l < $1/$0); echo try $n; [ $n -ge $0 ]",
                   "{}",        folder.path()};
  CompletedProcess done = map(command, "1\n3\n9\n");
  EXPECT_EQ(done.returncode, 1);
  EXPECT_EQ(sorted_lines(done.stdout), (Words{"try 1", "try 3", "try 4"}));  // of the last try each
  EXPECT_NE(done.stderr.find("weft map: 9 failed with status 1, tried 4 times\n"), std::string::npos) << done.stderr;
}

TEST(WeftMap, MissingCommandIsOneMessage) {
  CompletedProcess done = map({"-j4", "nosuchcommand"}, "1\n2\n3\n4\n5\n");
  EXPECT_EQ(done.returncode, 127);
  EXPECT_EQ(done.stderr, "weft map: nosuchcommand: command not found\n");
  done = map({"/etc/passwd", ":::", "1"});
  EXPECT_EQ(done.returncode, 126);
  EXPECT_EQ(done.stderr, "weft map: /etc/passwd: Permission denied\n");
}

TEST(WeftMap, MissingCommandOfOneItemIsThatItemsFailure) {
  CompletedProcess done = map({"-j1", "{}", ":::", "true", "nosuchcommand", "true"});
  EXPECT_EQ(done.returncode, 1);
  EXPECT_EQ(lines(done.stderr)[0], "weft map: nosuchcommand could not be run: No such file or directory");
}

TEST(WeftMap, ItemThatIsTooLongFailsAlone) {
  std::string input = "short\n" + std::string(1'000'000, 'x') + "\nafter\n" + std::string(200'000, 'y');
  CompletedProcess done = map({"-j1", "echo"}, input);
  EXPECT_EQ(done.returncode, 2);
  EXPECT_EQ(done.stdout, "short\nafter\n");
  EXPECT_NE(done.stderr.find("could not be run: Argument list too long"), std::string::npos);
}

TEST(WeftMap, CommandsReadNothing) {
  EXPECT_EQ(map({"-j1", "sh", "-c", "cat; echo $0"}, "1\n2\n3\n").stdout, "1\n2\n3\n");
}

TEST(WeftMap, CommandsGetNoDescriptors) {
  int careless[3];  // what whoever started us left open
  for (int& fd : careless) fd = ::open("/dev/null", O_RDONLY);
  CompletedProcess done = subprocess::run(
      weft_map({"-j3", "sh", "-c",
                "i=0; while [ $i -lt 100 ]; do [ -e /proc/self/fd/$i ] && printf \"$i \"; i=$((i+1)); done; echo", "{}",
                ":::", "1", "2", "3"}),
      {.capture_output = true, .close_fds = false});
  EXPECT_EQ(done.stdout, "0 1 2 \n0 1 2 \n0 1 2 \n");
  for (int fd : careless) ::close(fd);
}

TEST(WeftMap, RunsAsManyAtATimeAsAsked) {
  Mark mark;
  auto env = mark.env;
  env["WEFT_CPU_COUNT"] = "3";
  for (Words words : {Words{"-j", "3"}, Words{}}) {
    words.insert(words.end(), {"sh", "-c", "exec sleep 7$0", "{}", ":::", "1", "2", "3", "4", "5"});
    Popen weft(weft_map(words), {.stdout = PIPE, .stderr = PIPE, .env = env});
    EXPECT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 3; }));
    weft.terminate();
    weft.communicate();
    EXPECT_EQ(weft.returncode(), 128 + SIGTERM);
    EXPECT_TRUE(wait_until([&] { return mark.bearers("").empty(); }));
  }
}

// An item is run when it comes, not when the input ends.
TEST(WeftMap, RunsWhatComesAtOnce) {
  Popen weft(weft_map({"-j2", "echo", "got"}), {.stdin = PIPE, .stdout = PIPE});
  for (int i = 0; i < 3; ++i) {
    weft.stdin.write(std::to_string(i) + "\n");
    EXPECT_EQ(weft.stdout.readline(), "got " + std::to_string(i) + "\n");
  }
  weft.stdin.close();
  EXPECT_EQ(weft.communicate().stdout, "");
  EXPECT_EQ(weft.returncode(), 0);
}

TEST(WeftMap, WhatACommandLeavesRunningIsNotWaitedFor) {
  Mark mark;
  std::int64_t before = test::real_now();
  CompletedProcess done =
      subprocess::run(weft_map({"sh", "-c", "sleep 60 & echo started", ":::", "1"}), {.stdout = PIPE, .env = mark.env});
  EXPECT_EQ(done.stdout, "started\n");
  EXPECT_LT(test::real_now() - before, 20'000'000'000);
  EXPECT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 1; }));
}

/// Runs a command that does not end by itself, sends `signal` once `count` of
/// its processes run, and sees to it that all end within a second.
void ends_everything(int signal, const std::string& script, std::size_t count) {
  Mark mark;
  Popen weft(weft_map({"-j4", "sh", "-c", script, "{}"}),
             {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE, .env = mark.env});
  weft.stdin.write("1\n2\n3\n4\n5\n6\n");  // and stays open: the input has not ended
  ASSERT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == count; })) << mark.bearers("sleep").size();
  std::int64_t before = test::real_now();
  weft.send_signal(signal);
  EXPECT_EQ(weft.try_wait(30), 128 + signal);
  EXPECT_LT(test::real_now() - before, 1'000'000'000 * test::patience());
  EXPECT_TRUE(mark.bearers("").empty());
  std::string said = weft.communicate().stderr;
  EXPECT_EQ(lines(said).size(), 1u) << said;
}

TEST(WeftMap, CtrlCEndsEverything) { ends_everything(SIGINT, "exec sleep 1000", 4); }
TEST(WeftMap, TermEndsEverything) { ends_everything(SIGTERM, "exec sleep 1000", 4); }
TEST(WeftMap, HangUpEndsEverything) { ends_everything(SIGHUP, "exec sleep 1000", 4); }
TEST(WeftMap, CtrlCEndsWhatCommandsHaveStarted) {
  ends_everything(SIGINT, "sleep 1000 & sleep 1000 & sleep 1000; true", 12);
}
TEST(WeftMap, CtrlCEndsThoseWhoDoNotListen) {
  ends_everything(SIGINT, "trap '' TERM INT; sleep 1000 & sleep 1001; true", 8);
}
TEST(WeftMap, CtrlCEndsThoseWhoAreStopped) {
  ends_everything(SIGINT, "(sleep 0.05; kill -STOP $$) & exec sleep 1000", 4);
}

TEST(WeftMap, CtrlCWhileWaitingForInput) {
  Popen weft(weft_map({"echo"}), {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE});
  weft.stdin.write("1\n");
  EXPECT_EQ(weft.stdout.readline(), "1\n");
  weft.send_signal(SIGINT);
  EXPECT_EQ(weft.wait(30), 130);
}

TEST(WeftMap, CtrlCWhileNobodyReadsTheOutput) {
  Mark mark;
  Popen weft(weft_map({"-j2", "head", "-c", "300000", "/dev/zero", "{}"}),
             {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE, .env = mark.env});
  for (int i = 0; i < 100; ++i) weft.stdin.write("/dev/null\n");
  weft.stdin.close();
  weft.stdout.read(10);  // it has begun to write, and cannot go on
  weft.send_signal(SIGINT);
  EXPECT_EQ(weft.wait(30), 130);
  EXPECT_TRUE(mark.bearers("").empty());
}

TEST(WeftMap, IgnoredSignalsStayIgnored) {
  Popen weft({"sh", "-c", "trap '' HUP; exec \"$@\"", "sh", WEFT_COMMAND_FILE, "map", "echo"},
             {.stdin = PIPE, .stdout = PIPE});
  weft.stdin.write("1\n");
  EXPECT_EQ(weft.stdout.readline(), "1\n");
  weft.send_signal(SIGHUP);
  EXPECT_EQ(weft.communicate("2\n").stdout, "2\n");
  EXPECT_EQ(weft.returncode(), 0);
}

// As `| head -1` does: whoever reads has enough, while commands still run.
TEST(WeftMap, ClosedOutputEndsEverythingQuietly) {
  Mark mark;
  Popen weft(
      weft_map({"-j3", "sh", "-c", "[ $0 = 1 ] && exec echo first; exec sleep 1000", "{}", ":::", "1", "2", "3"}),
      {.stdout = PIPE, .stderr = PIPE, .env = mark.env});
  EXPECT_EQ(weft.stdout.readline(), "first\n");
  weft.stdout.close();
  EXPECT_EQ(weft.wait(30), 128 + SIGPIPE);
  EXPECT_TRUE(mark.bearers("").empty());
  EXPECT_EQ(weft.communicate().stderr, "");
}

TEST(WeftMap, EndlessInputInFlatMemory) {
  test::limit(120);
  Popen yes({"yes", std::string(1000, 'x')}, {.stdout = PIPE});
  auto env = subprocess::environment();
  env["ASAN_OPTIONS"] +=
      ":quarantine_size_mb=1";  // AddressSanitizer keeps 256 MB of freed memory, which grows as it fills
  Popen weft(weft_map({"-j2", "sh", "-c", "echo ${#0}", "{}"}),
             {.stdin = yes.stdout, .stdout = PIPE, .stderr = PIPE, .env = env});
  yes.stdout.close();
  auto memory = [&] { return std::stol(status_of(weft.pid(), "VmRSS")); };
  for (int i = 0; i < 200; ++i) ASSERT_EQ(weft.stdout.readline(), "1000\n");
  long before = memory();
  for (int i = 0; i < 1500; ++i) ASSERT_EQ(weft.stdout.readline(), "1000\n");
  EXPECT_LT(memory() - before, 4096 * test::patience()) << "KiB";
  weft.stdout.close();
  EXPECT_EQ(weft.wait(30), 128 + SIGPIPE);
  weft.stderr.close();
  yes.wait(30);
}

TEST(WeftMap, OutputThatCannotBeWrittenIsSaid) {
  int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  CompletedProcess done = subprocess::run(weft_map({"echo", ":::", "1"}), {.stdout = full, .stderr = PIPE});
  ::close(full);
  EXPECT_EQ(done.returncode, 255);
  EXPECT_EQ(done.stderr, "weft map: cannot write the output: No space left on device\n");
}

TEST(WeftMap, ClosedStandardDescriptors) {
  CompletedProcess done = subprocess::run(
      {"sh", "-c", "exec \"$@\" <&- >&-", "sh", WEFT_COMMAND_FILE, "map", "sh", "-c", "echo $0 >&2", ":::", "1"},
      {.stderr = PIPE});
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(done.stderr, "1\n");
  done = subprocess::run({"sh", "-c", "exec \"$@\" >&-", "sh", WEFT_COMMAND_FILE, "map", "echo", ":::", "1"},
                         {.stderr = PIPE});
  EXPECT_NE(done.returncode, 0);
  EXPECT_NE(done.stderr.find("Bad file descriptor"), std::string::npos) << done.stderr;
  done = subprocess::run({"sh", "-c", "exec \"$@\" <&-", "sh", WEFT_COMMAND_FILE, "map", "echo"}, {.stderr = PIPE});
  EXPECT_EQ(done.returncode, 255);
  EXPECT_EQ(done.stderr, "weft map: cannot read the items: Bad file descriptor\n");
}

TEST(Weft, SaysItsVersion) {
  EXPECT_EQ(subprocess::check_output({WEFT_COMMAND_FILE, "--version"}), "weft " WEFT_VERSION "\n");
}

TEST(Weft, Helps) {
  std::string help = subprocess::check_output({WEFT_COMMAND_FILE, "--help"});
  EXPECT_NE(help.find("map "), std::string::npos);
  help = subprocess::check_output(weft_map({"--help"}));
  EXPECT_NE(help.find("Usage: weft map [OPTION...] [--] COMMAND"), std::string::npos);
  EXPECT_NE(help.find("Examples:"), std::string::npos);
}

TEST(Weft, WrongUsageIs255) {
  for (const Words& wrong : {Words{}, Words{"-j", "0", "echo"}, Words{"-j", "many", "echo"}, Words{"--nosuch", "echo"},
                             Words{"-j"}, Words{"--retries", "-1", "echo"}}) {
    CompletedProcess done = map(wrong, "1\n");
    EXPECT_EQ(done.returncode, 255);
    EXPECT_EQ(done.stdout, "");
    EXPECT_NE(done.stderr, "");
  }
  EXPECT_EQ(subprocess::call({WEFT_COMMAND_FILE}, {.stderr = subprocess::DEVNULL}), 255);
}

}  // namespace
}  // namespace weft::cli

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Commands, inputs and machines that do what they should not.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <chrono>
#include <cstddef>
#include <random>
#include <thread>

#include "cli/command.hpp"
#include "cli/screen.hpp"

namespace weft::cli {
namespace {

Words under(const std::string& limit, const Words& words) {
  Words all = {"bash", "-c", limit + "; exec \"$@\"", "bash"};
  for (const std::string& word : weft_map(words)) all.push_back(word);
  return all;
}

std::set<int> children_of(int parent) {
  std::set<int> found;
  std::ifstream list("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  for (int pid; list >> pid;) found.insert(pid);
  return found;
}

TEST(WeftMapHostile, ANullByteInALineFailsAlone) {
  CompletedProcess done = map({"-j1", "echo"}, std::string("a\nb\0c\nd\n", 8));
  EXPECT_EQ(done.stdout, "a\nd\n");
  EXPECT_EQ(done.returncode, 1);
  EXPECT_NE(done.stderr.find("could not be run: a word of it holds a null byte"), std::string::npos) << done.stderr;
}

// Whoever ignores SIGCHLD hands that down, and the kernel then keeps no status.
TEST(WeftMapHostile, IgnoredSigchldHidesNoFailure) {
  test::TempFolder folder;
  CompletedProcess done = subprocess::run(
      {"python3", "-c",
       "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])",
       WEFT_COMMAND_FILE, "map", "--joblog", folder.path() + "/log", "sh", "-c", "exit 3", ":::", "a", "b"},
      {.capture_output = true});
  EXPECT_EQ(done.returncode, 2) << done.stderr;
  EXPECT_NE(done.stderr.find("a failed with status 3"), std::string::npos) << done.stderr;
}

// What is cut off could be the very part that the command is given.
TEST(WeftMapHostile, AColumnOfALineThatIsTooLongIsNotCut) {
  std::string a(100'000, 'a'), b(100'000, 'b');
  CompletedProcess done =
      map({"-j1", "-C", ",", "sh", "-c", "echo ${#0} ${#1}", "{1}", "{2}"}, a + "," + b + "\nx,y\n");
  EXPECT_EQ(done.stdout, "1 1\n");
  EXPECT_EQ(done.returncode, 1);
  EXPECT_NE(done.stderr.find("could not be run: Argument list too long"), std::string::npos) << done.stderr;
  for (const char* end : {"", "\n"}) {  // also where nothing ends it
    done = map({"echo", "{/}"}, std::string(140'000, 'd') + "/file" + end);
    EXPECT_EQ(done.stdout, "");
    EXPECT_EQ(done.returncode, 1);
  }
  test::TempFolder folder;
  std::ofstream(folder.path() + "/long") << std::string(140'000, 'd') << "/file\nz\n";
  done = map({"-j1", "echo", "{1}", "{2/}", ":::", "1", "::::", folder.path() + "/long"});
  EXPECT_EQ(done.stdout, "1 z\n");
  EXPECT_EQ(done.returncode, 1);
}

TEST(WeftMapHostile, ACommandThatClosesItsOutputsAndGoesOn) {
  CompletedProcess done = map({"-j2", "sh", "-c", "echo $0; exec >&- 2>&-; sleep 0.2; exit $0", ":::", "0", "3"});
  EXPECT_EQ(sorted_lines(done.stdout), (Words{"0", "3"}));
  EXPECT_EQ(done.stderr, "weft map: 3 failed with status 3\nweft map: 1 of 2 items failed\n");
}

// What is left running writes on for ever, and is neither waited for nor heard.
TEST(WeftMapHostile, ACommandThatLeavesAWriterBehind) {
  Mark mark;
  CompletedProcess done = subprocess::run(weft_map({"-j2", "sh", "-c", "yes left & echo $0", ":::", "1", "2", "3"}),
                                          {.capture_output = true, .env = mark.env});
  EXPECT_EQ(done.returncode, 0);
  for (const char* item : {"1", "2", "3"}) {
    std::string end = std::string(item) + "\n";  // of a line that "yes" may have begun
    std::size_t at = done.stdout.find(end);
    EXPECT_NE(at, std::string::npos) << item;
    EXPECT_EQ(done.stdout.find(end, at + 1), std::string::npos) << item;
  }
}

TEST(WeftMapHostile, NoZombiesWhileItLives) {
  Mark mark;
  Popen weft(weft_map({"-j2", "sh", "-c",
                       "(sleep 0.05; true) & (setsid sh -c 'sleep 0.1; true' &) ; [ $0 != last ] || exec sleep 1000",
                       ":::", "1", "2", "3", "4", "last"}),
             {.env = mark.env});
  ASSERT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 1 && mark.bearers("sh").empty(); }));
  auto no_zombie = [&] {
    std::set<int> children = children_of(weft.pid());
    return std::none_of(children.begin(), children.end(),
                        [](int pid) { return status_of(pid, "State").starts_with("Z"); });
  };
  EXPECT_TRUE(wait_until(no_zombie));
  weft.terminate();
  EXPECT_EQ(weft.wait(30), 128 + SIGTERM);
  EXPECT_TRUE(mark.bearers("").empty());
}

// Its own session, its own group, and its parent dead.
TEST(WeftMapHostile, CtrlCEndsDaemons) {
  Mark mark;
  Popen weft(weft_map({"-j2", "sh", "-c", "setsid sh -c 'sleep 1000 & sleep 1001' & exec sleep 1002", ":::", "1", "2"}),
             {.stderr = PIPE, .env = mark.env});
  ASSERT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 6; }));
  weft.send_signal(SIGINT);
  EXPECT_EQ(weft.wait(30), 130);
  EXPECT_TRUE(mark.bearers("").empty());
}

TEST(WeftMapHostile, SigkillEndsTheCommandsToo) {
  Mark mark;
  Popen weft(weft_map({"-j3", "sh", "-c", "trap '' TERM HUP; sleep 1000 & sleep 1001; true", ":::", "1", "2", "3"}),
             {.env = mark.env});
  ASSERT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 6; }));
  weft.kill();
  EXPECT_EQ(weft.wait(30), -SIGKILL);
  EXPECT_TRUE(wait_until([&] { return mark.bearers("").empty(); }, 1));
}

TEST(WeftMapHostile, CtrlZStopsTheCommandsAndTheyGoOn) {
  Mark mark;
  Popen weft(weft_map({"-j2", "--timeout", "20", "sh", "-c", "sleep 0.6; echo $0", ":::", "1", "2"}),
             {.stdout = PIPE, .env = mark.env, .process_group = 0});
  ASSERT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 2; }));
  weft.send_signal(SIGTSTP);
  auto all_stopped = [&] {
    std::set<int> all = mark.bearers("sleep");
    return status_of(weft.pid(), "State").starts_with("T") &&
           std::all_of(all.begin(), all.end(), [](int pid) { return status_of(pid, "State").starts_with("T"); });
  };
  EXPECT_TRUE(wait_until(all_stopped));
  weft.send_signal(SIGCONT);
  EXPECT_EQ(sorted_lines(weft.communicate().stdout), (Words{"1", "2"}));
  EXPECT_EQ(weft.returncode(), 0);
}

// In a session of its own, as the first program of a terminal or a container.
TEST(WeftMapHostile, CtrlZWhereNobodyCouldLetItGoOn) {
  Mark mark;
  Popen weft(weft_map({"sh", "-c", "sleep 0.3; echo $0", ":::", "1"}),
             {.stdout = PIPE, .env = mark.env, .start_new_session = true});
  ASSERT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 1; }));
  weft.send_signal(SIGTSTP);
  EXPECT_EQ(weft.communicate("", 60).stdout, "1\n");
  EXPECT_EQ(weft.returncode(), 0);
}

TEST(WeftMapHostile, FewDescriptors) {
  CompletedProcess done = subprocess::run(under("ulimit -n 24", {"-j", "50", "sh", "-c", "sleep 0.1; echo $0", "{}"}),
                                          {.input = "1\n2\n3\n4\n5\n6\n7\n8\n", .capture_output = true});
  EXPECT_EQ(done.returncode, 0) << done.stderr;
  EXPECT_EQ(sorted_lines(done.stdout), (Words{"1", "2", "3", "4", "5", "6", "7", "8"}));
  ASSERT_EQ(lines(done.stderr).size(), 1u) << done.stderr;
  EXPECT_TRUE(done.stderr.ends_with(" at a time, not 50: Too many open files\n")) << done.stderr;
}

TEST(WeftMapHostile, CommandsHaveTheLimitThatWeWereGiven) {
  CompletedProcess done =
      subprocess::run(under("ulimit -Sn 200", {"sh", "-c", "ulimit -Sn; ulimit -Hn", ":::", "1"}), {.stdout = PIPE});
  CompletedProcess own = subprocess::run({"bash", "-c", "ulimit -Sn 200; ulimit -Sn; ulimit -Hn"}, {.stdout = PIPE});
  EXPECT_EQ(done.stdout, own.stdout);
}

// As on a full disk: the file that keeps large outputs may not grow.
TEST(WeftMapHostile, WhatCannotBeKeptFailsAlone) {
  Mark mark;
  CompletedProcess done = subprocess::run(
      under("ulimit -f 2000", {"-j2", "sh", "-c", "[ $0 = 2 ] && exec yes; echo $0", ":::", "1", "2", "3"}),
      {.capture_output = true, .env = mark.env});
  EXPECT_EQ(done.returncode, 1);
  EXPECT_EQ(sorted_lines(done.stdout), (Words{"1", "3"}));
  EXPECT_EQ(lines(done.stderr).at(0), "weft map: 2 was ended: its output could not be kept: File too large");
  EXPECT_TRUE(mark.bearers("").empty());
}

TEST(WeftMapHostile, OutputFileThatCannotGrow) {
  test::TempFolder folder;
  int fd = ::open((folder.path() + "/out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  CompletedProcess done =
      subprocess::run(under("ulimit -f 100", {"head", "-c", "1000000", "/dev/zero", ":::", "/dev/null"}),
                      {.stdout = fd, .stderr = PIPE});
  ::close(fd);
  EXPECT_EQ(done.returncode, 255);
  EXPECT_EQ(done.stderr, "weft map: cannot write the output: File too large\n");
}

TEST(WeftMapHostile, NoFolderForWhatIsLarge) {
  auto env = subprocess::environment();
  env["TMPDIR"] = "/nowhere";
  CompletedProcess done = subprocess::run(
      weft_map({"-j1", "sh", "-c", "[ $0 = 1 ] && exec head -c 9000000 /dev/zero; echo $0", ":::", "1", "2"}),
      {.capture_output = true, .env = env});
  EXPECT_EQ(done.stdout, "2\n");
  EXPECT_NE(done.stderr.find("1 was ended: its output could not be kept: No such file or directory"), std::string::npos)
      << done.stderr;
}

TEST(WeftMapHostile, NobodyHearsTheErrors) {
  Popen weft(weft_map({"-j1", "sh", "-c", "echo $0; echo $0 >&2; exit 1", ":::", "1", "2", "3"}),
             {.stdout = PIPE, .stderr = PIPE});
  weft.stderr.close();
  EXPECT_EQ(weft.stdout.read(), "1\n2\n3\n");
  EXPECT_EQ(weft.wait(30), 3);
}

TEST(WeftMapHostile, InputThatCannotBeRead) {
  CompletedProcess done = subprocess::run({"bash", "-c", "exec \"$@\" < /", "bash", WEFT_COMMAND_FILE, "map", "echo"},
                                          {.capture_output = true});
  EXPECT_EQ(done.returncode, 255);
  EXPECT_EQ(done.stderr, "weft map: cannot read the items: Is a directory\n");
}

TEST(WeftMapHostile, SlowReaderStopsTheWorkAndNothingGrows) {
  Popen yes({"yes", "x"}, {.stdout = PIPE});
  Popen weft(weft_map({"-j4", "head", "-c", "100000", "/dev/zero", "/dev/null"}),
             {.stdin = yes.stdout, .stdout = PIPE, .stderr = PIPE});
  yes.stdout.close();
  weft.stdout.read(1'000'000);
  // It waits for us: nothing runs, and nothing more is started.
  ASSERT_TRUE(wait_until([&] { return children_of(weft.pid()).size() <= 1; }));  // the guard
  weft.stdout.read(1'000'000);
  weft.stdout.close();
  EXPECT_EQ(weft.wait(30), 128 + SIGPIPE);
  weft.stderr.close();
  yes.wait(30);
}

TEST(WeftMapHostile, AGibibyteInLittleMemory) {
  test::limit(600);
  const std::string bytes = std::to_string(test::rounds(100'000'000, 1 << 30));
  CompletedProcess done =
      subprocess::run({"bash", "-c", "head -c $0 /dev/zero | cksum; \"$@\" | cksum", bytes, WEFT_COMMAND_FILE, "map",
                       "sh", "-c", "head -c $0 /dev/zero; grep VmHWM /proc/$PPID/status >&2", ":::", bytes},
                      {.capture_output = true});
  std::vector<std::string> sums = lines(done.stdout);
  ASSERT_GE(sums.size(), 2u) << done.stderr;
  EXPECT_EQ(sums[0], sums[1]);
  long most = std::stol(done.stderr.substr(done.stderr.find(':') + 1));
  EXPECT_LT(most, 20'000 * test::patience() * test::patience()) << done.stderr;
}

// Workers are killed at random, by a stranger: each item's result is printed
// exactly once, and none is lost.
TEST(WeftMapHostile, EveryItemOnceWhoeverIsKilled) {
  test::limit(1400);
  const int kills = test::rounds(300, 10'000);
  std::mt19937_64 random(test::seed());
  Mark mark;
  Popen weft(weft_map({"-j8", "--retries", "1000000", "--retry-delay", "0", "--json", "/dev/fd/2", "sh", "-c",
                       "sleep 0.01; echo result of $0", "{}"}),
             {.stdin = PIPE, .stdout = PIPE, .stderr = subprocess::DEVNULL, .env = mark.env});
  // Items come as long as there is something to be killed.
  std::set<std::string> expected;
  std::multiset<std::string> results;
  int given = 0, killed = 0;
  auto give = [&] {
    std::string text = std::to_string(++given);
    expected.insert("result of " + text + "\n");
    weft.stdin.write(text + "\n");
  };
  for (int i = 0; i < 40; ++i) give();
  while (killed < kills) {
    std::set<int> running = children_of(weft.pid());
    std::vector<int> victims;
    for (int pid : running) {
      if (status_of(pid, "Name") == "sh") victims.push_back(pid);
    }
    if (!victims.empty() && ::kill(victims[random() % victims.size()], SIGKILL) == 0) ++killed;
    if (killed % 4 == 0 || victims.empty()) {
      results.insert(weft.stdout.readline());
      give();
    }
  }
  weft.stdin.close();
  for (std::string line; !(line = weft.stdout.readline()).empty();) results.insert(line);
  EXPECT_EQ(weft.wait(60), 0);
  EXPECT_EQ(results.size(), expected.size());
  EXPECT_EQ(std::set<std::string>(results.begin(), results.end()), expected);
}

// The last of them asks how much memory weft map ever had.
void stays_flat(subprocess::Stream stderr, const std::function<void()>& meanwhile) {
  test::limit(1450);
  const int items = test::rounds(2'000, 1'000'000);
  auto env = subprocess::environment();
  env["TERM"] = "xterm";
  Popen weft({"bash", "-c", "(seq $(($0 - 1)); echo last) | \"$@\"", std::to_string(items), WEFT_COMMAND_FILE, "map",
              "-j2", "sh", "-c", "[ $0 != last ] || { sleep 0.3; grep VmHWM /proc/$PPID/status; }", "{}"},
             {.stdout = PIPE, .stderr = stderr, .env = env});
  while (!weft.try_wait(0.05)) meanwhile();
  EXPECT_EQ(weft.returncode(), 0);
  std::string peak = weft.stdout.read();
  ASSERT_TRUE(peak.starts_with("VmHWM:")) << peak;
  EXPECT_LT(std::stol(peak.substr(6)), 20'000 * test::patience() * test::patience()) << peak;
}

TEST(WeftMapHostile, AMillionItemsInFlatMemory) {
  stays_flat(subprocess::DEVNULL, [] {});
}

TEST(WeftMapHostile, AMillionItemsInFlatMemoryWithTheView) {
  Terminal terminal(120, 40);
  std::size_t drawn = 0;
  stays_flat(terminal.theirs(), [&] { drawn += terminal.drawn_now().size(); });
  EXPECT_GT(drawn, 0u);
}

/// A terminal that takes no more, and that nobody reads.
class StalledTerminal : public Terminal {
 public:
  StalledTerminal() {
    std::string path = "/proc/self/fd/" + std::to_string(theirs());
    int fd = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    const std::string some(1000, 'x');
    // The kernel moves on what it has taken, in its own time, and then takes more.
    for (int full = 0; full < 20; std::this_thread::sleep_for(std::chrono::milliseconds(2))) {
      full = ::write(fd, some.data(), some.size()) > 0 ? 0 : full + 1;
    }
    ::close(fd);
  }
};

TEST(WeftMapHostile, AStalledTerminalStopsNeitherTimeNorSignals) {
  Mark mark;
  auto env = mark.env;
  env["TERM"] = "xterm";
  test::TempFolder folder;
  StalledTerminal terminal;
  Popen weft(weft_map({"-j4", "--timeout", "0.5s", "--joblog", folder.path() + "/log", "sleep", ":::", "1001", "1002",
                       "1003", "1004", "1005"}),
             {.stdout = PIPE, .stderr = terminal.theirs(), .env = env});
  EXPECT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 4; }));
  EXPECT_TRUE(wait_until([&] { return mark.bearers(std::string("sleep\0001005", 10)).size() == 1; }));
  weft.terminate();
  EXPECT_EQ(weft.try_wait(30), 128 + SIGTERM);
  EXPECT_TRUE(wait_until([&] { return mark.bearers("").empty(); }));  // the guard, too
}

TEST(WeftMapHostile, OutputToAStalledTerminalDoesNotBlock) {
  Mark mark;
  StalledTerminal terminal;
  terminal.take(4000);  // there is room, but not for all
  Popen weft(weft_map({"-j2", "--view", "none", "--timeout", ample(), "sh", "-c",
                       "[ $0 = 1 ] || exec sleep 1000; head -c 100000 /dev/zero", ":::", "1", "2"}),
             {.stdout = terminal.theirs(), .stderr = PIPE, .env = mark.env});
  EXPECT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 1; }));
  EXPECT_TRUE(wait_until([&] { return mark.bearers("sleep").empty(); }, 20));  // its time is up
  weft.terminate();
  EXPECT_EQ(weft.try_wait(30), 128 + SIGTERM);
  EXPECT_TRUE(wait_until([&] { return mark.bearers("").empty(); }));
  weft.stderr.close();
}

TEST(WeftMapHostile, NobodyReadsTheEvents) {
  Mark mark;
  test::TempFolder folder;
  std::string events = folder.path() + "/events";
  ASSERT_EQ(::mkfifo(events.c_str(), 0600), 0);
  int reader = ::open(events.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  std::string item(60'000, 'x');
  CompletedProcess done = subprocess::run(weft_map({"--json", events, "-j1", "true"}),
                                          {.input = item + "\n" + item + "\n" + item + "\n" + item + "\n" + item +
                                                    "\n" + item + "\n" + item + "\n" + item + "\n" + item + "\n",
                                           .capture_output = true,
                                           .env = mark.env});
  EXPECT_EQ(done.returncode, 0);
  ASSERT_EQ(lines(done.stderr).size(), 1u) << done.stderr;
  EXPECT_TRUE(done.stderr.ends_with(" left out of " + events + ": nobody read on\n")) << done.stderr;

  Popen weft(weft_map({"--json", events, "-j2", "sh", "-c", "[ ${#0} = 2 ] && exec sleep 1000", "{}"}),
             {.stdin = PIPE, .stderr = PIPE, .env = mark.env});
  for (int i = 0; i < 10; ++i) weft.stdin.write(item + "\n");
  weft.stdin.write("22\n");
  weft.stdin.close();
  EXPECT_TRUE(wait_until([&] { return mark.bearers("sleep").size() == 1; }));
  weft.send_signal(SIGINT);
  EXPECT_EQ(weft.try_wait(30), 130);
  weft.communicate();
  ::close(reader);
}

TEST(WeftMapHostile, EventsAreAddedToWhatIsGiven) {
  test::TempFolder folder;
  std::string events = folder.path() + "/events";
  std::ofstream(events) << "before\n";
  subprocess::run({"bash", "-c", "\"$@\" 3>> " + events, "bash", WEFT_COMMAND_FILE, "map", "--json", "/dev/fd/3",
                   "true", ":::", "1"});
  std::vector<std::string> all = lines(test::contents(events));
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[0], "before");
  subprocess::run(weft_map({"--json", events, "true", ":::", "1"}));
  EXPECT_EQ(lines(test::contents(events)).size(), 5u);
}

TEST(WeftMapHostile, ARefusedCloseRangeLeavesNoGuardBehind) {
  test::limit(60);
  int code = 0;
  std::thread refusing([&] {
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog program{4, filter};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return;
    code = Popen(weft_map({"sh", "-c", "exit 1", ":::", "1"}), {.stderr = subprocess::DEVNULL}).wait(30);
  });
  refusing.join();
  EXPECT_EQ(code, 1);
}

TEST(WeftMapHostile, CtrlCWhileASourceIsOpened) {
  test::TempFolder folder;
  std::string fifo = folder.path() + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  Popen weft(weft_map({"echo", ":::", "1", "::::", fifo}), {.stdout = PIPE, .stderr = PIPE});
  auto waits = [&] { return test::contents("/proc/" + std::to_string(weft.pid()) + "/syscall").starts_with("257 "); };
  EXPECT_TRUE(wait_until(waits));
  weft.send_signal(SIGINT);
  EXPECT_EQ(weft.try_wait(30), 130);
  EXPECT_EQ(weft.communicate().stderr, "weft map: ended by SIGINT after 0 items; what ran was ended\n");
}

TEST(WeftMapHostile, NoZombiesWhileItWaitsForInput) {
  Mark mark;
  Popen weft(weft_map({"sh", "-c", "(setsid sh -c 'sleep 0.3; true' &) ; true"}), {.stdin = PIPE, .env = mark.env});
  weft.stdin.write("1\n");
  EXPECT_TRUE(wait_until([&] { return mark.bearers("sh").size() == 1; }));
  EXPECT_TRUE(wait_until([&] { return children_of(weft.pid()).size() <= 1; }));  // the guard
  weft.stdin.close();
  EXPECT_EQ(weft.wait(30), 0);
}

TEST(WeftMapHostile, FewDescriptorsAndLargeOutputs) {
  for (const char* few : {"ulimit -n 18", "ulimit -n 28"}) {
    CompletedProcess done = subprocess::run(
        under(few, {"-j8", "sh", "-c", "head -c 3000000 /dev/zero", ":::", "1", "2", "3", "4", "5", "6", "7", "8"}),
        {.capture_output = true});
    EXPECT_EQ(done.returncode, 0) << done.stderr;
    EXPECT_EQ(done.stdout.size(), 24'000'000u);
  }
}

TEST(WeftMapHostile, FewDescriptorsAndBlocksToBeTriedAgain) {
  std::string input;
  for (int i = 0; i < 60; ++i) input += std::string(999, 'x') + "\n";
  CompletedProcess done = subprocess::run(
      under("ulimit -n 64", {"-j4", "--pipe", "--block", "1000", "--retries", "1", "--retry-delay", "0.2s", "false"}),
      {.input = input, .capture_output = true});
  EXPECT_EQ(done.returncode, 60);
  EXPECT_EQ(lines(done.stderr).size(), 61u) << done.stderr;
}

TEST(WeftMapHostile, BlocksThatAreDoneAreLetGo) {
  Mark mark;
  test::TempFolder folder;
  std::string events = folder.path() + "/events";
  Popen weft(weft_map({"-j2", "-k", "--pipe", "--block", "1000", "--json", events, "--", "sh", "-c",
                       "read -r line; [ ${line%%x*} != 0 ] || exec sleep 1000"}),
             {.stdin = PIPE, .stdout = PIPE, .stderr = PIPE, .env = mark.env});
  for (int i = 0; i < 100; ++i) weft.stdin.write(std::to_string(i) + std::string(990, 'x') + "\n");
  auto ended = [&] {
    int count = 0;
    for (const std::string& line : lines(test::contents(events)))
      count += line.starts_with("{\"event\":\"ended\"") ? 1 : 0;
    return count;
  };
  ASSERT_TRUE(wait_until([&] { return ended() >= 90; })) << ended();
  int blocks = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(weft.pid()) + "/fd")) {
    std::error_code gone;
    blocks += std::filesystem::read_symlink(entry, gone).string().find("weft block") != std::string::npos ? 1 : 0;
  }
  EXPECT_LE(blocks, 4);
  weft.terminate();
  weft.communicate();
}

TEST(WeftMapHostile, SharedMemoryIsCountedOnce) {
  const char* script =
      "import mmap, os, time\n"
      "m = mmap.mmap(-1, 60 << 20)\n"
      "m.write(bytes(60 << 20))\n"
      "for i in range(3):\n"
      "  if os.fork() == 0: break\n"
      "sum(m[::4096]); time.sleep(0.4); os._exit(0)\n";
  CompletedProcess done = map({"--mem", "150M", "python3", "-c", script, ":::", "1"});
  EXPECT_EQ(done.returncode, 0) << done.stderr;
}

TEST(WeftMapHostile, ControlsOfTheUpperHalfAreNotSentToATerminal) {
  EXPECT_EQ(map({"--dry-run", "echo", ":::",
                 "\xc2\x9b"
                 "31m"})
                .stdout,
            "echo $'\\xc2\\x9b31m'\n");
  EXPECT_EQ(map({"--dry-run", "echo", ":::", "\xc2\xa0é"}).stdout, "echo '\xc2\xa0é'\n");
  EXPECT_EQ(lines(map({"false", ":::", "\xc2\x9bm"}).stderr).at(0), "weft map: $'\\xc2\\x9bm' failed with status 1");
  EXPECT_EQ(lines(map({"false", ":::", "a\u202etxt.exe"}).stderr).at(0),  // it would be read as "aexe.txt"
            "weft map: $'a\\xe2\\x80\\xaetxt.exe' failed with status 1");
}

TEST(WeftMapHostile, AProgramWithAnEqualsSignIsNoAssignment) {
  EXPECT_EQ(map({"--dry-run", "A=b", "c=d", ":::", "1"}).stdout, "'A=b' c=d 1\n");
}

TEST(WeftMapHostile, ADryRunTellsNoEvents) {
  test::TempFolder folder;
  EXPECT_EQ(map({"--dry-run", "--json", folder.path() + "/events", "echo", ":::", "1"}).stdout, "echo 1\n");
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/events"));
}

TEST(WeftMapHostile, AMissingInterpreterIsNotAMissingCommand) {
  test::TempFolder folder;
  std::string script = folder.path() + "/script";
  std::ofstream(script) << "#!/nope/x\n";
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  CompletedProcess done = map({script, ":::", "1"});
  EXPECT_EQ(done.returncode, 126);
  EXPECT_EQ(done.stderr, "weft map: " + script + ": the interpreter that it names in its first line is not found\n");
}

// Who is asked to end has its grace, however long nothing could run meanwhile.
TEST(WeftMapHostile, CtrlZTakesNothingFromTheGrace) {
  Mark mark;
  test::TempFolder folder;
  Popen weft(weft_map({"--timeout", ample(), "--grace", "2s", "sh", "-c",
                       "trap 'touch $0/asked; sleep 0.3; touch $0/saved; exit' TERM; while :; do sleep 0.02; done",
                       "{}", ":::", folder.path()}),
             {.stdout = PIPE, .stderr = PIPE, .env = mark.env, .process_group = 0});
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(folder.path() + "/asked"); }));
  weft.send_signal(SIGTSTP);
  ASSERT_TRUE(wait_until([&] { return test::status_of(weft.pid(), "State").starts_with("T"); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(2300));  // more than the grace
  weft.send_signal(SIGCONT);
  weft.communicate();
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/saved"));
}

}  // namespace
}  // namespace weft::cli

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// --joblog and --resume: what was done is known, also when weft map was killed.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <random>

#include "cli/command.hpp"

namespace weft::cli {
namespace {

void append(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::app) << text; }

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> all;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, '\t');) all.push_back(field);
  return all;
}

TEST(WeftMapJoblog, HasALineForEachItem) {
  test::TempFolder folder;
  std::string log = folder.path() + "/log";
  CompletedProcess done = map({"-j1", "--joblog", log, "--timeout", ample(), "sh", "-c",
                               "echo hello; case $0 in 2) exit 7;; 3) kill -9 $$;; 4) exec sleep 1000;; esac", "{}",
                               ":::", "new\nline", "2", "3", "4"});
  EXPECT_EQ(done.returncode, 3);
  std::vector<std::string> all = lines(contents(log));
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0], "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand");
  auto ends = [&](std::size_t i) {
    std::vector<std::string> f = fields(all[i]);
    return Words{f.at(0), f.at(5), f.at(6), f.at(7)};
  };
  EXPECT_EQ(ends(1), (Words{"1", "6", "0", "0"}));
  EXPECT_EQ(ends(2), (Words{"2", "6", "7", "0"}));
  EXPECT_EQ(ends(3), (Words{"3", "6", "0", "9"}));
  EXPECT_EQ(ends(4), (Words{"4", "6", "-1", "15"}));
  EXPECT_TRUE(fields(all[1])[8].ends_with(" $'new\\nline'")) << all[1];
}

TEST(WeftMapResume, RunsWhatDidNotSucceed) {
  test::TempFolder folder;
  std::string log = folder.path() + "/log";
  Words command = {"-j1", "--joblog",   log, "--resume", "sh", "-c", "echo $0; [ $0 != 2 ] || [ -e $1/x ]",
                   "{}",  folder.path()};
  CompletedProcess done = map(command, "1\n2\n3\n");
  EXPECT_EQ(done.stdout, "1\n2\n3\n");
  EXPECT_EQ(done.returncode, 1);
  append(folder.path() + "/x", "");
  done = map(command, "1\n2\n3\n4\n");
  EXPECT_EQ(done.stdout, "2\n4\n");
  EXPECT_EQ(done.returncode, 0);
  done = map(command, "1\n2\n3\n4\n");
  EXPECT_EQ(done.stdout, "");
  EXPECT_EQ(done.returncode, 0);
}

TEST(WeftMapResume, BlocksAreKnownByWhatTheyHold) {
  test::TempFolder folder;
  std::string log = folder.path() + "/log";
  Words command = {"-j1", "--pipe", "--block", "4", "--joblog", log, "--resume", "cat"};
  EXPECT_EQ(map(command, "aa\nbb\n").stdout, "aa\nbb\n");
  EXPECT_EQ(map(command, "aa\nbb\ncc\n").stdout, "cc\n");
  CompletedProcess done = map(command, "aa\nBB\ncc\n");
  EXPECT_EQ(done.returncode, 255);
  EXPECT_EQ(done.stdout, "");
  EXPECT_TRUE(done.stderr.starts_with("weft map: item 2 is now cat  # XXH3 ")) << done.stderr;
  EXPECT_TRUE(done.stderr.ends_with(", and was another one when " + log + " was written\n")) << done.stderr;
}

TEST(WeftMapResume, WhoLooksOnHearsOfARefusal) {
  test::TempFolder folder;
  std::string log = folder.path() + "/log", json = folder.path() + "/json";
  EXPECT_EQ(map({"--joblog", log, "true", ":::", "a"}).returncode, 0);
  EXPECT_EQ(map({"--joblog", log, "--resume", "--json", json, "true", ":::", "b"}).returncode, 255);
  std::vector<std::string> events = lines(contents(json));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_TRUE(events[1].starts_with(R"({"event":"end",)")) << events[1];
  EXPECT_TRUE(events[1].ends_with(R"("done":0,"failed":0,"retried":0,"killed":0,"lost":0,"status":255})")) << events[1];
}

TEST(WeftMapResume, TheSlotMayBeAnother) {
  test::TempFolder folder;
  std::string log = folder.path() + "/log";
  auto command = [&](const char* jobs, Words items) {
    Words words = {"-j", jobs, "--joblog", log, "--resume", "echo", "{%}", "{}", ":::"};
    words.insert(words.end(), items.begin(), items.end());
    return words;
  };
  EXPECT_EQ(map(command("3", {"a", "b", "c"})).returncode, 0);
  EXPECT_EQ(map(command("1", {"a", "b", "c", "d"})).stdout, "1 d\n");
  CompletedProcess done = map(command("1", {"a", "b", "C"}));
  EXPECT_EQ(done.returncode, 255);
  EXPECT_TRUE(done.stderr.starts_with("weft map: item 3 is now echo 1 C  # XXH3 ")) << done.stderr;
  std::filesystem::remove(log);
  Words glued = {"-j1", "--joblog", log, "--resume", "echo", "{%}{}", ":::"};
  auto with = [&](const char* item) {
    Words words = glued;
    words.emplace_back(item);
    return words;
  };
  EXPECT_EQ(map(with("1x")).stdout, "11x\n");
  EXPECT_EQ(map(with("x")).returncode, 255) << "in slot 11 that would be the same words";
}

TEST(WeftMapResume, ALineThatWasWrittenInPartIsTakenOff) {
  test::limit(100);
  test::TempFolder folder;
  std::string log = folder.path() + "/log";
  Words command = {"-j1", "--joblog", log, "--resume", "echo", ":::", "1", "2", "3"};
  EXPECT_EQ(map(command).stdout, "1\n2\n3\n");
  std::string whole = contents(log);
  auto step = static_cast<std::size_t>(test::rounds(3, 1));
  for (std::size_t size = 0; size < whole.size(); size += step) {
    std::ofstream(log, std::ios::trunc) << whole.substr(0, size);
    std::size_t header = whole.find('\n') + 1;
    std::string kept = whole.substr(0, size < header ? 0 : whole.rfind('\n', size == 0 ? 0 : size - 1) + 1);
    std::size_t items = kept.empty() ? 0 : lines(kept).size() - 1;
    CompletedProcess done = map(command);
    std::string expected;
    for (std::size_t item = items + 1; item <= 3; ++item) expected += std::to_string(item) + "\n";
    ASSERT_EQ(done.stdout, expected) << size << done.stderr;
    ASSERT_EQ(lines(contents(log)).size(), 4u) << size;
    if (size < header && size > 6) size = header - step;  // the header is one thing
  }
}

TEST(WeftMapResume, RefusesWhatItWouldSpoil) {
  test::TempFolder folder;
  std::string log = folder.path() + "/log";
  EXPECT_EQ(map({"--joblog", log, "echo", ":::", "1", "2"}).returncode, 0);
  std::string before = contents(log);

  CompletedProcess done = map({"--joblog", log, "echo", ":::", "1"});
  EXPECT_EQ(done.returncode, 255);
  EXPECT_EQ(done.stderr, "weft map: " + log + " is there already: --resume goes on with it, or remove it\n");
  done = map({"--joblog", log, "--resume", "echo", ":::", "1", "other"});
  EXPECT_EQ(done.returncode, 255);
  EXPECT_EQ(done.stdout, "");
  EXPECT_EQ(done.stderr, "weft map: item 2 is now echo other, and was another one when " + log + " was written\n");
  EXPECT_EQ(contents(log), before);

  append(folder.path() + "/other", "something else\n");
  EXPECT_EQ(map({"--joblog", folder.path() + "/other", "--resume", "echo", ":::", "1"}).stderr,
            "weft map: " + folder.path() + "/other is no joblog\n");
  append(log, "garbage\n");
  EXPECT_EQ(map({"--joblog", log, "--resume", "echo", ":::", "1"}).stderr,
            "weft map: " + log + ": line 4 is none of a joblog\n");
}

TEST(WeftMapResume, OneAtATimeUsesALog) {
  test::TempFolder folder;
  std::string log = folder.path() + "/log";
  Popen first(weft_map({"--joblog", log, "echo"}), {.stdin = PIPE, .stdout = PIPE});
  first.stdin.write("1\n");
  EXPECT_EQ(first.stdout.readline(), "1\n");
  EXPECT_EQ(map({"--joblog", log, "--resume", "echo", ":::", "1"}).stderr,
            "weft map: " + log + " is in use by another weft map\n");
  EXPECT_EQ(first.communicate().stdout, "");
}

TEST(WeftMapResume, ALogThatCannotBeWrittenEndsTheWork) {
  CompletedProcess done = map({"--joblog", "/dev/full", "echo", ":::", "1"});
  EXPECT_EQ(done.returncode, 255);
  EXPECT_NE(done.stderr.find("No space left on device"), std::string::npos) << done.stderr;

  test::TempFolder folder;  // and in the middle
  std::string items;
  for (int i = 0; i < 1000; ++i) items += std::to_string(i) + "\n";
  done = subprocess::run({"bash", "-c", "ulimit -f 8; exec \"$@\"", "bash", WEFT_COMMAND_FILE, "map", "--joblog",
                          folder.path() + "/log", "echo"},
                         {.input = items, .capture_output = true});
  EXPECT_EQ(done.returncode, 255);
  EXPECT_EQ(done.stderr, "weft map: cannot write " + folder.path() + "/log: File too large\n");
  std::size_t logged = lines(contents(folder.path() + "/log")).size();
  done = map({"--joblog", folder.path() + "/log", "--resume", "echo"}, items);
  EXPECT_EQ(done.returncode, 0) << done.stderr;
  EXPECT_GE(lines(done.stdout).size(), 1000 - logged);
  EXPECT_EQ(lines(contents(folder.path() + "/log")).size(), 1001u);
}

// Killed with SIGKILL again and again, at any moment: what a line of the log
// says was done is not run again, all of it is done in the end, and no command
// outlives the weft map that ran it.
TEST(WeftMapResume, IsExactAfterSigkill) {
  test::limit(1200);
  test::TempFolder folder;
  std::mt19937_64 random(test::seed());
  const int kills = test::rounds(25, 400), items = test::rounds(400, 4000);
  std::string input, log = folder.path() + "/log", out = folder.path() + "/out", ran = folder.path() + "/ran";
  for (int i = 1; i <= items; ++i) input += std::to_string(i) + "\n";
  std::ofstream(folder.path() + "/items") << input;

  // Each command says that it ran, in a file of its own kind, and prints two lines.
  Words command = weft_map({"-j3", "-a", folder.path() + "/items", "--joblog", log, "--resume", "sh", "-c",
                            "echo $0 >> $1; echo begin $0; echo end $0", "{}", ran});
  auto logged = [&] {
    std::multiset<std::string> all;
    std::string text = contents(log);
    text.erase(text.rfind('\n') + 1);
    for (const std::string& line : lines(text)) all.insert(line.substr(0, line.find('\t')));
    all.erase("Seq");
    return all;
  };
  auto ran_items = [&] {
    std::multiset<std::string> all;
    for (const std::string& line : lines(contents(ran))) all.insert(line);
    return all;
  };

  int killed = 0;
  std::multiset<std::string> logged_before, ran_before;
  for (;;) {
    Mark mark;
    int fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    Popen weft(command, {.stdout = fd, .env = mark.env});
    ::close(fd);
    if (killed < kills) {
      std::int64_t until = test::real_now() + static_cast<std::int64_t>(random() % 25'000'000);
      while (test::real_now() < until && !weft.poll()) {
      }
      weft.kill();
      ++killed;
    }
    int status = weft.wait(600);
    ASSERT_TRUE(wait_until([&] { return mark.bearers("").empty(); }, 1)) << "left after " << killed;
    std::multiset<std::string> logged_now = logged(), ran_now = ran_items();
    for (const std::string& item : logged_before) {
      ASSERT_EQ(ran_now.count(item), ran_before.count(item))
          << "item " << item << " was run again after kill " << killed;
    }
    for (const std::string& item : logged_now) ASSERT_EQ(logged_now.count(item), 1u) << item;
    logged_before = logged_now;
    ran_before = ran_now;
    if (status == 0) break;
    ASSERT_EQ(status, -SIGKILL);
  }
  EXPECT_EQ(logged_before.size(), static_cast<std::size_t>(items));
  // What has a line in the log has all of its output, and in one piece.
  std::multiset<std::string> begun;
  std::vector<std::string> all = lines(contents(out));
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i].starts_with("begin ") && all[i + 1] == "end " + all[i].substr(6)) begun.insert(all[i].substr(6));
  }
  for (int i = 1; i <= items; ++i) EXPECT_GE(begun.count(std::to_string(i)), 1u) << i;
  EXPECT_LE(all.size(), 2 * static_cast<std::size_t>(items + 3 * killed));
}

}  // namespace
}  // namespace weft::cli

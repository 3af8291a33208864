// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// `weft tour`, and what shells and man read.
#include <gtest/gtest.h>

#include "cli/command.hpp"

namespace weft::cli {
namespace {

std::string weft(const Words& words) {
  Words all = {WEFT_COMMAND_FILE};
  all.insert(all.end(), words.begin(), words.end());
  return subprocess::check_output(all);
}

TEST(WeftTour, ListsItsLessons) {
  std::vector<std::string> names = lines(weft({"tour", "--names"}));
  EXPECT_GE(names.size(), 7u);
  std::string list = weft({"tour"});
  for (const std::string& name : names) EXPECT_NE(list.find("  " + name + " "), std::string::npos) << name;
}

TEST(WeftTour, ShowsEachProgramBesideItsTwin) {
  std::vector<std::string> names = lines(weft({"tour", "--names"}));
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string lesson = weft({"tour", names[i]});
    EXPECT_EQ(lesson, weft({"tour", std::to_string(i + 1)}));
    EXPECT_NE(lesson.find(".cpp"), std::string::npos);
    EXPECT_NE(lesson.find("int main() {"), std::string::npos);
    EXPECT_NE(lesson.find("Both print:"), std::string::npos);
    EXPECT_EQ(lesson.find("SPDX"), std::string::npos);
  }
}

TEST(WeftTour, GivesAProgramAlone) {
  EXPECT_NE(weft({"tour", "--cpp", "semaphore"}).find("#include <weft/threading.hpp>"), std::string::npos);
  std::string printed = subprocess::check_output({"python3", "-c", weft({"tour", "--python", "semaphore"})});
  std::string lesson = weft({"tour", "semaphores"});
  for (const std::string& line : lines(printed))
    EXPECT_NE(lesson.find("    " + line + "\n"), std::string::npos) << line;
}

TEST(WeftTour, KnowsWhatItDoesNotHave) {
  for (const Words& words :
       {Words{"tour", "nothing"}, Words{"tour", "0"}, Words{"tour", "--cpp", "x"}, Words{"tour", "1", "2"}}) {
    Words all = {WEFT_COMMAND_FILE};
    all.insert(all.end(), words.begin(), words.end());
    CompletedProcess done = subprocess::run(all, {.capture_output = true});
    EXPECT_EQ(done.returncode, 255);
    EXPECT_NE(done.stderr, "");
  }
}

std::string completed(const std::string& line) {
  std::string script = weft({"completion", "bash"}) + "weft() { " WEFT_COMMAND_FILE " \"$@\"; }; COMP_WORDS=(" + line +
                       "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _weft; echo \"${COMPREPLY[@]}\"\n";
  return subprocess::check_output({"bash", "-c", script});
}

TEST(WeftCompletion, Bash) {
  EXPECT_EQ(completed("weft comp"), "completion\n");
  EXPECT_EQ(completed("weft map --retr"), "--retries --retry-delay\n");
  EXPECT_EQ(completed("weft map --view l"), "live lines\n");
  EXPECT_EQ(completed("weft map -j 4 --retries 3 --or"), "--ordered\n");
  EXPECT_EQ(completed("weft map echo --retr"), "\n");  // the command's own affair
  EXPECT_EQ(completed("weft completion z"), "zsh\n");
  EXPECT_EQ(completed("weft map --view = l"), "live lines\n");  // as bash takes --view=l apart
  EXPECT_EQ(completed("weft map --view ="), "auto live lines none\n");
  EXPECT_EQ(completed("weft map --view = live --or"), "--ordered\n");
  EXPECT_EQ(completed("weft tour --cpp thread_p"), "thread_pool\n");
}

TEST(WeftCompletion, NamesWithBlanksStayWhole) {
  test::TempFolder folder;
  std::ofstream(folder.path() + "/two words");
  EXPECT_EQ(completed("weft map --joblog " + folder.path() + "/two"), folder.path() + "/two words\n");
  std::string script = weft({"completion", "bash"}) + "COMP_WORDS=(weft map --joblog " + folder.path() +
                       "/two); COMP_CWORD=3; _weft; echo ${#COMPREPLY[@]}\n";
  EXPECT_EQ(subprocess::check_output({"bash", "-c", script}), "1\n");
}

TEST(Weft, HelpIsACommandToo) {
  EXPECT_EQ(weft({"help"}), weft({"--help"}));
  for (const Words& wrong : {Words{"--version", "extra"}, Words{"man", "extra"}, Words{"tour", "--cpp"}}) {
    Words all = {WEFT_COMMAND_FILE};
    all.insert(all.end(), wrong.begin(), wrong.end());
    CompletedProcess done = subprocess::run(all, {.capture_output = true});
    EXPECT_EQ(done.returncode, 255);
    EXPECT_EQ(done.stderr.find("no lesson"), std::string::npos) << done.stderr;
  }
  EXPECT_NE(map({"-P", "4", "echo", ":::", "1"}).stderr.find("-j is what xargs calls -P"), std::string::npos);
}

TEST(Weft, FoldersAreDirnames) {
  for (const char* path : {"a/b/", "a//b", "a", "/", "//", "/a", "a/b", "a/", "/a//"}) {
    EXPECT_EQ(map({"printf", "%s\\n", "{//}", ":::", path}).stdout, subprocess::check_output({"dirname", path}))
        << path;
  }
}

TEST(WeftCompletion, EachShellUnderstandsItsOwn) {
  test::TempFolder folder;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    std::string file = folder.path() + "/" + shell;
    std::ofstream(file) << weft({"completion", shell});
    auto check = [&] { return subprocess::run({shell, "-n", file}, {.capture_output = true}); };
    if (subprocess::call({"sh", "-c", "command -v " + std::string(shell)}, {.stdout = subprocess::DEVNULL}) != 0)
      continue;
    CompletedProcess done = check();
    EXPECT_EQ(done.returncode, 0) << shell << done.stderr;
  }
}

TEST(WeftManual, IsAPage) {
  std::string page = weft({"man"});
  EXPECT_TRUE(page.starts_with(".TH \"WEFT\\-MAP\" \"1\"")) << page.substr(0, 100);
  for (const char* section : {"NAME", "SYNOPSIS", "\"DESCRIPTION\"", "\"EXAMPLES\"", "OPTIONS", "\"EXIT STATUS\""}) {
    EXPECT_NE(page.find(std::string(".SH ") + section), std::string::npos) << section;
  }
  for (const std::string& line : lines(page)) EXPECT_FALSE(line.starts_with("'")) << line;
}

}  // namespace
}  // namespace weft::cli

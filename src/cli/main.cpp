// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "cli/help.hpp"
#include "cli/map.hpp"
#include "cli/options.hpp"
#include "cli/tour.hpp"
#include "weft/errors.hpp"
#include "weft/version.hpp"

namespace {

using weft::cli::UsageError;

// A file that we open must not become our stdin or stdout because that was closed. Who
// reads or writes what is not there hears of it.
void fill_standard_descriptors() {
  if (::fcntl(STDIN_FILENO, F_GETFD) < 0) ::open("/dev/null", O_WRONLY);
  const bool no_stdout = ::fcntl(STDOUT_FILENO, F_GETFD) < 0;
  int fd;
  do fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
  if (!no_stdout) return;
  fd = ::open("/dev/null", O_RDONLY);
  ::dup2(fd, STDOUT_FILENO);
  ::close(fd);
}

std::size_t columns() {
  winsize size{};
  bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 100;
}

int print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? 0 : weft::cli::Failure;
}

int map(const std::vector<std::string>& words) {
  weft::cli::MapOptions options = weft::cli::parsed(words);
  return options.help ? print(weft::cli::map_help(columns())) : weft::cli::map(options);
}

int run(const std::string& word, const std::vector<std::string>& rest) {
  if (word == "map") return map(rest);
  if (word == "tour") return print(weft::cli::tour(rest, columns()));
  bool stands_alone = word == "--version" || word == "--help" || word == "-h" || word == "help" || word == "man";
  if (stands_alone && !rest.empty()) throw UsageError(word + " takes no more words");
  if (word == "--version") return print("weft " WEFT_VERSION "\n");
  if (word == "--help" || word == "-h" || word == "help") return print(weft::cli::help());
  if (word == "man") return print(weft::cli::manual());
  if (word == "completion") {
    std::string script = rest.size() == 1 ? weft::cli::completion(rest[0]) : std::string();
    if (script.empty()) throw UsageError("weft completion takes the name of a shell: bash, zsh or fish");
    return print(script);
  }
  throw UsageError("there is no command " + word);
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  std::vector<std::string> words(argv + 1, argv + argc);
  const char* name = !words.empty() && words[0] == "map" ? "weft map" : "weft";
  try {
    if (words.empty()) throw UsageError("a command is missing");
    return run(words[0], {words.begin() + 1, words.end()});
  } catch (const UsageError& error) {
    std::fprintf(stderr, "%s: %s\nTry `%s --help`.\n", name, error.what(), name);
  } catch (const weft::OSError& error) {  // "open FILE: No such file or directory"
    std::fprintf(stderr, "%s: cannot %s\n", name, error.std::system_error::what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
  }
  return weft::cli::Failure;
}

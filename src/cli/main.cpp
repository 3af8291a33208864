// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/map.hpp"
#include "weft/version.hpp"

namespace {

using weft::cli::MapOptions;

constexpr const char* About = "weft: many things at once, from the shell.";

constexpr const char* AboutMap = R"(Runs a command for each item, several at a time.

Items are lines on stdin, or what follows :::, or the lines of a file. {} in the
command stands for the item, as often as it occurs; where it does not occur, the
item is added at the end. Each command's output is printed in one piece when it
ends, so nothing is torn. What fails is named on stderr.)";

constexpr const char* MapExamples = R"(Examples:
  weft map gzip ::: *.log                  each file, on all cores
  find . -name '*.wav' -print0 | weft map -0 -- flac --silent {}
  weft map -j 8 -a urls.txt --retries 3 -- curl -fsSO {}
  seq 100 | weft map -- sh -c 'sleep 0.1; echo $0 squared is $(($0 * $0))' {}
  yes | weft map -- date | head -3         input may be endless

Exit status:
  0 to 100  so many items failed; 101: more than 100 did
  126, 127  the command cannot be executed, or was not found
  128 + N   ended by signal N: 130 for Ctrl-C, 141 when nobody reads the output
  255       anything else: wrong usage, a file that cannot be read

Ctrl-C ends all commands: SIGTERM to each and to what it has started, SIGKILL
after 0.4 s. Commands read nothing: their stdin is /dev/null. WEFT_CPU_COUNT
changes how many run at a time when -j is not given.)";

class MapHelp : public CLI::Formatter {
  std::string make_description(const CLI::App*) const override { return std::string(AboutMap) + "\n\n"; }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: weft map [OPTIONS] [--] COMMAND [WORD...] [::: ITEM...]\n";
  }
};

// Where the command begins: after --, or at the first word that is neither an
// option of ours nor the value of one. From there on nothing is ours.
int command_begin(const CLI::App& map, int argc, char** argv, int first) {
  for (int i = first; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == "--" || word.size() < 2 || word[0] != '-') return i;
    bool is_long = word[1] == '-';
    bool has_value = is_long && word.find('=') != std::string_view::npos;
    for (std::size_t letter = 1; letter < word.size() && !has_value; ++letter) {
      std::string name = is_long ? std::string(word) : std::string("-") + word[letter];
      const CLI::Option* option = map.get_option_no_throw(name);
      bool takes_value = option != nullptr && option->get_items_expected_min() > 0;
      if (takes_value && (is_long || letter + 1 == word.size())) ++i;  // it is the next word
      if (takes_value || is_long) break;
    }
  }
  return argc;
}

// A file that we open must not become our stdout because that was closed.
void fill_standard_descriptors() {
  int fd;
  do fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();

  CLI::App app(About, "weft");
  app.set_version_flag("--version", "weft " WEFT_VERSION, "Show the version, and exit");
  app.set_help_flag("-h,--help", "Show this help, and exit");
  app.require_subcommand(1);
  app.footer("`weft map --help` explains with examples.");

  MapOptions options;
  CLI::App* map = app.add_subcommand("map", "Run a command for each item, several at a time");
  map->formatter(std::make_shared<MapHelp>());
  map->footer(MapExamples);
  map->add_option("-j,--jobs", options.jobs, "How many run at a time (default: one for each CPU that may be used)")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000).description(""));
  map->add_flag("-0,--null", options.null, "Items end with a null byte, as find -print0 writes them");
  map->add_option("-a,--arg-file", options.file, "Read the items from FILE")->type_name("FILE");
  map->add_option("--retries", options.retries, "Run a command that failed again, up to N times (default: 0)")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000).description(""));

  try {
    int begin = argc > 1 && argv[1] == std::string_view("map") ? command_begin(*map, argc, argv, 2) : argc;
    app.parse(begin, argv);
    if (begin < argc && argv[begin] == std::string_view("--")) ++begin;
    auto mark = std::find(argv + begin, argv + argc, std::string_view(":::"));
    options.command.assign(argv + begin, mark);
    if (mark != argv + argc) options.arguments.emplace(mark + 1, argv + argc);
    if (options.command.empty()) throw CLI::RequiredError("weft map: a command");
    if (options.arguments && !options.file.empty()) {
      throw CLI::ValidationError("weft map", "items come from -a or from :::, not from both");
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : weft::cli::Failure;
  }

  try {
    return weft::cli::map(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "weft: %s\n", error.what());
    return weft::cli::Failure;
  }
}

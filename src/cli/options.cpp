// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

namespace weft::cli {
namespace {

std::int64_t number(const std::string& text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    throw UsageError(fmt::format("takes a number from {} to {}, not '{}'", least, most, text));
  }
  return value;
}

// A number with a unit, in terms of the unit that stands first.
struct Unit {
  std::string_view name;
  double worth;
};

std::optional<double> measure(const std::string& text, std::span<const Unit> units) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const Unit& known : units) {
    if (unit == known.name) return value * known.worth;
  }
  return std::nullopt;
}

Time duration(const std::string& text) {
  constexpr Unit Units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  std::optional<double> value = measure(text, Units);
  if (!value || *value > 1e9)
    throw UsageError(fmt::format("takes a time like 10, 0.5s, 200ms, 5m or 2h, not '{}'", text));
  return static_cast<Time>(*value * 1e9);
}

std::int64_t size(const std::string& text) {
  constexpr double K = 1024;
  constexpr Unit Units[] = {{"", 1},  {"K", K},     {"M", K * K},    {"G", K * K * K}, {"T", K * K * K * K},
                            {"k", K}, {"m", K * K}, {"g", K * K * K}};
  std::optional<double> value = measure(text, Units);
  if (!value || *value < 1 || *value > 1e18)
    throw UsageError(fmt::format("takes a size like 500K, 10M or 1.5G, not '{}'", text));
  return static_cast<std::int64_t>(*value);
}

Show show(const std::string& text) {
  constexpr std::string_view Names[] = {"auto", "live", "lines", "none"};
  const auto* found = std::find(std::begin(Names), std::end(Names), text);
  if (found == std::end(Names)) throw UsageError(fmt::format("takes auto, live, lines or none, not '{}'", text));
  return static_cast<Show>(found - std::begin(Names));
}

Halt halt(const std::string& text) {
  std::optional<Halt> found = Halt::parsed(text);
  if (!found)
    throw UsageError(
        fmt::format("takes never, or soon or now with ,fail=N or ,success=N or ,done=N, "
                    "where N may end with %; not '{}'",
                    text));
  return *found;
}

using O = MapOptions&;
using V = const std::string&;

constexpr Option Input[] = {
    {'0', "null", nullptr, "Items end with a null byte, as find -print0 writes them, not with a newline.",
     [](O o, V) { o.items.null = true; }},
    {'a', "arg-file", "FILE", "Read items from FILE; - is stdin. Given several times, each with each.",
     [](O o, V v) {
       o.items.sources.push_back({{}, v});
     }},
    {'C', "colsep", "TEXT", "Split each line at TEXT: {1}, {2}, ... are its columns.",
     [](O o, V v) { o.items.column_separator = v; }},
    {0, "pipe", nullptr, "Items are blocks of stdin, of whole lines, which commands read on their stdin.",
     [](O o, V) { o.pipe = true; }},
    {0, "block", "SIZE", "How large blocks are, about (default: 1M).",
     [](O o, V v) {
       constexpr std::int64_t Most = 1 << 30;
       if (size(v) > Most) throw UsageError(fmt::format("takes a size up to 1G, not '{}'", v));
       o.items.block = static_cast<std::size_t>(size(v));
     }},
};

constexpr Option Running[] = {
    {'j', "jobs", "N", "How many commands run at a time (default: one for each CPU that may be used).",
     [](O o, V v) { o.jobs = static_cast<int>(number(v, 1, 100'000)); }},
    {0, "timeout", "TIME",
     "End a command that runs for longer: SIGTERM to it and all that it has started, SIGKILL "
     "after --grace. The item has failed. A daemon, with a session of its own and a parent that "
     "has ended, is not found; Ctrl-C ends these, too.",
     [](O o, V v) {
       o.timeout = duration(v);
       if (o.timeout == 0) throw UsageError(fmt::format("takes a time above 0, not '{}'", v));
     }},
    {0, "grace", "TIME", "How long what gets a SIGTERM has, to end by itself (default: 2s).",
     [](O o, V v) { o.grace = duration(v); }},
    {0, "mem", "SIZE",
     "Start no further command while less than SIZE of memory is available, and end one that uses "
     "more than SIZE, with all that it has started but daemons. It is looked at ten times a "
     "second; what processes share is counted once.",
     [](O o, V v) { o.memory = size(v); }},
    {0, "dry-run", nullptr, "Print the commands, as a shell would read them, and run none.",
     [](O o, V) { o.dry_run = true; }},
};

constexpr Option Failing[] = {
    {0, "retries", "N", "Run the command of an item that failed again, up to N times (default: 0).",
     [](O o, V v) { o.retries = static_cast<int>(number(v, 0, 1'000'000)); }},
    {0, "retry-delay", "TIME",
     "Wait so long before the first retry, twice as long before the second, and so on, up to "
     "a minute, a little more or less (default: 100ms). Other items run meanwhile.",
     [](O o, V v) { o.retry_delay = duration(v); }},
    {0, "halt", "WHEN",
     "End early. soon,fail=3: start nothing more once three items have failed; now,fail=10%: and end "
     "what runs; now,success=1: once one has succeeded; soon,done=100. soon and now alone: at "
     "the first failure. A percentage is one of all items, or while their end has not been read, of "
     "those that have ended; it counts from the third on.",
     [](O o, V v) { o.halt = halt(v); }},
};

constexpr Option Output[] = {
    {'k', "ordered", nullptr, "Print what commands write in the order of the items, not as they end.",
     [](O o, V) { o.ordered = true; }},
    {0, "view", "HOW",
     "live: a view of what runs, on a terminal; lines: a line from time to time, the first after a "
     "second; none; or auto: live on a terminal, else lines, the first after ten seconds (default).",
     [](O o, V v) { o.show = show(v); }},
    {0, "summary", nullptr,
     "At the end, tell where the time went, which items were the slowest, and what was retried and "
     "why. On a terminal it is told anyway, if it took some seconds.",
     [](O o, V) { o.summary = true; }},
    {0, "json", "FILE", "Write each event to FILE as a line of JSON. /dev/fd/3 is where a shell's 3> leads.",
     [](O o, V v) { o.json = v; }},
};

constexpr Option Resuming[] = {
    {0, "joblog", "FILE", "Write a line to FILE for each item that is finished with, as GNU parallel does.",
     [](O o, V v) { o.joblog = v; }},
    {0, "resume", nullptr,
     "Leave out what succeeded as the joblog says, and go on with it: what failed or was not "
     "finished is run.",
     [](O o, V) { o.resume = true; }},
};

constexpr Option Rest[] = {
    {'h', "help", nullptr, "Show this help, and exit.", [](O o, V) { o.help = true; }},
};

constexpr OptionGroup Groups[] = {{"Items", Input},          {"Running", Running},   {"When a command fails", Failing},
                                  {"What is shown", Output}, {"Going on", Resuming}, {"Help", Rest}};

const Option* with_letter(char letter) {
  for (const OptionGroup& group : Groups) {
    for (const Option& option : group.options) {
      if (option.letter == letter) return &option;
    }
  }
  return nullptr;
}

const Option* with_name(std::string_view name) {
  for (const OptionGroup& group : Groups) {
    for (const Option& option : group.options) {
      if (option.name == name) return &option;
    }
  }
  return nullptr;
}

// How many letters must be changed, put in or left out.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

[[noreturn]] void unknown(std::string_view name) {
  std::string nearest;
  std::size_t best = 3;
  for (const OptionGroup& group : Groups) {
    for (const Option& option : group.options) {
      std::size_t d = std::string_view(option.name).starts_with(name) ? 0 : distance(name, option.name);
      if (d < best) {
        best = d;
        nearest = option.name;
      }
    }
  }
  throw UsageError(fmt::format("there is no option --{}{}", name,
                               nearest.empty() ? std::string() : fmt::format("; did you mean --{}?", nearest)));
}

void apply(const Option& option, MapOptions& options, const std::string& value) {
  try {
    option.apply(options, value);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("--{} {}", option.name, error.what()));
  }
}

using Word = std::vector<std::string>::const_iterator;

const std::string& value_of(const Option& option, Word& word, Word end) {
  if (word == end) throw UsageError(fmt::format("--{} takes a value: {}", option.name, option.value));
  return *word++;
}

// One word of options; `word` moves past it, and past the value if that is a word of its own.
void parse_option(MapOptions& options, Word& word, Word end) {
  std::string_view text = *word++;
  if (text.starts_with("--")) {
    std::size_t equals = text.find('=');
    const Option* option = with_name(text.substr(2, equals == text.npos ? text.npos : equals - 2));
    if (option == nullptr) unknown(text.substr(2, equals == text.npos ? text.npos : equals - 2));
    if (option->value == nullptr && equals != text.npos)
      throw UsageError(fmt::format("--{} takes no value", option->name));
    if (option->value == nullptr) return apply(*option, options, {});
    return apply(*option, options,
                 equals != text.npos ? std::string(text.substr(equals + 1)) : value_of(*option, word, end));
  }
  for (text.remove_prefix(1); !text.empty();) {
    const Option* option = with_letter(text[0]);
    if (option == nullptr) {
      const char* hint = text[0] == 'P'   ? "; -j is what xargs calls -P"
                         : text[0] == 'n' ? "; each command gets one item, as with xargs -n 1"
                         : text[0] == 'I' ? "; {} stands for the item"
                                          : "";
      throw UsageError(fmt::format("there is no option -{}{}", text[0], hint));
    }
    text.remove_prefix(1);
    if (option->value == nullptr) {
      apply(*option, options, {});
    } else {
      return apply(*option, options, text.empty() ? value_of(*option, word, end) : std::string(text));
    }
  }
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code none;
  return a == b || std::filesystem::equivalent(a, b, none);
}

bool begins_source(const std::string& word) {
  return word == ":::" || word == ":::+" || word == "::::" || word == "::::+";
}

}  // namespace

std::span<const OptionGroup> map_options() { return Groups; }

MapOptions parsed(const std::vector<std::string>& words) {
  MapOptions options;
  auto word = words.begin();
  while (word != words.end() && word->size() > 1 && (*word)[0] == '-' && *word != "--") {
    parse_option(options, word, words.end());
    if (options.help) return options;
  }
  if (word != words.end() && *word == "--") ++word;
  auto sources = std::find_if(word, words.end(), begins_source);
  options.command.assign(word, sources);

  for (word = sources; word != words.end();) {
    bool files = word->starts_with("::::"), linked = word->ends_with('+');
    if (linked && options.items.sources.empty())
      throw UsageError(*word + " has nothing before it to go side by side with");
    auto end = std::find_if(++word, words.end(), begins_source);
    if (!files) {
      options.items.sources.push_back({std::vector<std::string>(word, end), {}, linked});
    } else {
      if (word == end) throw UsageError(":::: takes the names of files");
      for (; word != end; ++word) options.items.sources.push_back({{}, *word, linked});
    }
    word = end;
  }

  if (options.command.empty()) throw UsageError("a command is missing");
  if (options.pipe) {
    if (!options.items.sources.empty()) throw UsageError("--pipe takes its blocks from stdin, and no other items");
    if (!options.items.column_separator.empty()) throw UsageError("--pipe and --colsep do not go together");
    if (options.items.block == 0) options.items.block = 1 << 20;
  } else if (options.items.block > 0) {
    throw UsageError("--block goes with --pipe");
  }
  if (!options.json.empty() && is_same_file(options.json, options.joblog))
    throw UsageError("--json and --joblog cannot share a file");
  if (options.resume && options.joblog.empty()) throw UsageError("--resume goes on with a --joblog: which?");
  return options;
}

}  // namespace weft::cli

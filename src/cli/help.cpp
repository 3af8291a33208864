// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/options.hpp"
#include "weft/version.hpp"

// What is said about the command is said here once: --help shows it as text, the
// manual as a page, and the shells complete by the same list of options.
namespace weft::cli {
namespace {

constexpr const char* Synopsis = "weft map [OPTION...] [--] COMMAND [WORD...] [::: ITEM...]";
constexpr const char* InOneLine = "run a command for each item, several at a time";

// Paragraphs; lines that begin with a blank stand as they are.
struct Section {
  const char* title;
  const char* text;
};

constexpr Section Before[] = {
    {"Description",
     R"(Runs COMMAND for each item, several at a time, and tells the truth about each: what a command writes is printed in one piece when it ends, so nothing is torn; what fails is named on stderr and counted in the exit status; what is killed can be tried again.

Items are lines of stdin, or what follows :::, or the lines of files. They are read no faster than they are used, so the input may be endless, and memory stays flat.)"},
    {"Examples",
     R"(  weft map gzip ::: *.log                   each file, on all cores
  find . -name '*.wav' -print0 | weft map -0 -- flac --silent -o {.}.flac {}
  weft map -a urls.txt --retries 3 --timeout 30s -- curl -fsSO {}
  weft map -k echo {1} {2} ::: a b c ::: 1 2    each with each, in order
  weft map --joblog log --resume -a jobs -- ./work {}     goes on where it was
  cat access.log | weft map --pipe --block 10M -- grep -c ERROR
  seq 100 | weft map sh -c 'sleep 0.1; echo $0 squared is $(($0 * $0))' {}
  weft map --dry-run ...                    shows what would be run)"},
    {"The item's place",
     R"(These stand for the item, in any word of the command and as often as one likes. Where none of them but {#} and {%} occurs, the item is added at the end.

  {}     the item                     photos/cat.jpg
  {.}    without its extension        photos/cat
  {/}    its file name                cat.jpg
  {/.}   that without its extension   cat
  {//}   its folder                   photos
  {1}    the first of several values; also {2.}, {2/}, {2/.}, {2//}
  {#}    its number, from 1
  {%}    the number of the slot that runs it, from 1

No shell reads the command: for pipes, variables and the like, say sh -c '...' {} and take $0.)"},
    {"Several sources",
     R"(  ::: A B C      items
  :::: FILE      the lines of a file; - is stdin
  :::+  ::::+    the same, side by side with the source before, not each with each

::: a b ::: 1 2 is a 1, a 2, b 1, b 2. ::: a b :::+ 1 2 is a 1, b 2; what is left over of the longer one is left out. The first source may be endless, the others are kept in memory.)"},
};

constexpr Section After[] = {
    {"When it ends",
     R"(Ctrl-C, SIGTERM and SIGHUP end all commands and what they have started, also what has left their process group: SIGTERM to each, SIGKILL after 0.4 s. When weft map itself is killed with SIGKILL, its commands and their process groups are, too. What a command that ended by itself has left running is neither waited for nor ended. Ctrl-Z stops the commands as well.

Commands read nothing: their stdin is /dev/null, or a block with --pipe.)"},
    {"Exit status",
     R"(  0 to 100  so many items failed; 101: more than 100 did
  126, 127  the command cannot be executed, or was not found
  128 + N   ended by signal N: 130 for Ctrl-C, 141 when nobody reads the output
  255       anything else: wrong usage, a file that cannot be read or written

What is left out of --json is told, and changes no status.)"},
    {"Going on after a crash",
     R"(A line of the joblog is written once all output of its item has been written. So an item that has a line with status 0 was done, and --resume never runs it again; each other is run. That holds when weft map is killed at any moment: a last line that was written in part is taken off. When the machine itself loses its power, the last lines may be lost, and their items are run again. Items are known by their number and their command, blocks of --pipe by what they hold as well; where an item that was done is another one now, everything ends. An item that ended just before a SIGKILL, and has no line yet, is run again: what it wrote may stand twice.)"},
    {"Large outputs",
     R"(What commands write is kept in memory up to 4 MiB in all, and beyond that in a file without a name in $TMPDIR (/tmp), until its turn to be printed comes. If the disk is full, the command that writes is ended, its item has failed, and the others go on.)"},
    {"Environment",
     R"(  WEFT_CPU_COUNT  how many commands run at a time when -j is not given
  TMPDIR          where large outputs are kept
  TERM, NO_COLOR  dumb: there is no live view; if set: it has no colours)"},
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// Breaks at blanks. All lines but the first begin with `indent` blanks.
std::string wrapped(const std::string& text, std::size_t columns, std::size_t indent) {
  std::string shown;
  std::size_t used = indent;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(text.find(' ', begin), text.size());
    std::size_t length = end - begin;
    if (used > indent && used + 1 + length > columns) {
      shown += "\n" + std::string(indent, ' ');
      used = indent;
    } else if (used > indent) {
      shown += ' ';
      ++used;
    }
    shown.append(text, begin, length);
    used += length;
    begin = end + 1;
  }
  return shown;
}

std::string shown(const Section& section, std::size_t columns) {
  std::string text = std::string(section.title) + ":\n";
  for (const std::string& line : lines_of(section.text)) {
    bool as_it_stands = line.empty() || line[0] == ' ';
    text += as_it_stands ? line : "  " + wrapped(line, columns - 2, 0);
    text += '\n';
  }
  std::string indented;
  for (std::size_t i = 0; i < text.size(); ++i) {
    indented += text[i];
    bool at_line = text[i] == '\n' && i + 1 < text.size() && text[i + 1] != ' ' && text[i + 1] != '\n';
    if (at_line) indented += "  ";
  }
  return indented + "\n";
}

std::string names_of(const Option& option) {
  std::string names =
      option.letter != 0 ? fmt::format("-{}, --{}", option.letter, option.name) : fmt::format("    --{}", option.name);
  return option.value != nullptr ? names + " " + option.value : names;
}

std::string escaped(std::string_view text) {  // for troff
  std::string shown;
  for (char c : text) {
    if (c == '\\') {
      shown += "\\e";
    } else if (c == '-') {
      shown += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (shown.empty() || shown.back() == '\n')) shown += "\\&";
      shown += c;
    }
  }
  return shown;
}

std::string page_section(const Section& section) {
  std::string title = section.title;
  std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string page = ".SH \"" + title + "\"\n";
  bool verbatim = false;
  for (const std::string& line : lines_of(section.text)) {
    bool as_it_stands = !line.empty() && line[0] == ' ';
    if (as_it_stands != verbatim) page += as_it_stands ? ".PP\n.nf\n" : ".fi\n";
    verbatim = as_it_stands;
    page += line.empty() ? ".PP\n" : escaped(line) + "\n";
  }
  return verbatim ? page + ".fi\n" : page;
}

std::string quoted_for_shell(std::string_view text) {  // inside '...'
  std::string shown;
  for (char c : text) shown += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return shown;
}

std::string first_sentence(std::string_view text) {
  std::size_t end = text.find_first_of(".:(");
  std::string sentence(text.substr(0, end));
  while (!sentence.empty() && sentence.back() == ' ') sentence.pop_back();
  return sentence;
}

template <class See>
void each_option(See see) {
  for (const OptionGroup& group : map_options()) {
    for (const Option& option : group.options) see(option);
  }
}

bool takes_file(const Option& option) { return option.value != nullptr && option.value == std::string_view("FILE"); }

std::string words_for(std::string_view name) {  // the values that can be listed
  if (name == "view") return "auto live lines none";
  if (name == "halt") return "soon now never soon,fail=1 now,fail=1 now,fail=10% now,success=1 soon,done=100";
  return {};
}

std::string bash() {
  std::string names, files, values, lists;
  each_option([&](const Option& option) {
    names += fmt::format(" --{}", option.name);
    std::string both =
        option.letter != 0 ? fmt::format("-{}|--{}", option.letter, option.name) : fmt::format("--{}", option.name);
    if (takes_file(option)) {
      files += (files.empty() ? "" : "|") + both;
    } else if (std::string words = words_for(option.name); !words.empty()) {
      lists += fmt::format("    {}) mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$cur\"); return ;;\n", both, words);
    } else if (option.value != nullptr) {
      values += (values.empty() ? "" : "|") + both;
    }
  });
  return fmt::format(R"sh(# bash completion for weft
_weft() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} i
  COMPREPLY=()
  # bash makes three words of --view=l
  if [ "$cur" = = ]; then
    cur=
  elif [ "$prev" = = ]; then
    prev=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'map tour completion man --help --version' -- "$cur")
    return
  fi
  case ${{COMP_WORDS[1]}} in
    map) ;;
    completion) mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$cur"); return ;;
    tour)
      case $prev in
        --cpp|--python) mapfile -t COMPREPLY < <(compgen -W "$(weft tour --programs 2>/dev/null)" -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "--cpp --python $(weft tour --names 2>/dev/null)" -- "$cur") ;;
      esac
      return ;;
    *) return ;;
  esac
  # Where the command begins, everything is its own.
  for ((i = 2; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
      --) i=$((i + 1)); break ;;
      {0}|{1}|--view|--halt)
        i=$((i + 1))
        [ "${{COMP_WORDS[i]}}" != = ] || i=$((i + 1))
        ;;
      -*) ;;
      *) break ;;
    esac
  done
  if [ "$i" -lt "$COMP_CWORD" ]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    return
  fi
  case $prev in
    {0}) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
{2}    {1}) return ;;
  esac
  case $cur in
    -*) mapfile -t COMPREPLY < <(compgen -W '{3}' -- "$cur") ;;
    *) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
  esac
}}
complete -o filenames -F _weft weft
)sh",
                     files, values, lists, names.substr(1));
}

std::string zsh() {
  std::string specs;
  each_option([&](const Option& option) {
    std::string help = first_sentence(option.help);
    std::replace(help.begin(), help.end(), '[', '(');
    std::replace(help.begin(), help.end(), ']', ')');
    std::string words = words_for(option.name);
    std::string argument = takes_file(option)        ? ":file:_files"
                           : !words.empty()          ? fmt::format(":{}:({})", option.value, words)
                           : option.value != nullptr ? fmt::format(":{}:", option.value)
                                                     : "";
    for (const std::string& name :
         {option.letter != 0 ? fmt::format("-{}", option.letter) : std::string(), fmt::format("--{}", option.name)}) {
      if (!name.empty()) specs += fmt::format("        '*{}[{}]{}' \\\n", name, quoted_for_shell(help), argument);
    }
  });
  return fmt::format(R"sh(#compdef weft
_weft() {{
  if (( CURRENT == 2 )); then
    local -a commands=(map:'{0}' tour:'lessons, each a small program' completion:'completion for a shell' man:'the manual page')
    _describe command commands
    return
  fi
  case $words[2] in
    map)
      shift words
      (( CURRENT-- ))
      _arguments -S -A '-*' \
{1}        '(-):command:_command_names -e' '*::arguments:_normal'
      ;;
    completion) _values shell bash zsh fish ;;
    tour) _values lesson $(weft tour --names 2>/dev/null) ;;
  esac
}}
_weft "$@"
)sh",
                     InOneLine, specs);
}

std::string fish() {
  std::string text = R"(# fish completion for weft
complete -c weft -n __fish_use_subcommand -f -a map -d ')" +
                     std::string(InOneLine) + R"('
complete -c weft -n __fish_use_subcommand -f -a tour -d 'lessons, each a small program'
complete -c weft -n __fish_use_subcommand -f -a completion -d 'completion for a shell'
complete -c weft -n __fish_use_subcommand -f -a man -d 'the manual page'
complete -c weft -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'
complete -c weft -n '__fish_seen_subcommand_from tour' -f -a '(weft tour --names 2>/dev/null)'
)";
  each_option([&](const Option& option) {
    text += "complete -c weft -n '__fish_seen_subcommand_from map'";
    if (option.letter != 0) text += fmt::format(" -s {}", option.letter);
    text += fmt::format(" -l {}", option.name);
    std::string words = words_for(option.name);
    if (takes_file(option)) {
      text += " -r";
    } else if (option.value != nullptr) {
      text += words.empty() ? " -x" : fmt::format(" -x -a '{}'", words);
    }
    text += fmt::format(" -d '{}'\n", quoted_for_shell(first_sentence(option.help)));
  });
  return text;
}

}  // namespace

std::string help() {
  return fmt::format(R"(weft: many things at once, from the shell.

Usage: weft COMMAND ...

  map         {}; `weft map --help` explains with examples
  tour        lessons, each a small program beside its Python twin
  completion  print what a shell reads to complete our words: bash, zsh, fish
  man         print the manual page: weft man | man -l -

  --help, --version
)",
                     InOneLine);
}

std::string map_help(std::size_t columns) {
  columns = std::clamp<std::size_t>(columns, 40, 100);
  std::string text = fmt::format("Usage: {}\n\n", Synopsis);
  for (const Section& section : Before) text += shown(section, columns);
  constexpr std::size_t Indent = 26;
  for (const OptionGroup& group : map_options()) {
    text += std::string(group.title) + ":\n";
    for (const Option& option : group.options) {
      std::string names = "  " + names_of(option);
      text += names +
              (names.size() + 2 > Indent ? "\n" + std::string(Indent, ' ') : std::string(Indent - names.size(), ' '));
      text += wrapped(option.help, columns, Indent) + "\n";
    }
    text += "\n";
  }
  for (const Section& section : After) text += shown(section, columns);
  text.pop_back();
  return text;
}

std::string manual() {
  std::string page = fmt::format(".TH \"WEFT\\-MAP\" \"1\" \"\" \"weft {}\" \"weft\"\n", WEFT_VERSION);
  page += fmt::format(".SH NAME\nweft\\-map \\- {}\n.SH SYNOPSIS\n.B weft map\n{}\n", InOneLine,
                      escaped(std::string_view(Synopsis).substr(sizeof "weft map")));
  for (const Section& section : Before) page += page_section(section);
  page += ".SH OPTIONS\n";
  for (const OptionGroup& group : map_options()) {
    page += fmt::format(".SS \"{}\"\n", group.title);
    for (const Option& option : group.options) {
      std::string names = names_of(option);
      names.erase(0, names.find_first_not_of(' '));
      page += fmt::format(".TP\n.B {}\n{}\n", escaped(names), escaped(option.help));
    }
  }
  for (const Section& section : After) page += page_section(section);
  return page;
}

std::string completion(std::string_view shell) {
  return shell == "bash" ? bash() : shell == "zsh" ? zsh() : shell == "fish" ? fish() : std::string();
}

}  // namespace weft::cli

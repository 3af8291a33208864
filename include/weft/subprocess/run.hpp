// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/detail/api.hpp"
#include "weft/subprocess/popen.hpp"
#include "weft/subprocess/streams.hpp"
#include "weft/timeout.hpp"

namespace weft::subprocess {

/// How a program is run: Python's arguments, in Python's order. What is not
/// explained here is as in PopenOptions.
struct RunOptions {
  std::string executable = {};
  Stream stdin = {};
  std::optional<std::string_view> input = {};  ///< what the program reads on stdin
  Stream stdout = {};
  Stream stderr = {};
  bool capture_output = false;  ///< stdout and stderr are PIPE
  bool close_fds = true;
  bool shell = false;
  std::string cwd = {};
  Timeout timeout = {};  ///< then the program is killed, and TimeoutExpired thrown
  bool check = false;    ///< a returncode other than 0 is a CalledProcessError
  std::optional<std::map<std::string, std::string>> env = {};
  bool restore_signals = true;
  bool start_new_session = false;
  std::vector<int> pass_fds = {};
  int umask = -1;
  int pipesize = -1;
  int process_group = -1;
  std::vector<ResourceLimit> limits = {};
  int parent_death_signal = 0;
};

/// A program that has run, as subprocess.CompletedProcess.
struct WEFT_API CompletedProcess {
  std::vector<std::string> args;
  int returncode = 0;  ///< the exit status, or minus the signal
  std::string stdout;  ///< what it wrote, if that was captured
  std::string stderr;

  /// Throws CalledProcessError if the returncode is not 0.
  void check_returncode() const;
};

/// Runs a program and waits for it, as subprocess.run.
///
///     auto list = run({"ls", "-l"}, {.capture_output = true, .check = true});
///     std::cout << list.stdout;
///     auto sorted = run({"sort"}, {.input = "b\na\n", .stdout = PIPE});
///     run({"echo $HOME; exit 3"}, {.shell = true});
///
/// Whatever makes it throw, the program is killed first. With a timeout, note
/// that only the program itself is killed, not what it has started.
WEFT_API CompletedProcess run(const std::vector<std::string>& args, const RunOptions& options = {});

/// run(), for its returncode.
WEFT_API int call(const std::vector<std::string>& args, const RunOptions& options = {});

/// run() with check. Returns 0.
WEFT_API int check_call(const std::vector<std::string>& args, const RunOptions& options = {});

/// run() with check and stdout captured, which it returns.
WEFT_API std::string check_output(const std::vector<std::string>& args, const RunOptions& options = {});

/// Runs a line in the shell. Returns its returncode, and what it wrote to
/// stdout and stderr without the last newline.
WEFT_API std::pair<int, std::string> getstatusoutput(const std::string& command);

/// getstatusoutput(), for its output.
WEFT_API std::string getoutput(const std::string& command);

}  // namespace weft::subprocess

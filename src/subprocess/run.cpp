// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/subprocess/run.hpp"

#include <utility>

#include "weft/errors.hpp"
#include "weft/subprocess/errors.hpp"
#include "weft/subprocess/popen.hpp"

namespace weft::subprocess {

void CompletedProcess::check_returncode() const {
  if (returncode != 0) throw CalledProcessError(returncode, args, stdout, stderr);
}

CompletedProcess run(const std::vector<std::string>& args, const RunOptions& options) {
  Stream in = options.stdin, out = options.stdout, err = options.stderr;
  if (options.input) {
    if (in != Stream()) throw ValueError("stdin and input arguments may not both be used.");
    in = PIPE;
  }
  if (options.capture_output) {
    if (out != Stream() || err != Stream()) {
      throw ValueError("stdout and stderr arguments may not be used with capture_output.");
    }
    out = err = PIPE;
  }

  Popen child(args, {.executable = options.executable,
                     .stdin = in,
                     .stdout = out,
                     .stderr = err,
                     .close_fds = options.close_fds,
                     .shell = options.shell,
                     .cwd = options.cwd,
                     .env = options.env,
                     .restore_signals = options.restore_signals,
                     .start_new_session = options.start_new_session,
                     .pass_fds = options.pass_fds,
                     .umask = options.umask,
                     .pipesize = options.pipesize,
                     .process_group = options.process_group,
                     .limits = options.limits,
                     .parent_death_signal = options.parent_death_signal});
  CompletedProcess done{args, 0, {}, {}};
  try {
    Popen::Output output = child.communicate(options.input.value_or(std::string_view()), options.timeout);
    done.stdout = std::move(output.stdout);
    done.stderr = std::move(output.stderr);
    done.returncode = child.wait();
  } catch (...) {
    child.kill();
    child.wait();
    throw;
  }
  if (options.check) done.check_returncode();
  return done;
}

int call(const std::vector<std::string>& args, const RunOptions& options) { return run(args, options).returncode; }

int check_call(const std::vector<std::string>& args, const RunOptions& options) {
  run(args, options).check_returncode();
  return 0;
}

std::string check_output(const std::vector<std::string>& args, const RunOptions& options) {
  if (options.stdout != Stream()) throw ValueError("stdout argument not allowed, it will be overridden.");
  RunOptions captured = options;
  captured.stdout = PIPE;
  captured.check = true;
  return run(args, captured).stdout;
}

std::pair<int, std::string> getstatusoutput(const std::string& command) {
  CompletedProcess done = run({command}, {.stdout = PIPE, .stderr = STDOUT, .shell = true});
  if (done.stdout.ends_with('\n')) done.stdout.pop_back();
  return {done.returncode, std::move(done.stdout)};
}

std::string getoutput(const std::string& command) { return getstatusoutput(command).second; }

}  // namespace weft::subprocess

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/subprocess/errors.hpp"

#include <signal.h>
#include <string.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "subprocess/repr.hpp"

namespace weft::subprocess {
namespace {

std::string signal_name(int signal) {
  if (signal == SIGIO) return "SIGIO";  // Python's name for SIGPOLL
  if (signal == SIGRTMIN) return "SIGRTMIN";
  if (signal == SIGRTMAX) return "SIGRTMAX";
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : std::string();
}

std::string failure(int returncode, const std::vector<std::string>& cmd) {
  std::string text = "Command '" + repr(cmd) + "' ";
  if (returncode >= 0) return text + "returned non-zero exit status " + std::to_string(returncode) + ".";
  std::string number = std::to_string(-static_cast<long>(returncode));
  std::string name = signal_name(-returncode);
  if (name.empty()) return text + "died with unknown signal " + number + ".";
  return text + "died with <Signals." + name + ": " + number + ">.";
}

std::string expiry(const std::vector<std::string>& cmd, double timeout) {
  std::string text = "Command '" + repr(cmd) + "' ";
  if (std::isinf(timeout)) return text + "was still running when it was asked to stop";
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.6g", timeout);
  return text + "timed out after " + seconds + " seconds";
}

}  // namespace

SubprocessError::~SubprocessError() = default;
CalledProcessError::~CalledProcessError() = default;
TimeoutExpired::~TimeoutExpired() = default;

CalledProcessError::CalledProcessError(int status, std::vector<std::string> command, std::string output,
                                       std::string errors)
    : SubprocessError(failure(status, command)),
      returncode(status),
      cmd(std::move(command)),
      stdout(std::move(output)),
      stderr(std::move(errors)) {}

TimeoutExpired::TimeoutExpired(std::vector<std::string> command, double seconds, std::string output, std::string errors)
    : SubprocessError(expiry(command, seconds)),
      cmd(std::move(command)),
      timeout(seconds),
      stdout(std::move(output)),
      stderr(std::move(errors)) {}

}  // namespace weft::subprocess

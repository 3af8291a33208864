// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <string>

#include "cli/capture.hpp"
#include "cli/items.hpp"
#include "cli/shell.hpp"
#include "cli/stop.hpp"
#include "weft/subprocess.hpp"

namespace weft::cli {

/// What became of an item.
struct Finished {
  Item item;
  int tries = 0;
  int returncode = 0;  ///< as Popen's: minus the signal if one ended the command
  std::string error;   ///< why the command could not be run; empty if it was
  Capture out, err;

  bool succeeded() const noexcept { return error.empty() && returncode == 0; }
};

/// Runs the command for one item after the other, as often as it takes. Each
/// slot has a Runner of its own.
class Runner {
 public:
  Runner(const Template& command, int retries, Stop& stop);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Runs one item to its end. After a stop the command and all of its process
  /// group are ended, which takes half a second at most, and the result means
  /// nothing.
  Finished run(Item item);

 private:
  static constexpr std::size_t BufferSize = 1 << 16;

  subprocess::Popen start(const Item& item);
  void follow(subprocess::Popen& command, Finished& result);
  bool read_into(Capture& capture, int fd);

  const Template& command_;
  const int retries_;
  Stop& stop_;
  const int null_;  // what commands read
  std::unique_ptr<char[]> buffer_;
};

}  // namespace weft::cli

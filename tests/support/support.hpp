// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <string>

#include "support/wait_until.hpp"

namespace weft::test {

/// Gives the running test `seconds` instead of the usual 30 (0: no limit).
/// Counted from now, and multiplied by patience(), and by 20 under `make stress`.
/// When the time is up, the watchdog prints who waits for what and ends the process.
void limit(double seconds);

/// True under `make stress`: models look deeper, races run longer.
bool stressed();

/// `usual`, or `long_run` under `make stress`.
inline int rounds(int usual, int long_run) { return stressed() ? long_run : usual; }

/// The seed of a random test. Printed at once; WEFT_TEST_SEED takes it back.
std::uint64_t seed();

/// A folder of its own for a test, removed with all that is in it when this
/// goes out of scope.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace weft::test

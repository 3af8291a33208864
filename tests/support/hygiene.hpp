// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <map>
#include <string>

namespace weft::test {

/// What a process holds that a test could leave behind.
struct Belongings {
  /// From what it is ("thread 812", "descriptor 5") to how it looks from
  /// outside (its name, where it leads).
  std::map<std::string, std::string> things;

  /// Threads (but the watchdog), those whom weft knows as able to wait,
  /// children, open descriptors, entries in /dev/shm that this user made since `since` (seconds since 1970), and files
  /// in TMPDIR.
  static Belongings look(long since);

  /// What is here and was not there, a line each; empty if nothing.
  std::string beyond(const Belongings& before) const;
};

}  // namespace weft::test

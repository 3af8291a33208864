// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace weft::cli {

/// A command and what it has started: its process group, and those who left the
/// group, as far as they can be found by their parents. Who has no living
/// parent in the family and its own group can be anybody's: it is a stranger.
class Family {
 public:
  explicit Family(pid_t head) : head_(head) {}

  /// Finds those who have left the group, to be signalled with it from now on.
  void look();

  /// Sends a signal to all of them.
  void signal(int number) const;

  /// Whether anybody but the head is left. To be asked when the head is buried.
  bool has_left_some() const;

 private:
  struct Member {
    pid_t pid;
    std::uint64_t born;  // a pid is used again, but not with the same time of birth
  };

  void look_below(pid_t parent);

  pid_t head_;
  std::vector<Member> strays_;
};

/// How many bytes of memory a process and its descendants have resident.
std::int64_t resident_memory(pid_t head);

/// As resident_memory(), but what several processes share is shared out among
/// them. It costs more to find out.
std::int64_t proportional_memory(pid_t head);

/// The processes whose parent has died and that were given to us, since we are
/// their next living ancestor that asked for it.
class Adopted {
 public:
  Adopted();

  /// Buries those of them that have died. `is_ours(pid)` says which children are
  /// buried by somebody else; it is called for the dead only, and sees to it
  /// that they are.
  template <class IsOurs>
  void bury(IsOurs is_ours) const {
    for (;;) {
      pid_t dead = any_dead();
      if (dead <= 0) return;
      if (!is_ours(dead)) bury_one(dead);
    }
  }

  /// Kills all that are left, and what they have started: everybody that
  /// descends from this process, but for the children that it was born with.
  void end_all() const;

 private:
  static pid_t any_dead();
  static void bury_one(pid_t pid);

  std::vector<pid_t> strangers_;  // whoever became this program by exec had started them
};

}  // namespace weft::cli

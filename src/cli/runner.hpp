// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/capture.hpp"
#include "cli/descriptor.hpp"
#include "cli/family.hpp"
#include "cli/guard.hpp"
#include "cli/item.hpp"
#include "cli/poller.hpp"
#include "cli/template.hpp"
#include "cli/time.hpp"
#include "weft/subprocess.hpp"

namespace weft::cli {

struct RunnerOptions {
  int jobs = 1;
  Time timeout = Never;
  Time grace = 0;              ///< from SIGTERM to SIGKILL
  std::int64_t memory = 0;     ///< what each command may use; 0: any
  bool wants_command = false;  ///< Result::command is to be filled in
  int others = 0;              ///< how many descriptors somebody else needs for each job
};

/// The slots: each runs one command for one item. A command begins as a process
/// group of its own; when it has to end before its time, that goes for the group
/// and for all that it has started. Nothing here waits: the events of the Poller
/// and the time are brought here, and what became of items is fetched.
class Runner {
 public:
  /// Whether an errno says that there is no room at the moment.
  static bool is_want_of_room(int error) noexcept;

  Runner(const Template& command, const RunnerOptions& options, Poller& poller, Guard& guard, Spill& spill);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// How many can run at a time with the descriptors that we may have; jobs, if all.
  int most() const;

  int running() const noexcept { return static_cast<int>(slots_.size() - free_.size()); }
  bool has_free_slot() const noexcept { return running() < options_.jobs; }

  struct Start {
    int slot = -1;  ///< where it runs; -1: it does not
    int error = 0;  ///< the errno if the system has no room for another process at the moment
  };
  /// Starts a command, and takes the job, unless there was an error. A job that
  /// cannot be run at all is a Result.
  Start start(Job& job);

  /// Whether a key of the poller is one of ours.
  static bool owns(std::uint64_t key) noexcept { return (key & WhichMask) != Foreign; }
  static constexpr std::uint64_t Foreign = 3, WhichMask = 3;

  void handle(std::uint64_t key);
  /// Looks who has run out of time, and who uses too much memory.
  void look_at_the_clock(Time time);
  /// When that is next to be done.
  Time due() const noexcept { return due_.empty() ? Never : due_.begin()->first; }

  /// Ends all that runs: SIGTERM now, SIGKILL after `grace`. Their results are Cut.
  void end_all(Time grace);
  /// Stops all that runs, or lets it go on: Ctrl-Z.
  void signal_all(int number);
  /// Time in which nothing could run is not held against the commands.
  void let_time_pass(Time time);

  /// If `pid` is the head of a command, notes its end. For Adopted::bury().
  bool is_ours(pid_t pid);

  /// What has ended since the last call.
  std::vector<Result> take() { return std::exchange(finished_, {}); }

  struct Sight {
    int slot;  // from 1
    int pid;
    const Item& item;
    int tries;
    Time age;
    bool ending;
  };
  /// What runs, for those who look on: at most `most`, by slot.
  std::vector<Sight> look(std::size_t most) const;
  const Job& job(int slot) const { return slots_[static_cast<std::size_t>(slot)].job; }
  int pid(int slot) const { return slots_[static_cast<std::size_t>(slot)].process->pid(); }

  /// The file that PATH leads to, or the name itself where that is a path; empty if
  /// it is not known, or not the same for all.
  std::string program() const;

  Time spent_starting() const noexcept { return spent_starting_; }

 private:
  enum Which : std::uint64_t { Out, Err, End };
  enum class Stage { Free, Running, Asked, Forced };

  struct Slot {
    Stage stage = Stage::Free;
    std::uint32_t generation = 0;
    Job job;
    std::optional<subprocess::Popen> process;
    Descriptor ours[2], theirs[2];  // the ends of its pipes; theirs stay open here until it ends
    Capture captured[2];
    std::optional<Family> family;
    Result::How how = Result::Exited;
    int error = 0;
    std::int64_t memory = 0;
    Time began = 0, began_at = 0, asked_after = 0, due = Never, force_at = Never;
    std::string command;
  };

  std::uint64_t key(int slot, Which which) const;
  void spawn(int slot, const Job& job);
  void set_due(int slot, Time when);
  bool read(int slot, Which which, std::size_t most);  // whether there may be more
  void end(int slot, Result::How how, Time grace);
  void go_on_ending(int slot, Time time);
  void drain(int slot);
  void finish(int slot);
  void fail(Job& job, int slot, int error);

  const Template& command_;
  const RunnerOptions options_;
  Poller& poller_;
  Guard& guard_;
  Spill& spill_;
  const Descriptor null_;      // what commands read
  const std::string program_;  // where PATH leads to, if that is the same for all
  std::vector<subprocess::ResourceLimit> limits_;
  std::deque<Slot> slots_;  // as many as were needed so far
  std::set<int> free_;
  std::set<std::pair<Time, int>> due_;
  std::vector<Result> finished_;
  std::unique_ptr<char[]> buffer_;
  Time spent_starting_ = 0;
};

}  // namespace weft::cli

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/deadlock.hpp"

#include <dirent.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "wait/monitor.hpp"
#include "wait/roll.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {
namespace {

std::size_t threads_of_process() {
  std::size_t count = 0;
  DIR* folder = ::opendir("/proc/self/task");
  if (folder == nullptr) return SIZE_MAX;
  while (const dirent* entry = ::readdir(folder)) count += entry->d_name[0] != '.';
  ::closedir(folder);
  return count;
}

using Sleepers = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // id, how many waits it has begun

// Everybody, if all of them sleep; else nobody. And on how many threads: one that
// came out of a fork() in a green thread has nobody but green ones.
Sleepers look(std::size_t& threads) {
  Sleepers sleepers;
  std::vector<int> natives;
  bool all = true;
  roll().each([&](const Waiter& who) {
    std::uint32_t waits = 0;
    all = all && who.waits_for_others(waits);
    if (natives.empty() || natives.back() != who.native_id()) natives.push_back(who.native_id());
    if (all) sleepers.emplace_back(who.id(), waits);
  });
  std::ranges::sort(natives);
  threads = static_cast<std::size_t>(std::ranges::unique(natives).begin() - natives.begin());
  return all ? sleepers : Sleepers();
}

}  // namespace

// Somebody may be seen asleep, then be woken by one who falls asleep before it is
// looked at. Seen twice in the same sleep, all of them slept at one moment.
bool nobody_can_wake_others() {
  std::size_t threads = 0;
  Sleepers first = look(threads);
  if (first.empty() || threads + hubs_are_watched() != threads_of_process()) return false;
  return look(threads) == first;
}

}  // namespace weft::wait

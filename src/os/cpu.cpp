// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/cpu.hpp"

#include <linux/membarrier.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "os/clock.hpp"
#include "weft/cpu_count.hpp"

namespace weft::os {
namespace {

// A quota of -1, or "max", is none.
double share(double quota, double period) {
  return quota > 0 && period > 0 ? quota / period : std::numeric_limits<double>::infinity();
}

// How this thread fares that gives its core away.
struct Giving {
  std::uint32_t refusals_left = 0;
  std::uint32_t refusals = 0;  // after the next moment that lasts long
};
constinit thread_local Giving giving [[gnu::tls_model("initial-exec")]];

bool ask_for_fences(int command) noexcept { return ::syscall(SYS_membarrier, command, 0, 0) == 0; }

double share_v2(const std::string& group) {
  std::ifstream file(group + "/cpu.max");
  std::string quota;
  double period = 0;
  file >> quota >> period;
  return file && quota != "max" ? share(::atof(quota.c_str()), period) : share(0, 0);
}

double share_v1(const std::string& group) {
  double quota = 0, period = 0;
  std::ifstream(group + "/cpu.cfs_quota_us") >> quota;
  std::ifstream(group + "/cpu.cfs_period_us") >> period;
  return share(quota, period);
}

// The smallest share of a group and of all those above it, up to the mount. In
// a container the path may be that of the host, which does not exist here: then
// the mount itself is our group.
double smallest(const std::string& mount, std::string path, double (*share_of)(const std::string&)) {
  double least = share_of(mount);
  while (path.size() > 1) {
    least = std::min(least, share_of(mount + path));
    path.resize(path.rfind('/'));
  }
  return least;
}

bool has_controller(std::string_view list, std::string_view name) {
  for (std::size_t begin = 0, end; begin <= list.size(); begin = end + 1) {
    end = std::min(list.find(',', begin), list.size());
    if (list.substr(begin, end - begin) == name) return true;
  }
  return false;
}

int affinity() {
  for (std::size_t cpus = 1024; cpus <= 1 << 20; cpus *= 2) {
    std::vector<unsigned long> mask(cpus / (8 * sizeof(unsigned long)));
    std::size_t size = mask.size() * sizeof mask[0];
    if (::sched_getaffinity(0, size, reinterpret_cast<cpu_set_t*>(mask.data())) == 0) {
      return CPU_COUNT_S(size, reinterpret_cast<cpu_set_t*>(mask.data()));
    }
  }
  return 1;
}

}  // namespace

int cpu_quota(const std::string& root) {
  double least = std::numeric_limits<double>::infinity();
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "0::/path" or "4:cpu,cpuacct:/path"
    std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::string controllers = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
    if (path.empty() || path[0] != '/') continue;
    if (controllers.empty()) least = std::min(least, smallest(root + "/sys/fs/cgroup", path, share_v2));
    if (has_controller(controllers, "cpu")) {
      least = std::min(least, smallest(root + "/sys/fs/cgroup/cpu", path, share_v1));
    }
  }
  return std::isinf(least) ? 0 : static_cast<int>(std::clamp(std::ceil(least), 1.0, 1e6));
}

std::uint32_t cpu_here() noexcept {
  const int cpu = ::sched_getcpu();
  return cpu < 0 ? 0 : static_cast<std::uint32_t>(cpu);
}

bool prepare_fences() noexcept { return ask_for_fences(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED); }
bool fence_everyone() noexcept { return ask_for_fences(MEMBARRIER_CMD_PRIVATE_EXPEDITED); }

Usage thread_usage() noexcept {
  auto nanoseconds = [](const timeval& t) { return (t.tv_sec * 1'000'000LL + t.tv_usec) * 1000; };
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  return {monotonic(), nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime), used.ru_nvcsw};
}

Gave give_core() noexcept {
  constexpr std::uint32_t Fewest = 64, Most = 1024;
  if (giving.refusals_left != 0) {
    --giving.refusals_left;
    return Gave::Up;
  }
  const std::uint64_t begun = ticks();
  ::sched_yield();
  const std::uint64_t took = ticks() - begun;
  if (took < ticks_of_a_slice()) {
    giving.refusals = 0;
    return took < ticks_of_a_slice() / 256 ? Gave::Nothing : Gave::Core;
  }
  giving.refusals = std::clamp(giving.refusals * 2, Fewest, Most);
  giving.refusals_left = giving.refusals;
  return Gave::Up;
}

}  // namespace weft::os

namespace weft {

int cpu_count() {
  if (const char* wanted = ::getenv("WEFT_CPU_COUNT")) {
    char* end = nullptr;
    long count = ::strtol(wanted, &end, 10);
    if (count > 0 && count <= std::numeric_limits<int>::max() && *end == '\0') return static_cast<int>(count);
  }
  int allowed = os::affinity(), paid = os::cpu_quota();
  return paid > 0 ? std::min(allowed, paid) : allowed;
}

}  // namespace weft

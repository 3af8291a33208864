// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/cpu_count.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "os/cpu.hpp"
#include "support/one_cpu.hpp"
#include "support/support.hpp"

namespace weft {
namespace {

/// A /proc and a /sys of our own.
class Host {
 public:
  void write(const std::string& path, const std::string& content) {
    std::filesystem::path file = folder_.path() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  int quota() const { return os::cpu_quota(folder_.path()); }

 private:
  test::TempFolder folder_;
};

TEST(CpuQuota, NoneWithoutCgroups) { EXPECT_EQ(Host().quota(), 0); }

TEST(CpuQuota, OfVersion2) {
  Host host;
  host.write("/proc/self/cgroup", "0::/system.slice/job\n");
  host.write("/sys/fs/cgroup/system.slice/job/cpu.max", "max 100000\n");
  EXPECT_EQ(host.quota(), 0);
  host.write("/sys/fs/cgroup/system.slice/job/cpu.max", "350000 100000\n");
  EXPECT_EQ(host.quota(), 4);
  host.write("/sys/fs/cgroup/system.slice/cpu.max", "200000 100000\n");  // the group above has less
  EXPECT_EQ(host.quota(), 2);
  host.write("/sys/fs/cgroup/cpu.max", "5000 100000\n");
  EXPECT_EQ(host.quota(), 1);
}

TEST(CpuQuota, OfVersion1) {
  Host host;
  host.write("/proc/self/cgroup", "7:memory:/a\n4:cpu,cpuacct:/docker/abc\n2:cpuset:/x\n");
  host.write("/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "-1\n");
  host.write("/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(host.quota(), 0);
  host.write("/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "300000\n");
  EXPECT_EQ(host.quota(), 3);
}

TEST(CpuQuota, OfAContainerThatSeesThePathOfItsHost) {
  Host host;
  host.write("/proc/self/cgroup", "0::/../../host/only\n");
  host.write("/sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_EQ(host.quota(), 2);
}

TEST(CpuCount, IsThatOfTheAffinity) {
  ::unsetenv("WEFT_CPU_COUNT");
  cpu_set_t mine;
  ASSERT_EQ(::sched_getaffinity(0, sizeof mine, &mine), 0);
  EXPECT_LE(cpu_count(), CPU_COUNT(&mine));
  EXPECT_GE(cpu_count(), 1);
  const test::OnOneCpu here;
  EXPECT_EQ(cpu_count(), 1);
}

TEST(CpuCount, IsWhatTheEnvironmentSays) {
  ::setenv("WEFT_CPU_COUNT", "17", 1);
  EXPECT_EQ(cpu_count(), 17);
  for (const char* nonsense : {"", "0", "-3", "4x", "99999999999999999999"}) {
    ::setenv("WEFT_CPU_COUNT", nonsense, 1);
    EXPECT_LT(cpu_count(), 10'000) << nonsense;
  }
  ::unsetenv("WEFT_CPU_COUNT");
}

TEST(ThreadUsage, CountsWaitsAndTheTimeOnACore) {
  test::limit(60);
  const os::Usage begin = os::thread_usage();
  for (int i = 0; i < 3; ++i) ::usleep(100);
  const os::Usage after_waits = os::thread_usage();
  EXPECT_GE(after_waits.waits - begin.waits, 3);
  EXPECT_GE(after_waits.at - begin.at, 300'000);

  os::Usage end;
  do end = os::thread_usage();
  while (end.busy - after_waits.busy < 1'000'000);
  EXPECT_GE(end.at - after_waits.at, 1'000'000);
  EXPECT_LT(end.waits - after_waits.waits, 3);
}

}  // namespace
}  // namespace weft

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <string>

namespace weft::os {

/// The CPUs that the quota of this process's cgroup pays for, rounded up; 0 if
/// there is none. Reads /proc and /sys below `root`.
int cpu_quota(const std::string& root = {});

/// Tells the processor that this is a spin loop.
inline void cpu_pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

/// What the processor counts: to read it costs a fraction of what a clock costs.
inline std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  std::uint64_t count;
  asm volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
#endif
}

/// A few hundred microseconds: more than a moment, and less than a time slice.
inline std::uint64_t ticks_of_a_slice() noexcept {
#if defined(__x86_64__)
  return 1'000'000;  // of 2 to 5 GHz
#elif defined(__aarch64__)
  std::uint64_t each_second;
  asm volatile("mrs %0, cntfrq_el0" : "=r"(each_second));
  return each_second / 4000;
#endif
}

/// The number of the CPU that the calling thread is on, at this moment.
std::uint32_t cpu_here() noexcept;

/// To be called before fence_everyone(), once in a process and those forked from it. False if
/// the kernel has no such thing. Two microseconds, but tens of milliseconds if there are other
/// threads already.
bool prepare_fences() noexcept;

/// Sees to it that each thread of this process passes a full memory fence between call
/// and return, if it is on a core; one that is not does so when it gets one. Microseconds, and
/// an interrupt for each of these cores. False if the kernel refuses.
bool fence_everyone() noexcept;

/// What a thread has used so far.
struct Usage {
  std::int64_t at;     ///< when that was, in nanoseconds
  std::int64_t busy;   ///< nanoseconds that it was on a core
  std::int64_t waits;  ///< so many times it left its core to wait for something
};

/// Of the calling thread. A system call.
Usage thread_usage() noexcept;

/// What came of give_core().
enum class Gave {
  Nothing,  ///< nobody else can run here
  Core,     ///< somebody else ran for a moment
  Up,       ///< it takes too long here to come back: sleep instead
};

/// Gives the core to whoever else can run on it, for a moment. Gave::Up, and
/// mostly without having done so, where such a moment lately was a whole time slice
/// of a program that computes: there it is better to sleep, for who is woken comes
/// before those.
Gave give_core() noexcept;

}  // namespace weft::os

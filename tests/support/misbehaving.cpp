// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Tests that must fail: each leaves something behind, or hangs. ctest runs them
// one by one and expects the hygiene check or the watchdog to say so.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "support/crew.hpp"
#include "support/support.hpp"
#include "weft/threading/lock.hpp"

namespace weft::test {
namespace {

TEST(Misbehaving, Thread) {
  pthread_t thread;
  ASSERT_EQ(::pthread_create(
                &thread, nullptr, [](void*) -> void* { return ::pause(), nullptr; }, nullptr),
            0);
  ::pthread_detach(thread);
}

TEST(Misbehaving, Zombie) {
  if (::fork() == 0) ::_exit(0);
}

TEST(Misbehaving, Descriptor) { ASSERT_GE(::open("/dev/null", O_RDONLY | O_CLOEXEC), 0); }

TEST(Misbehaving, ClosesWhatIsNotItsOwn) { ::close(0); }

TEST(Misbehaving, SharedMemory) {
  std::string name = "/weft-misbehaving-" + std::to_string(::getpid());
  int fd = ::shm_open(name.c_str(), O_CREAT | O_RDWR, 0600);
  ASSERT_GE(fd, 0);
  ::close(fd);
  static std::string leftover;  // gone before the process is, but not before the check
  leftover = name;
  ::atexit([] { ::shm_unlink(leftover.c_str()); });
}

TEST(Misbehaving, File) { std::ofstream(std::string(::getenv("TMPDIR")) + "/forgotten") << "text"; }

TEST(Misbehaving, Hangs) {
  limit(0.2);
  threading::Lock lock;
  lock.acquire();
  lock.acquire();
}

TEST(Misbehaving, ThrowsInAHand) {
  Bunch<OsThreads> bunch(1, [] { throw std::runtime_error("out of hand"); });
}

}  // namespace
}  // namespace weft::test

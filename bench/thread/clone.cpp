// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <vector>

#include "workload.hpp"

// The kernel's part, and nothing else: a stack that was used before, no thread_locals, no C library in between. It
// stands on its creator's thread_locals, so it can do little more than count.
class Clone {
 public:
  template <class F>
  explicit Clone(F f) : begun_(spare()) {
    begun_->run = [](void* given) {
      (*static_cast<F*>(given))();
      syscall(SYS_exit, 0);
      return 0;
    };
    begun_->given = std::make_shared<F>(f);
    constexpr int Flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                          CLONE_CHILD_CLEARTID | CLONE_PARENT_SETTID;
    clone(begun_->run, begun_->stack + sizeof begun_->stack, Flags, begun_->given.get(), &begun_->id, nullptr,
          &begun_->id);
  }
  Clone(Clone&&) = default;

  void join() {
    for (int id; (id = std::atomic_ref(begun_->id).load(std::memory_order_acquire)) != 0;) {
      syscall(SYS_futex, &begun_->id, FUTEX_WAIT, id, nullptr, nullptr, 0);
    }
    spares.push_back(std::move(begun_));
  }

 private:
  struct Begun {
    alignas(64) char stack[64 * 1024];
    int id = 0;  // set and cleared by the kernel
    int (*run)(void*) = nullptr;
    std::shared_ptr<void> given;
  };
  using Spares = std::vector<std::unique_ptr<Begun>>;

  static std::unique_ptr<Begun> spare() {
    if (spares.empty()) return std::make_unique<Begun>();
    std::unique_ptr<Begun> last = std::move(spares.back());
    spares.pop_back();
    return last;
  }

  static inline Spares spares;
  std::unique_ptr<Begun> begun_;
};

int main(int argc, char** argv) { return bench::thread_main<Clone>(argc, argv); }

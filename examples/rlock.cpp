// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A function that holds a lock calls another that takes the same lock. With an
// RLock that works; with a Lock the thread would wait for itself.

#include <weft/threading.hpp>

#include <cstdio>
#include <mutex>

using namespace weft::threading;

struct Account {
  void deposit(int amount) {
    std::scoped_lock held(lock);
    balance += amount;
  }
  void deposit_twice(int amount) {
    std::scoped_lock held(lock);
    deposit(amount);
    deposit(amount);
  }

  RLock lock;
  int balance = 0;
};

int main() {
  Account account;
  Thread depositor([&] { account.deposit_twice(50); });
  depositor.start();
  depositor.join();
  std::printf("balance: %d\n", account.balance);

  Lock plain;
  plain.acquire();
  std::printf("a Lock, a second time: %s\n", plain.acquire(0.01) ? "acquired" : "not within 10 ms");
  plain.release();
}

# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# A function that holds a lock calls another that takes the same lock. With an
# RLock that works; with a Lock the thread would wait for itself.

import threading


class Account:
    def __init__(self):
        self.lock, self.balance = threading.RLock(), 0

    def deposit(self, amount):
        with self.lock:
            self.balance += amount

    def deposit_twice(self, amount):
        with self.lock:
            self.deposit(amount)
            self.deposit(amount)


account = Account()
depositor = threading.Thread(target=account.deposit_twice, args=(50,))
depositor.start()
depositor.join()
print(f"balance: {account.balance}")

plain = threading.Lock()
plain.acquire()
print(f"a Lock, a second time: {'acquired' if plain.acquire(timeout=0.01) else 'not within 10 ms'}")
plain.release()

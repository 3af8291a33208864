# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Two threads that run a function with an argument each.

import threading


def say_hi(who):
    print(f"hi from {who}, in {threading.current_thread().name}")


first = threading.Thread(target=say_hi, args=("the first",), name="reader")
second = threading.Thread(target=say_hi, args=("the second",), name="writer")

first.start()
first.join()
second.start()
second.join()
print(f"{threading.active_count()} thread is left: {threading.current_thread().name}")

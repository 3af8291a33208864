# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# One name, a value of its own in each thread.

import threading


class User(threading.local):
    name = "nobody"


user = User()
user.name = "ada"


def show():
    print(f"in the other thread: {user.name}")
    user.name = "grace"
    print(f"in the other thread: {user.name}")


other = threading.Thread(target=show)
other.start()
other.join()
print(f"in the main thread: {user.name}")

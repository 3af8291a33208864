# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# The process waits for its threads at the end, but not for daemons.

import threading

never, main_is_over = threading.Event(), threading.Event()


def wait_for_ever():
    never.wait()
    print("never printed")


def finish_late():
    main_is_over.wait()
    print("late: done, although nobody joined me")


daemon = threading.Thread(target=wait_for_ever, daemon=True)
daemon.start()

short = threading.Thread(target=lambda: print("short: done"))
short.start()
short.join()
print(f"main: short is {'alive' if short.is_alive() else 'dead'}, the daemon is {'alive' if daemon.is_alive() else 'dead'}")

late = threading.Thread(target=finish_late)
late.start()
print("main: over", flush=True)
main_is_over.set()

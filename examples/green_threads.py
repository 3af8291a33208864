# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Ten thousand green threads on one OS thread. While one waits, the others run:
# all of these sleep at the same time.

import sys

import gevent
import gevent.hub

gevent.hub.Hub.NOT_ERROR += (ValueError,)  # we read it ourselves, below


def fetch(page):
    gevent.sleep(0.05)  # as if it came from far away
    return page * page


pages = [gevent.spawn(fetch, page) for page in range(10_000)]
total = sum(page.get() for page in pages)
print(f"{len(pages)} pages, sum {total}")


def fail():
    raise ValueError("no such page")


faulty = gevent.spawn(fail)
try:
    faulty.get()
except ValueError as e:
    print(f"failed: {e}")

patient = gevent.spawn(gevent.sleep, 3600)
gevent.sleep(0)
patient.kill()
print(f"killed in its sleep: {'true' if patient.dead else 'false'}")
sys.stdout.flush()

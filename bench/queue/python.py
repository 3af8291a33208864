# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""The loops of workload.hpp, for Python's own queues: queue.Queue (bounded) and queue.SimpleQueue (unbounded)."""

import queue
import sys
import threading
import time

NOT_OFFERED = 64
SHAPES = {"1p1c": (1, 1), "2p2c": (2, 2), "4p4c": (4, 4), "8p1c": (8, 1), "1p8c": (1, 8)}


def transfer(items, producers, consumers, count, strings):
    gate = threading.Barrier(producers + consumers)
    begins, numbers = [], []
    text = 25 * "."

    def produce(first):
        gate.wait()
        begins.append(time.perf_counter_ns())
        for i in range(first, count, producers):
            items.put(text[1:] if strings else i)

    def consume():
        gate.wait()
        begins.append(time.perf_counter_ns())
        number = 0
        while items.get() is not None:
            number += 1
        numbers.append(number)

    getting = [threading.Thread(target=consume) for _ in range(consumers)]
    putting = [threading.Thread(target=produce, args=(p,)) for p in range(producers)]
    for thread in getting + putting:
        thread.start()
    for thread in putting:
        thread.join()
    for _ in range(consumers):
        items.put(None)
    for thread in getting:
        thread.join()
    end = time.perf_counter_ns()
    assert sum(numbers) == count
    return (end - min(begins)) / count


def one_thread(items, count):
    begin = time.perf_counter_ns()
    for i in range(count):
        items.put(i)
        items.get()
    return (time.perf_counter_ns() - begin) / count


def ping_pong(there, back, rounds):
    def answer():
        for _ in range(rounds):
            back.put(there.get())

    other = threading.Thread(target=answer)
    other.start()
    begin = time.perf_counter_ns()
    for i in range(rounds):
        there.put(i)
        back.get()
    took = time.perf_counter_ns() - begin
    other.join()
    return took / rounds


def main():
    kind, _, column = sys.argv[1].partition("_")
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    strings, shape = column.startswith("string_"), column.removeprefix("string_")
    if kind not in ("bounded", "unbounded"):
        return NOT_OFFERED

    def new():
        return queue.Queue(1024) if kind == "bounded" else queue.SimpleQueue()

    count = int((3e4 if kind == "bounded" else 3e5) * scale)
    if column == "1_thread":
        print(one_thread(new(), count))
    elif column == "ping_pong":
        print(ping_pong(new(), new(), int(1e4 * scale)))
    elif shape in SHAPES:
        print(transfer(new(), *SHAPES[shape], count, strings))
    else:
        return NOT_OFFERED
    return 0


if __name__ == "__main__":
    sys.exit(main())

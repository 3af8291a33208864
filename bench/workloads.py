# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""What is measured, and what weft wants to reach: the only place to change when a workload or a goal is added."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    name: str  # what the competitor is asked for
    plain_title: str
    loaded: bool = False  # while other programs take half of the CPU

    @property
    def key(self):
        return self.name + (" loaded" if self.loaded else "")

    @property
    def title(self):
        return self.plain_title + ("; half of the CPU taken" if self.loaded else "")


@dataclass(frozen=True)
class Workload:
    name: str  # the folder
    title: str
    unit: str
    columns: tuple[Column, ...]
    note: str = ""
    references: tuple[str, ...] = ()  # competitors that show a limit, and are no peers


@dataclass(frozen=True)
class Goal:
    """weft's median is to be at most `limit`, in the workload's unit; or at most `limit` times that of the competitor
    `beside`, or of weft itself in the column `beside_column`. If it speaks of the share, it is to be at least `limit`.
    """

    workload: str
    column: str  # its key
    limit: float
    beside: str = ""
    beside_column: str = ""
    share: bool = False


WORKLOADS = (
    Workload(
        "lock",
        "Lock: lock, count, unlock",
        "ns",
        (
            Column("uncontended", "uncontended"),
            Column("2_tight", "2 threads, tight"),
            Column("2_outside", "2 threads, ~30 ns outside"),
            Column("8_tight", "8 threads, tight"),
            Column("uncontended", "uncontended", loaded=True),
            Column("2_tight", "2 threads, tight", loaded=True),
            Column("2_outside", "2 threads, ~30 ns outside", loaded=True),
            Column("8_tight", "8 threads, tight", loaded=True),
        ),
        "A tight loop rewards a lock that lets one thread keep it; the share (smallest over largest of the threads) "
        "tells. A spinlock is no peer: it wastes a core while its holder sleeps. Two threads that work outside need "
        "two cores: where one of them is half taken nobody can be under 1.33x.",
        references=("tbb_spin_mutex",),
    ),
    Workload(
        "rlock",
        "RLock: lock, lock, unlock, unlock",
        "ns",
        (Column("level", "for each level"), Column("level", "for each level", loaded=True)),
    ),
    Workload(
        "semaphore",
        "Semaphore",
        "ns",
        (
            Column("pair", "release + acquire, 1 thread"),
            Column("ping_pong", "ping-pong, 2 threads"),
            Column("4_threads", "4 threads, 2 permits"),
            Column("pair", "release + acquire, 1 thread", loaded=True),
            Column("ping_pong", "ping-pong, 2 threads", loaded=True),
        ),
    ),
    Workload(
        "condition",
        "Condition: ping-pong",
        "ns",
        (
            Column("hot", "one pair, hot"),
            Column("oversubscribed", "two pairs for each core"),
            Column("hot", "one pair", loaded=True),
        ),
    ),
    Workload(
        "barrier",
        "Barrier: one phase",
        "ns",
        (
            Column("2_threads", "2 threads"),
            Column("8_threads", "8 threads"),
            Column("2_threads", "2 threads", loaded=True),
        ),
    ),
    Workload(
        "event",
        "Event: from set() to the end of wait()",
        "ns",
        (
            Column("setter_slept", "the setter slept, one core"),
            Column("setter_busy", "the setter was busy, two cores"),
        ),
        "Nearly all of it is the kernel.",
    ),
    Workload(
        "thread",
        "Thread: start + join",
        "ns",
        (Column("one", "one after another"), Column("batches", "in batches of 100")),
        "With stacks of 64 KiB glibc's cache of stacks suffices: it shows what reuse is worth. clone is what the "
        "kernel takes for a thread, without the C library's part.",
        references=("pthread_64k_stack", "clone"),
    ),
    Workload(
        "green_switch",
        "A flow of control on a stack of its own",
        "ns",
        (Column("switch", "go there or back"), Column("make", "make, enter, end, drop")),
        "weft is a greenlet; weft_context is what it stands on. Both keep the floating-point control words and the "
        "exceptions of each apart; fcontext and minicoro leave the exceptions mixed.",
        references=("weft_context", "boost_fcontext"),
    ),
    Workload(
        "green",
        "Green threads on one OS thread",
        "ns",
        (
            Column("yield", "yield"),
            Column("spawn_one", "spawn + join, one at a time"),
            Column("spawn_batch", "spawn + join, a thousand at a time"),
            Column("event", "Event, there and back"),
            Column("queue", "Queue, there and back"),
            Column("lock", "Lock, uncontended"),
            Column("timers", "a timer, CPU time of 100,000"),
            Column("parked", "parked, bytes of each of 100,000"),
        ),
        "Go has GOMAXPROCS=1, and unbuffered channels for Event and Queue. Photon has pooled stacks, and semaphores "
        "for both. marl makes a stack only after a task that waits, so its spawn makes none.",
    ),
    Workload(
        "generator",
        "Generator",
        "ns",
        (Column("next", "one value"), Column("make", "make, one value, drop")),
        "weft has a stack, as boost_coroutine2 has; the other two yield from their own body only.",
        references=("weft_coroutine", "plain_coroutine"),
    ),
    Workload(
        "queue",
        "Queue: one item",
        "ns",
        (
            *(
                Column(f"bounded_{shape.lower().replace(' ', '_')}", f"bounded, {shape}")
                for shape in ("1 thread", "1P1C", "2P2C", "4P4C", "8P1C", "1P8C")
            ),
            *(
                Column(f"unbounded_{shape.lower().replace(' ', '_')}", f"unbounded, {shape}")
                for shape in ("1 thread", "1P1C", "4P4C", "8P1C")
            ),
            Column("bounded_string_1p1c", "bounded, strings, 1P1C"),
            Column("bounded_string_4p4c", "bounded, strings, 4P4C"),
            Column("unbounded_string_4p4c", "unbounded, strings, 4P4C"),
            Column("bounded_ping_pong", "bounded, ping-pong"),
            Column("unbounded_ping_pong", "unbounded, ping-pong"),
            Column("bounded_1p1c", "bounded, 1P1C", loaded=True),
            Column("bounded_4p4c", "bounded, 4P4C", loaded=True),
            Column("bounded_ping_pong", "bounded, ping-pong", loaded=True),
        ),
        "Bounded is 1024 places. nPmC: n producers, m consumers. Strings have 24 characters. moodycamel is not FIFO "
        "over several producers; all others are. Python moves fewer items. weft_jemalloc is weft with another "
        "allocator, which shows how much of the strings' time is glibc's.",
        references=("weft_jemalloc",),
    ),
    Workload(
        "pool",
        "Pool: one small task",
        "ns",
        (
            Column("post", "post"),
            Column("future", "submit + future"),
            Column("round_trip", "submit one, get it"),
            Column("post_100", "post, 100 workers"),
            Column("future_100", "submit + future, 100 workers"),
            Column("round_trip_100", "submit one, get it, 100 workers"),
            Column("round_trip_own", "submit one, get it, by a worker"),
        ),
        "Two workers, and one thread that submits. TBB's caller is one of the workers and runs its own tasks, so "
        "nothing is handed over in its round trip.",
    ),
    Workload(
        "parallel_map",
        "map: one item, two workers",
        "ns",
        (
            Column("roots_1e6", "1e6 x three complex roots"),
            Column("roots_1000", "1000 x three complex roots"),
            Column("numbers_1e6", "1e6 x (3x + 1)"),
        ),
        "In all of them the caller works along, where it finds a worker's place free.",
        references=("serial",),
    ),
    Workload(
        "fork_join",
        "Fork and join, two workers",
        "ms",
        (Column("fib_32", "fib(32)"), Column("skynet_1e7", "skynet 1e7"), Column("nqueens_12", "12 queens")),
        references=("serial",),
    ),
    Workload(
        "map",
        "A command for each item, two at a time",
        "us",
        (Column("true", "/bin/true"), Column("viewed", "/bin/true, with the view")),
        "xargs captures nothing and reports nothing but one exit status. posix_spawn: two threads that start and wait, "
        "no more.",
        references=("posix_spawn",),
    ),
)

GOALS = (
    Goal("lock", "uncontended", 4.5),
    Goal("lock", "uncontended", 0.8, beside="std_mutex"),
    Goal("lock", "2_tight", 8),
    Goal("lock", "8_tight", 7),
    Goal("lock", "8_tight", 7 / 6.9, beside="parking_lot"),
    Goal("lock", "8_tight", 7 / 18.6, beside="std_mutex"),
    Goal("lock", "8_tight", 0.4, share=True),
    *(Goal("lock", f"{column} loaded", 1.2, beside_column=column) for column in ("uncontended", "2_tight", "8_tight")),
    *(
        Goal("lock", f"{column} loaded", 1.2, beside="parking_lot")
        for column in ("uncontended", "2_tight", "2_outside", "8_tight")
    ),
    Goal("rlock", "level", 2.4),
    Goal("rlock", "level loaded", 1.2, beside_column="level"),
    Goal("semaphore", "pair", 4.8),
    Goal("semaphore", "pair loaded", 1.2, beside_column="pair"),
    Goal("condition", "hot", 0.1, beside="nsync_cv"),
    Goal("condition", "oversubscribed", 1, beside="nsync_cv"),
    Goal("barrier", "2_threads", 0.4, beside="std_barrier"),
    Goal("barrier", "8_threads", 1, beside="std_barrier"),
    Goal("event", "setter_slept", 1.05, beside="futex"),
    Goal("event", "setter_busy", 1.05, beside="futex"),
    Goal("thread", "one", 1.05, beside="std_thread"),
    Goal("thread", "batches", 0.4, beside="std_thread"),
    *(
        Goal("queue", f"bounded_{shape}", 1, beside="crossbeam")
        for shape in ("1p1c", "2p2c", "4p4c", "8p1c", "1p8c")
    ),
    *(Goal("queue", "bounded_4p4c", 0.5, beside=peer) for peer in ("tbb", "moodycamel", "folly")),
    Goal("queue", "unbounded_1p1c", 1, beside="folly"),
    Goal("queue", "unbounded_4p4c", 1, beside="crossbeam"),
    Goal("queue", "unbounded_8p1c", 1, beside="crossbeam"),
    Goal("queue", "bounded_string_4p4c", 80),
    Goal("queue", "unbounded_string_4p4c", 80),
    # 80 ns beside what these took on the machine that the goal is from.
    Goal("queue", "bounded_string_4p4c", 80 / 82, beside="folly"),
    Goal("queue", "unbounded_string_4p4c", 80 / 82.5, beside="crossbeam"),
    Goal("queue", "bounded_ping_pong", 1000),
    Goal("queue", "unbounded_ping_pong", 1000),
    Goal("green_switch", "switch", 1, beside="boost_fiber"),
    Goal("green_switch", "make", 1, beside="boost_fiber"),
    Goal("generator", "next", 1, beside="boost_coroutine2"),
    Goal("generator", "make", 1, beside="boost_coroutine2"),
    Goal("green", "yield", 10),
    Goal("green", "spawn_batch", 120),
    Goal("green", "event", 100),
    Goal("green", "queue", 100),
    Goal("green", "lock", 4.5),
    Goal("green", "yield", 10 / 11.7, beside="libgo"),
    Goal("green", "yield", 10 / 28, beside="photon"),
    Goal("green", "spawn_batch", 120 / 157, beside="photon"),
    Goal("green", "event", 100 / 193, beside="marl"),
    Goal("green", "timers", 1, beside="go"),
    Goal("green", "parked", 4.6 * 1024),
    Goal("map", "true", 1, beside="xargs"),
    Goal("map", "true", 0.1, beside="parallel"),
    Goal("map", "viewed", 1.02, beside_column="true"),
    Goal("pool", "post", 45),
    Goal("pool", "future", 200),
    Goal("pool", "round_trip", 1500),
    Goal("pool", "round_trip_own", 400),
    Goal("pool", "post", 45 / 52, beside="concurrencpp"),
    Goal("pool", "post", 45 / 214, beside="bs_thread_pool"),
    Goal("pool", "future", 200 / 221, beside="concurrencpp"),
    Goal("pool", "future", 200 / 490, beside="bs_thread_pool"),
    *(Goal("pool", f"{column}_100", 1.5, beside_column=column) for column in ("post", "future", "round_trip")),
    Goal("parallel_map", "roots_1e6", 1.02, beside="std_par"),
    Goal("parallel_map", "roots_1000", 6.5),
    Goal("fork_join", "fib_32", 20),
    Goal("fork_join", "skynet_1e7", 95),
    Goal("fork_join", "nqueens_12", 51),
    Goal("fork_join", "fib_32", 20 / 51, beside="libfork"),
    Goal("fork_join", "skynet_1e7", 95 / 98, beside="libfork"),
    Goal("fork_join", "nqueens_12", 51 / 50.6, beside="libfork"),
)

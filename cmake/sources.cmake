# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Floor by floor, bottom to top; inside a folder by name.
set(WEFT_SOURCES
  src/errors.cpp
  src/os/clock.cpp
  src/os/context.cpp
  src/os/cpu.cpp
  src/os/futex.cpp
  src/os/mutex.cpp
  src/os/pipe.cpp
  src/os/poll.cpp
  src/os/process.cpp
  src/os/stack.cpp
  src/os/stack_pool.cpp
  src/wait/deadlock.cpp
  src/wait/descriptors.cpp
  src/wait/flow.cpp
  src/wait/fork.cpp
  src/wait/hub.cpp
  src/wait/in_process.cpp
  src/wait/in_shared.cpp
  src/wait/lot.cpp
  src/wait/monitor.cpp
  src/wait/overflow.cpp
  src/wait/roll.cpp
  src/wait/stacks.cpp
  src/wait/timers.cpp
  src/wait/waiter.cpp
  src/work/gathering.cpp
  src/work/scheduler.cpp
  src/work/spread.cpp
  src/work/tracker.cpp
  src/work/work.cpp
  src/queue/errors.cpp
  src/queue/gate.cpp
  src/threading/alarms.cpp
  src/threading/barrier.cpp
  src/threading/condition.cpp
  src/threading/event.cpp
  src/threading/excepthook.cpp
  src/threading/local.cpp
  src/threading/lock.cpp
  src/threading/names.cpp
  src/threading/rlock.cpp
  src/threading/semaphore.cpp
  src/threading/shutdown.cpp
  src/threading/thread.cpp
  src/threading/threads.cpp
  src/threading/turns.cpp
  src/threading/workers.cpp
  src/generator/generator.cpp
  src/greenlet/core.cpp
  src/gevent/greenlet.cpp
  src/multiprocessing/thread_pool.cpp
  src/concurrent/errors.cpp
  src/concurrent/future.cpp
  src/concurrent/task_group.cpp
  src/concurrent/thread_pool_executor.cpp
  src/subprocess/errors.cpp
  src/subprocess/popen.cpp
  src/subprocess/repr.cpp
  src/subprocess/run.cpp
  src/subprocess/streams.cpp
)

file(GLOB_RECURSE WEFT_HEADERS CONFIGURE_DEPENDS include/weft/*.hpp)

# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# One produces bones, two dogs eat them. The queue holds at most three, so the
# producer waits for the dogs.

import queue
import threading

bones = queue.Queue(3)
lock = threading.Lock()
eaten = 0


def eat():
    global eaten
    while (bone := bones.get()) is not None:  # from Python 3.13 on: until ShutDown
        with lock:
            eaten += bone != ""
        bones.task_done()


snoopy, laika = threading.Thread(target=eat), threading.Thread(target=eat)
snoopy.start()
laika.start()

for i in range(10):
    bones.put(f"bone {i}")
print("waiting until all bones are eaten")
bones.join()
print(f"all {eaten} bones are eaten")

bones.put(None)
bones.put(None)
snoopy.join()
laika.join()

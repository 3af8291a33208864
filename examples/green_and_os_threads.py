# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# One queue between threads and a thousand askers. In Python each asker has to
# be a thread: queue.Queue knows nothing of gevent's greenlets.

import queue
import threading

questions = queue.Queue(16)


def serve():
    while (question := questions.get()) is not None:
        number, answer = question
        answer.put(number * 2)


servers = [threading.Thread(target=serve) for _ in range(2)]
for server in servers:
    server.start()

lock, total = threading.Lock(), 0


def ask(number):
    global total
    answer = queue.Queue()
    questions.put((number, answer))
    got = answer.get()
    with lock:
        total += got


askers = [threading.Thread(target=ask, args=(i,)) for i in range(1000)]
for asker in askers:
    asker.start()
for asker in askers:
    asker.join()
print(f"the answers add up to {total}")

for _ in servers:
    questions.put(None)
for server in servers:
    server.join()

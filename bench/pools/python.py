# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Python's own pools, as workload.hpp says: KIND WORK JOBS WORKERS.

The functions lie at the top of the module, so that processes find them; a process gets to know the server's address
by fork.
"""

import sys
import time
from cmath import sqrt

KIND, WORK, JOBS, WORKERS = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
NOT_OFFERED = 64

if KIND.startswith("gevent"):
    from gevent import monkey

    monkey.patch_all()

if WORK != "roots":
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    SERVER = urlsplit(WORK)


def roots(i):
    return sqrt(sqrt(sqrt(i)))


def get(_):
    connection = HTTPConnection(SERVER.hostname, SERVER.port)
    connection.request("GET", SERVER.path, headers={"Connection": "close"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def pool_of(kind):
    """The pool, and how it runs f(i) for each i."""
    if kind == "serial":
        return None, lambda f, jobs: [f(i) for i in range(jobs)]
    module, _, call = kind.rpartition(".")
    if module == "ThreadPoolExecutor":
        from concurrent.futures import ThreadPoolExecutor as Made
    elif module == "ProcessPoolExecutor":
        from concurrent.futures import ProcessPoolExecutor as Made
    elif module == "ThreadPool":
        from multiprocessing.pool import ThreadPool as Made
    elif module == "Pool":
        from multiprocessing import Pool as Made
    elif module == "gevent.pool.Pool":
        from gevent.pool import Pool as Made
    else:
        sys.exit(NOT_OFFERED)
    pool = Made(WORKERS)
    if call == "submit":
        return pool, lambda f, jobs: [future.result() for future in [pool.submit(f, i) for i in range(jobs)]]
    return pool, lambda f, jobs: list(getattr(pool, call)(f, range(jobs)))


def main():
    f = roots if WORK == "roots" else get
    pool, run = pool_of(KIND)
    run(f, 64)
    begin = time.perf_counter_ns()
    results = run(f, JOBS)
    took = time.perf_counter_ns() - begin
    if WORK == "roots":
        assert len(results) == JOBS and abs(sum(results) - sum(map(roots, range(JOBS)))) < 1e-6 * JOBS
    else:
        assert results == [200] * JOBS
    print(took, flush=True)
    sys.stdin.read()  # somebody looks at our memory
    if KIND.endswith(".submit"):
        pool.shutdown()
    elif "." in KIND and not KIND.startswith("gevent"):
        pool.terminate()


if __name__ == "__main__":
    main()

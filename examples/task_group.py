# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Tasks that end together: when one fails, the others are stopped, and none is
# left when the scope is. In Python only asyncio has such groups.

import asyncio


async def value(x):
    return x


async def first(begun):
    try:
        begun.set()
        await asyncio.Event().wait()
    finally:
        print("the first was stopped")


async def second(begun):
    await begun.wait()
    raise RuntimeError("the second failed")


async def gather(tasks):  # what asyncio.TaskGroup does, for Python before 3.11
    tasks = [asyncio.ensure_future(task) for task in tasks]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def main():
    a, b = await gather([value(6), value(7)])
    print(f"both are done: {a * b}")
    begun = asyncio.Event()
    try:
        await gather([first(begun), second(begun)])
    except RuntimeError as error:
        print(f"the group: {error}")


asyncio.run(main())

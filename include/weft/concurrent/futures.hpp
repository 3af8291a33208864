// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// Python's concurrent.futures module: weft::concurrent::futures.
#include "weft/concurrent/futures/all_any.hpp"
#include "weft/concurrent/futures/errors.hpp"
#include "weft/concurrent/futures/executor.hpp"
#include "weft/concurrent/futures/future.hpp"
#include "weft/concurrent/futures/join.hpp"
#include "weft/concurrent/futures/promise.hpp"
#include "weft/concurrent/futures/task_group.hpp"
#include "weft/concurrent/futures/thread_pool_executor.hpp"
#include "weft/concurrent/futures/wait.hpp"

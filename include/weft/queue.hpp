// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// Python's queue: queues between threads, of whichever kind the threads are.
#include "weft/queue/errors.hpp"
#include "weft/queue/lifo_queue.hpp"
#include "weft/queue/priority_queue.hpp"
#include "weft/queue/queue.hpp"
#include "weft/queue/simple_queue.hpp"

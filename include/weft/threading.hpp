// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// Python's threading module: weft::threading.
#include "weft/threading/barrier.hpp"
#include "weft/threading/condition.hpp"
#include "weft/threading/event.hpp"
#include "weft/threading/local.hpp"
#include "weft/threading/lock.hpp"
#include "weft/threading/rlock.hpp"
#include "weft/threading/semaphore.hpp"
#include "weft/threading/thread.hpp"
#include "weft/threading/timer.hpp"
#include "weft/threading/turns.hpp"

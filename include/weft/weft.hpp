// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// Every room of weft.

#include "weft/concurrent/futures.hpp"
#include "weft/cpu_count.hpp"
#include "weft/errors.hpp"
#include "weft/generator.hpp"
#include "weft/gevent.hpp"
#include "weft/greenlet.hpp"
#include "weft/multiprocessing.hpp"
#include "weft/progress.hpp"
#include "weft/queue.hpp"
#include "weft/subprocess.hpp"
#include "weft/threading.hpp"
#include "weft/timeout.hpp"
#include "weft/version.hpp"

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// Python's multiprocessing module: weft::multiprocessing.
#include "weft/multiprocessing/pool.hpp"

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// Python's greenlet: weft::greenlet.
#include "weft/greenlet/greenlet.hpp"

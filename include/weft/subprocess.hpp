// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// Python's subprocess: other programs, run from this one.

#include "weft/subprocess/errors.hpp"
#include "weft/subprocess/popen.hpp"
#include "weft/subprocess/run.hpp"
#include "weft/subprocess/streams.hpp"

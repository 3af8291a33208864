// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// WEFT_API marks what the shared library exports; everything else is hidden.
#if defined(WEFT_BUILDING)
#define WEFT_API [[gnu::visibility("default")]]
#else
#define WEFT_API
#endif

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// Which sanitizer this is compiled for, whichever compiler says so.
#if defined(__SANITIZE_ADDRESS__)
#define WEFT_ASAN
#elif defined(__SANITIZE_THREAD__)
#define WEFT_TSAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT_ASAN
#elif __has_feature(thread_sanitizer)
#define WEFT_TSAN
#endif
#endif

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/queue/errors.hpp"

namespace weft::queue {

Empty::Empty() : std::runtime_error("the queue is empty") {}
Empty::~Empty() = default;
Full::Full() : std::runtime_error("the queue is full") {}
Full::~Full() = default;
ShutDown::ShutDown() : std::runtime_error("the queue was shut down") {}
ShutDown::~ShutDown() = default;

}  // namespace weft::queue

namespace weft::detail {

void throw_empty() { throw queue::Empty(); }
void throw_full() { throw queue::Full(); }
void throw_shut_down() { throw queue::ShutDown(); }
void throw_negative_timeout() { throw ValueError("'timeout' must be a non-negative number"); }
void throw_too_many_task_done() { throw ValueError("task_done() called too many times"); }

}  // namespace weft::detail

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <optional>
#include <stop_token>

#include "wait/deadline.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {

/// Rouses the waiter when a stop is requested, for as long as this lives.
class StopWatch {
 public:
  StopWatch(const Deadline& deadline, Waiter& waiter) {
    if (deadline.stop() != nullptr) callback_.emplace(*deadline.stop(), Rouse{&waiter});
  }

 private:
  struct Rouse {
    Waiter* waiter;
    void operator()() const noexcept { waiter->rouse(); }
  };

  std::optional<std::stop_callback<Rouse>> callback_;
};

}  // namespace weft::wait

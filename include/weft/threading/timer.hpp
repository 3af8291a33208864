// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "weft/threading/event.hpp"
#include "weft/threading/thread.hpp"

namespace weft::threading {

/// A thread that calls something after a while, unless it is cancelled before,
/// as threading.Timer.
///
///     weft::threading::Timer reminder(30, [] { puts("half a minute"); });
///     reminder.start();
///     reminder.cancel();  // still in time: nothing happens
class Timer : public Thread {
 public:
  /// Calls `target(args...)` when `interval` has passed since start().
  template <class F, class... Args>
  explicit Timer(Timeout interval, F&& target, Args&&... args)
      : Timer(std::make_shared<Event>(), std::move(interval), std::forward<F>(target), std::forward<Args>(args)...) {}

  /// Too late once the call has begun.
  void cancel() { finished_->set(); }

 private:
  template <class F, class... Args>
  Timer(std::shared_ptr<Event> finished, Timeout interval, F&& target, Args&&... args)
      : Thread([finished, interval = std::move(interval), call = std::decay_t<F>(std::forward<F>(target)),
                arguments = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable {
          if (!finished->wait(interval)) std::apply(std::move(call), std::move(arguments));
          finished->set();
        }),
        finished_(std::move(finished)) {}

  std::shared_ptr<Event> finished_;
};

}  // namespace weft::threading

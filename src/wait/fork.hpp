// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

namespace weft::wait {

/// Sees to it, once, that fork() leaves the child a wait floor that works.
void watch_forks() noexcept;

/// What a floor above does around fork(), in the order in which locks nest:
/// `prepare` of the last one registered runs first. For static objects only.
struct ForkHandler {
  void (*prepare)() noexcept;
  void (*parent)() noexcept;
  void (*child)() noexcept;
  ForkHandler* next = nullptr;
};
void on_fork(ForkHandler& handler) noexcept;

}  // namespace weft::wait

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

#include "weft/detail/alarm.hpp"
#include "weft/detail/work.hpp"

namespace weft::detail {

/// f(args...), kept until it is called.
template <class F, class... Args>
struct Call {
  decltype(auto) operator()() && { return std::apply(std::move(f), std::move(args)); }

  F f;
  std::tuple<Args...> args;
};

/// f(stop, args...), with a stop token of its own: a stop is requested on it at `until` at
/// the latest, and when one is requested on `outer` or `group`.
template <class F, class... Args>
struct StoppableCall {
  // A value: a reference might be into the arguments, which end here.
  std::remove_cvref_t<std::invoke_result_t<F, std::stop_token, Args...>> operator()() && {
    Alarm alarm(until, stop);
    auto ask = [this] { stop.request_stop(); };
    std::stop_callback<decltype(ask)> of_outer(outer, ask), of_group(group, ask);
    return std::apply(std::move(f), std::tuple_cat(std::tuple(stop.get_token()), std::move(args)));
  }

  F f;
  std::tuple<Args...> args;
  std::stop_source stop;
  Alarm::Moment until = Alarm::Never;
  std::stop_token outer = {}, group = {};
};

/// Sets when a call is asked to stop, if it is one that can be asked.
template <class C>
void set_end(C& call, Alarm::Moment until, std::stop_token outer, std::stop_token group = {}) {
  if constexpr (requires { call.until; }) {
    call.until = until;
    call.outer = std::move(outer);
    call.group = std::move(group);
  }
}

/// A call that fails with TimeoutError if it has not begun by then, and with
/// CancelledError if a stop was requested before.
template <class C>
struct CallUntil {
  decltype(auto) operator()() && {
    if (stop.stop_requested()) throw_cancelled();
    if (Alarm::passed(until)) throw_timed_out();
    return std::move(call)();
  }

  C call;
  Alarm::Moment until;
  std::stop_token stop;
};

template <class F, class... Args>
inline constexpr bool wants_stop = std::is_invocable_v<std::decay_t<F>, std::stop_token, std::decay_t<Args>...>;

/// What a task that calls f(args...) calls.
template <class F, class... Args>
auto pack_call(F&& f, Args&&... args) {
  if constexpr (wants_stop<F, Args...>) {
    return StoppableCall<std::decay_t<F>, std::decay_t<Args>...>{std::forward<F>(f), {std::forward<Args>(args)...}, {}};
  } else {
    return Call<std::decay_t<F>, std::decay_t<Args>...>{std::forward<F>(f), {std::forward<Args>(args)...}};
  }
}

/// The same, of f and a tuple of its arguments, which are moved out of it.
template <class F, class... Args>
auto pack_call_with(F&& f, std::tuple<Args...> args) {
  return std::apply([&](auto&&... each) { return pack_call(std::forward<F>(f), std::move(each)...); }, std::move(args));
}

template <bool WantsStop, class F, class... Args>
struct CallResult : std::invoke_result<F, Args...> {};
template <class F, class... Args>
struct CallResult<true, F, Args...> : std::invoke_result<F, std::stop_token, Args...> {};

/// What a future of f(args...) holds: a value.
template <class F, class... Args>
using ResultOf =
    std::remove_cvref_t<typename CallResult<wants_stop<F, Args...>, std::decay_t<F>, std::decay_t<Args>...>::type>;

}  // namespace weft::detail

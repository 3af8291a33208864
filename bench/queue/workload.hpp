// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstring>
#include <string>

#include "../measure.hpp"

/// Items that go from producers to consumers through one queue; ns for each item.
///
/// A competitor gives two templates: Bounded<T>, made from its capacity, and Unbounded<T>. Both have put(T) and T
/// get(), and both of these wait.
///
///     bounded_1_thread ...      one thread puts an item and gets it
///     bounded_4p4c ...          four producers and four consumers; the capacity is 1024
///     bounded_string_4p4c ...   strings of 24 characters, made by a producer and destroyed by a consumer
///     bounded_ping_pong ...     two queues and one item, there and back; ns for a round trip
namespace bench {

// An item carries its number, so that a checksum tells whether all of them arrived. A negative one ends a consumer.

template <class T>
T item(std::int64_t number) {
  return number;
}

template <>
inline std::string item<std::string>(std::int64_t number) {
  std::string text(24, '.');
  std::memcpy(text.data(), &number, sizeof number);
  return text;
}

inline std::int64_t number(std::int64_t item) { return item; }

inline std::int64_t number(const std::string& item) {
  std::int64_t found;
  std::memcpy(&found, item.data(), sizeof found);
  return found;
}

/// From the earliest worker's own start until the consumers have counted all items, which we look up now and then
/// once the producers are done. Negative if the checksum is wrong.
template <class T, class Queue>
double transfer(Queue& queue, int producers, int consumers, std::int64_t items) {
  struct alignas(128) Taken {
    std::atomic<std::int64_t> count{0};
    std::int64_t sum = 0;
  };
  Gate gate(producers + consumers);
  std::vector<Taken> taken(consumers);
  std::vector<std::int64_t> began(producers + consumers);
  std::vector<std::thread> putting, getting;
  for (int c = 0; c < consumers; ++c) {
    getting.emplace_back([&, c] {
      began[producers + c] = gate.pass();
      std::int64_t count = 0, sum = 0;
      for (;;) {
        std::int64_t found = number(queue.get());
        if (found < 0) break;
        sum += found;
        taken[c].count.store(++count, std::memory_order_relaxed);
      }
      taken[c].sum = sum;
    });
  }
  for (int p = 0; p < producers; ++p) {
    putting.emplace_back([&, p] {
      began[p] = gate.pass();
      for (std::int64_t i = p; i < items; i += producers) queue.put(item<T>(i));
    });
  }
  for (std::thread& thread : putting) thread.join();
  auto arrived = [&] {
    std::int64_t all = 0;
    for (Taken& each : taken) all += each.count.load(std::memory_order_relaxed);
    return all;
  };
  while (arrived() < items) sleep_ns(50'000);
  double took = static_cast<double>(now() - *std::min_element(began.begin(), began.end()));
  for (int c = 0; c < consumers; ++c) queue.put(item<T>(-1));
  for (std::thread& thread : getting) thread.join();
  std::int64_t sum = 0;
  for (Taken& each : taken) sum += each.sum;
  return sum == items * (items - 1) / 2 ? took : -1;
}

/// The columns of one kind of queue, which is made from `capacity...`; `kind` is "bounded" or "unbounded".
template <template <class> class Kind, class... Capacity>
int queue_columns(Asked asked, const std::string& kind, Capacity... capacity) {
  using Numbers = Kind<std::int64_t>;
  using Strings = Kind<std::string>;
  auto column = [&](const std::string& name) { return asked.for_column(kind + "_" + name); };

  if (column("1_thread")) {
    Numbers queue(capacity...);
    int n = asked.times(2e6);
    std::int64_t sum = 0;
    double took = together(1, [&](int) {
      for (int i = 0; i < n; ++i) {
        queue.put(i);
        sum += queue.get();
      }
    });
    keep(sum);
    return print(took / n);
  }
  if (column("ping_pong")) {
    Numbers there(capacity...), back(capacity...);
    int n = asked.times(20e3);
    return print(together(2,
                          [&](int player) {
                            for (int i = 0; i < n; ++i) {
                              if (player == 0) there.put(i);
                              std::int64_t found = player == 0 ? back.get() : there.get();
                              if (player == 1) back.put(found);
                            }
                          }) /
                 n);
  }
  struct {
    const char* name;
    int producers, consumers;
  } const shapes[] = {{"1p1c", 1, 1}, {"2p2c", 2, 2}, {"4p4c", 4, 4}, {"8p1c", 8, 1}, {"1p8c", 1, 8}};
  for (auto [name, producers, consumers] : shapes) {
    double took = 0, items = 0;
    if (column(name)) {
      Numbers queue(capacity...);
      took = transfer<std::int64_t>(queue, producers, consumers, asked.times(1e6));
      items = asked.times(1e6);
    } else if (column(std::string("string_") + name)) {
      Strings queue(capacity...);
      took = transfer<std::string>(queue, producers, consumers, asked.times(5e5));
      items = asked.times(5e5);
    } else {
      continue;
    }
    return took < 0 ? 1 : print(took / items);
  }
  return NotOffered;
}

template <template <class> class Bounded, template <class> class Unbounded>
int queue_main(int argc, char** argv) {
  Asked asked(argc, argv);
  int status = queue_columns<Bounded>(asked, "bounded", std::size_t{1024});
  return status != NotOffered ? status : queue_columns<Unbounded>(asked, "unbounded");
}

}  // namespace bench

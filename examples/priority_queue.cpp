// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Three orders: first in first out, last in first out, lowest first.

#include <weft/queue.hpp>

#include <cstdio>
#include <string>
#include <utility>

using namespace weft::queue;

int main() {
  Queue<std::string> line;
  LifoQueue<std::string> pile;
  PriorityQueue<std::pair<int, std::string>> ward;
  for (auto [urgency, who] : {std::pair{3, "ann"}, {1, "bob"}, {2, "cho"}}) {
    line.put(who);
    pile.put(who);
    ward.put({urgency, who});
  }

  std::printf("line:");
  while (auto who = line.try_get()) std::printf(" %s", who->c_str());
  std::printf("\npile:");
  while (auto who = pile.try_get()) std::printf(" %s", who->c_str());
  std::printf("\nward:");
  while (auto next = ward.try_get()) std::printf(" %s", next->second.c_str());

  try {
    line.get(0.01);
  } catch (const Empty&) {
    std::printf("\nnobody came within 10 ms\n");
  }
}

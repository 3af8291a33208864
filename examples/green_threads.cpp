// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Ten thousand green threads on one OS thread. While one waits, the others run:
// all of these sleep at the same time.

#include <weft/gevent.hpp>

#include <cstdio>
#include <vector>

using namespace weft;

int main() {
  auto fetch = [](int page) {
    gevent::sleep(0.05);  // as if it came from far away
    return page * page;
  };

  std::vector<gevent::Greenlet<int>> pages;
  for (int page = 0; page < 10'000; ++page) pages.push_back(gevent::spawn(fetch, page));

  long sum = 0;
  for (auto& page : pages) sum += page.get();
  std::printf("%zu pages, sum %ld\n", pages.size(), sum);

  auto faulty = gevent::spawn([] { throw ValueError("no such page"); });
  try {
    faulty.get();
  } catch (const ValueError& e) {
    std::printf("failed: %s\n", e.what());
  }

  auto patient = gevent::spawn([] { gevent::sleep(3600); });
  gevent::sleep(0);
  patient.kill();
  std::printf("killed in its sleep: %s\n", patient.dead() ? "true" : "false");
}

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// One produces bones, two dogs eat them. The queue holds at most three, so the
// producer waits for the dogs.

#include <weft/queue.hpp>
#include <weft/threading.hpp>

#include <atomic>
#include <cstdio>
#include <string>
#include <vector>

using weft::queue::Queue;
using weft::threading::Thread;

int main() {
  Queue<std::string> bones(3);
  std::atomic<int> eaten{0};
  auto eat = [&] {
    for (std::string& bone : bones) {  // until the queue is shut down and empty
      eaten += !bone.empty();
      bones.task_done();
    }
  };
  Thread snoopy(eat), laika(eat);
  snoopy.start();
  laika.start();

  for (int i = 0; i < 10; ++i) bones.put("bone " + std::to_string(i));
  std::puts("waiting until all bones are eaten");
  bones.join();
  std::printf("all %d bones are eaten\n", eaten.load());

  bones.shutdown();
  snoopy.join();
  laika.join();
}

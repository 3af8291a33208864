// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// One queue between OS threads and green threads: a thousand green threads ask,
// two OS threads answer, and nobody has to know who is what.

#include <weft/gevent.hpp>
#include <weft/queue.hpp>
#include <weft/threading.hpp>

#include <cstdio>
#include <vector>

using namespace weft;

struct Question {
  int number;
  queue::Queue<int>* answer;
};

int main() {
  queue::Queue<Question> questions(16);
  auto serve = [&] {
    for (Question q : questions) q.answer->put(q.number * 2);
  };
  threading::Thread first(serve), second(serve);
  first.start();
  second.start();

  auto ask = [&](int number) {
    queue::Queue<int> answer;
    questions.put({number, &answer});
    return answer.get();  // this green thread waits; its OS thread does not
  };
  std::vector<gevent::Greenlet<int>> asked;
  for (int i = 0; i < 1000; ++i) asked.push_back(gevent::spawn(ask, i));
  long sum = 0;
  for (auto& green : asked) sum += green.get();
  std::printf("the answers add up to %ld\n", sum);

  questions.shutdown();
  first.join();
  second.join();
}

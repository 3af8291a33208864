// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <array>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "support/model/atomic.hpp"
#include "support/model/choices.hpp"
#include "support/model/fiber.hpp"
#include "support/model/memory.hpp"
#include "support/model/scheduler.hpp"
#include "wait/place.hpp"

namespace weft::model {

/// Thrown from a failed run to explore(). Not an exception of std, so that the
/// program under test does not take it for one of its own.
struct Aborted {};

/// A memory order in the program, and what it is weakened to.
struct Order {
  std::string file;
  int line;
  const char* operation;
  std::memory_order from, to;

  auto operator<=>(const Order&) const = default;
};

/// Runs the actors, one step at a time, and keeps the memory. There is one, and
/// one thread uses it.
class Engine {
 public:
  struct Bounds {
    int preemptions, stale, spurious, steps;
    bool any_order;
  };

  static Engine& instance();
  static Engine* active();  // null outside of explore()

  void begin(const Bounds& bounds, bool tracing);
  void end();

  // What explore() looks at after a run.
  Failure failure() const { return failure_; }
  const std::string& message() const { return message_; }
  const std::string& trace() const { return trace_; }
  Choices& choices() { return choices_; }

  // What the program under test calls, through the headers beside this one.
  void together(const Action* actions, int count);
  void fail(Failure failure, std::string message);
  void turn();
  void yield();
  void until(const Action& condition);
  int asleep() const;
  int self() const { return current_ == 0 ? 99 : current_; }
  int thread() const { return current_; }
  int step() const { return step_; }
  wait::Outcome wait(const Location& word, std::uint32_t expected, const wait::Deadline& deadline,
                     const wait::Reason& reason);
  int wake(const Location& word, int n);
  bool accident();  // whether one of the spurious events that are left happens now
  void fence_everyone();
  void changed();  // who yielded may look again
  void data(const void* address, bool write);

  bool tracing() const { return tracing_; }
  void note(const std::string& line, const Site* site = nullptr);
  void name(const void* object, const char* name) { names_[object] = name; }
  std::string name_of(const void* object, const char* prefix);

  std::memory_order order(std::memory_order order, const char* operation, const Site& site);

  Memory& memory() { return memory_; }
  std::uint64_t run() const { return run_; }

  std::set<std::uint32_t> lost;
  std::set<Order>* collected = nullptr;  // where the orders in use are written down
  const Order* weakened = nullptr;

 private:
  enum class State : std::uint8_t { Ended, Ready, Yielded, Asleep, Until };
  enum class Resume : std::uint8_t { Go, TimeOut, Interrupt, Spurious };

  struct Actor {
    State state = State::Ended;
    bool just_chosen = false;  // its next step needs no second choice
    const Action* body = nullptr;
    const Action* condition = nullptr;
    const Location* word = nullptr;
    const wait::Deadline* deadline = nullptr;
    const wait::Reason* reason = nullptr;
    int since = 0;
    wait::Outcome outcome = wait::Outcome::Woken;
    std::unique_ptr<Fiber> fiber;
  };

  struct Option {
    int actor;
    Resume how;
  };

  struct Options {
    std::array<Option, MaxThreads * 3> list;
    int count = 0;

    void add(int actor, Resume how) { list[count++] = {actor, how}; }
  };

  struct DataAt {
    const void* address;
    std::uint64_t run;
    Memory::Data data;
  };

  static void live(void* argument);
  void pick();
  void offer_steps(bool yielded);
  bool offer_accidents();
  void resume(const Option& option);
  void transfer(int to);
  std::string who_waits();
  Fiber& fiber(int actor) { return actor == 0 ? main_ : *actors_[actor].fiber; }

  Choices choices_;
  Memory memory_{choices_};
  Fiber main_;
  std::array<Actor, MaxThreads> actors_;
  Options steps_, accidents_;
  std::vector<int> sleepers_;  // longest first
  Bounds bounds_{};
  bool active_ = false, tracing_ = false;
  std::uint64_t run_ = 0;
  int current_ = 0, count_ = 0, step_ = 0;
  int preemptions_left_ = 0, spurious_left_ = 0, vain_ = 0;
  Failure failure_ = Failure::None;
  std::string message_, trace_;
  std::vector<DataAt> data_;
  std::unordered_map<const void*, std::string> names_;
};

}  // namespace weft::model

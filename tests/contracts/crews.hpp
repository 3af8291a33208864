// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "support/crew.hpp"
#include "weft/gevent.hpp"
#include "weft/queue/simple_queue.hpp"
#include "weft/threading/event.hpp"
#include "weft/threading/lock.hpp"
#include "weft/threading/thread.hpp"

namespace weft::test {

/// Threads that weft started itself: known to it, and on stacks used again.
struct Threads {
  static constexpr const char* Name = "Threads";
  static constexpr bool is_one_process = true;

  template <class T>
  using Shared = OsThreads::Shared<T>;

  class Hand {
   public:
    explicit Hand(std::function<void()> run) : thread_(std::move(run)) { thread_.start(); }
    Hand(Hand&&) = default;
    Hand& operator=(Hand&&) = delete;
    ~Hand() { join(); }

    void join() {
      if (thread_ != threading::Thread()) thread_.join();
    }

   private:
    threading::Thread thread_;
  };
};

/// An OS thread that runs green threads for others, for as long as somebody has
/// orders for it.
class Host {
 public:
  Host() : thread_([this] { serve(); }) { thread_.start(); }
  ~Host() {
    orders_.put(nullptr);
    thread_.join();
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void run(std::function<void()> work) { orders_.put(std::make_shared<std::function<void()>>(std::move(work))); }

  /// The one with that number that others use at this moment, or else a new one.
  static std::shared_ptr<Host> find(std::size_t number) {
    static threading::Lock lock;
    static std::array<std::weak_ptr<Host>, 3> hosts;
    std::scoped_lock held(lock);
    std::weak_ptr<Host>& place = hosts[number % hosts.size()];
    std::shared_ptr<Host> host = place.lock();
    if (host == nullptr) place = host = std::make_shared<Host>();
    return host;
  }

 private:
  void serve() {
    while (std::shared_ptr<std::function<void()>> work = orders_.get()) {
      gevent::spawn([work] { (*work)(); });
    }
  }

  queue::SimpleQueue<std::shared_ptr<std::function<void()>>> orders_;
  threading::Thread thread_;
};

/// A hand that is a green thread of a host.
class GreenHand {
 public:
  GreenHand(std::function<void()> run, std::size_t number)
      : host_(Host::find(number)), done_(std::make_shared<threading::Event>()) {
    host_->run([run = std::move(run), done = done_] {
      run();
      done->set();
    });
  }
  GreenHand(GreenHand&&) = default;
  GreenHand& operator=(GreenHand&&) = delete;
  ~GreenHand() { join(); }

  void join() {
    if (done_ == nullptr) return;
    done_->wait();
    done_ = nullptr;
    host_ = nullptr;
  }

 private:
  std::shared_ptr<Host> host_;
  std::shared_ptr<threading::Event> done_;
};

/// Green threads, all on one hub.
struct GreenThreads {
  static constexpr const char* Name = "GreenThreads";
  static constexpr bool is_one_process = true;

  template <class T>
  using Shared = OsThreads::Shared<T>;

  struct Hand : GreenHand {
    explicit Hand(std::function<void()> run) : GreenHand(std::move(run), 0) {}
  };
};

/// Green threads on several hubs.
struct Hubs {
  static constexpr const char* Name = "Hubs";
  static constexpr bool is_one_process = true;

  template <class T>
  using Shared = OsThreads::Shared<T>;

  struct Hand : GreenHand {
    explicit Hand(std::function<void()> run) : GreenHand(std::move(run), next()) {}

   private:
    static std::size_t next() {
      static std::atomic<std::size_t> hands{0};
      return hands.fetch_add(1);
    }
  };
};

/// OS threads and green threads, in turn.
struct Mixed {
  static constexpr const char* Name = "Mixed";
  static constexpr bool is_one_process = true;

  template <class T>
  using Shared = OsThreads::Shared<T>;

  class Hand {
   public:
    explicit Hand(std::function<void()> run) {
      static std::atomic<unsigned> hands{0};
      if (hands.fetch_add(1) % 2 == 0) {
        green_.emplace(std::move(run), 0);
      } else {
        thread_.emplace(std::move(run));
      }
    }

    void join() {
      if (green_) green_->join();
      if (thread_) thread_->join();
    }

   private:
    std::optional<GreenHand> green_;
    std::optional<Threads::Hand> thread_;
  };
};

/// A contract for every crew that there is.
template <class T>
using EveryCrew =
    ::testing::Types<Hole<T, OsThreads>, Hole<T, Threads>, Hole<T, GreenThreads>, Hole<T, Hubs>, Hole<T, Mixed>>;

}  // namespace weft::test

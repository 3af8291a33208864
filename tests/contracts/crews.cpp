// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "contracts/crews.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "weft/gevent.hpp"
#include "weft/queue/simple_queue.hpp"
#include "weft/threading/event.hpp"
#include "weft/threading/lock.hpp"
#include "weft/threading/thread.hpp"

namespace weft::test {
namespace {

// An OS thread that runs green threads for others, for as long as somebody has
// orders for it.
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

  // The one with that number that others use at this moment, or else a new one.
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

// A hand that is a green thread of a host.
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

const std::string& chosen() {
  static const std::string crew = [] {
    const char* set = std::getenv("WEFT_CREW");
    std::string name = set != nullptr ? set : "OsThreads";
    for (const char* known : {"OsThreads", "Threads", "GreenThreads", "Hubs", "Mixed"}) {
      if (name == known) return name;
    }
    std::fprintf(stderr, "WEFT_CREW: there is no crew %s\n", name.c_str());
    std::exit(2);
  }();
  return crew;
}

}  // namespace

const char* const AnyCrew::Name = "AnyCrew";

struct AnyCrew::Hand::Body {
  explicit Body(std::function<void()> run) {
    static std::atomic<std::size_t> hands{0};
    const std::size_t number = hands.fetch_add(1);
    const std::string& crew = chosen();
    if (crew == "Threads" || (crew == "Mixed" && number % 2 == 0)) {
      hand.emplace<Threads::Hand>(std::move(run));
    } else if (crew == "OsThreads") {
      hand.emplace<OsThreads::Hand>(std::move(run));
    } else {
      hand.emplace<GreenHand>(std::move(run), crew == "Hubs" ? number : 0);
    }
  }

  std::variant<std::monostate, OsThreads::Hand, Threads::Hand, GreenHand> hand;
};

AnyCrew::Hand::Hand(std::function<void()> run) : body_(std::make_unique<Body>(std::move(run))) {}
AnyCrew::Hand::Hand(Hand&&) noexcept = default;
AnyCrew::Hand::~Hand() {
  if (body_ != nullptr) join();
}

void AnyCrew::Hand::join() {
  if (auto* os = std::get_if<OsThreads::Hand>(&body_->hand)) os->join();
  if (auto* thread = std::get_if<Threads::Hand>(&body_->hand)) thread->join();
  if (auto* green = std::get_if<GreenHand>(&body_->hand)) green->join();
}

}  // namespace weft::test

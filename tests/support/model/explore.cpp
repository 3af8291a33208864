// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "os/clock.hpp"
#include "os/sanitizer.hpp"
#include "support/model/engine.hpp"
#include "support/model/model.hpp"
#include "support/support.hpp"
#if defined(WEFT_ASAN)
#include <sanitizer/lsan_interface.h>
#endif

namespace weft::model {
namespace {

constexpr double Limit = 180;  // seconds for a test: millions of runs, on a machine that has other things to do

void run_once(Engine& engine, const Options& options, bool tracing, const std::function<void()>& body) {
  engine.begin({options.preemptions, options.stale, options.spurious, options.steps, options.any_order}, tracing);
  try {
    body();
  } catch (const Aborted&) {
  }
  engine.end();
}

const char* text(std::memory_order order) {
  constexpr const char* Names[] = {"relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};
  return Names[static_cast<int>(order)];
}

std::string text(const Order& order) {
  return order.file.substr(order.file.rfind('/') + 1) + ":" + std::to_string(order.line) + " " + order.operation + " " +
         text(order.from) + " -> " + text(order.to);
}

const char* text(Failure failure) {
  constexpr const char* Names[] = {"holds",    "requirement not met", "race",  "deadlock",
                                   "livelock", "exception",           "limit", "strayed"};
  return Names[static_cast<int>(failure)];
}

// What a sanitizer looks for it finds in few runs, and it takes ten times as long for each.
bool sampled() { return test::patience() > 1 && !test::stressed(); }

}  // namespace

int Options::usual_preemptions() { return test::rounds(2, 3); }

Report explore(const Options& options, const std::function<void()>& body) {
  Engine& engine = Engine::instance();
  Choices& choices = engine.choices();
  os::TestClock clock;
  std::int64_t begun = os::monotonic();
  Report report;
  choices.forget();
  std::uint64_t seed = options.random != 0 && options.seed == 0 ? test::seed() : options.seed;
  for (bool more = true; more;) {
    options.random == 0 ? choices.begin_every() : choices.begin_random(seed);
    run_once(engine, options, false, body);
    ++report.runs;
    report.steps += static_cast<std::uint64_t>(engine.step());
    if (engine.failure() != Failure::None) {
      report.failure = engine.failure();
      report.seed = options.random != 0 ? seed : 0;
      choices.begin_again();
      run_once(engine, options, true, body);
      report.message = engine.message();
      report.trace = engine.trace();
      if (engine.failure() != report.failure || choices.strayed()) {
        report.failure = Failure::Strayed;
        report.message = "the run did something else when it was repeated: " + report.message;
      }
      break;
    }
    if (choices.strayed()) {
      report.failure = Failure::Strayed;
      report.message = "two runs that began alike met different alternatives: the body depends on more than its steps";
      break;
    }
    if (options.random == 0) {
      more = choices.advance();
      report.complete = !more;
    } else {
      ++seed;
      more = report.runs < options.random;
    }
  }
  report.seconds = static_cast<double>(os::monotonic() - begun) * 1e-9;
  return report;
}

Report check(Options options, const std::function<void()>& body) {
  constexpr std::uint64_t Sample = 4'000;
  test::limit(Limit);
  if (sampled()) options.random = options.random == 0 ? Sample : std::min(options.random, Sample);
  Report report = explore(options, body);
  if (!report.holds()) ADD_FAILURE() << report;
  if (std::getenv("WEFT_MODEL_VERBOSE") != nullptr) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::printf("%s.%s: %llu runs, %llu steps, %.2f s%s\n", test->test_suite_name(), test->name(),
                static_cast<unsigned long long>(report.runs), static_cast<unsigned long long>(report.steps),
                report.seconds, report.complete ? "" : ", not all there are");
  }
  return report;
}

void check_all(const Options& options, const std::function<void()>& body) {
  const bool complete = check(options, body).complete;
  EXPECT_TRUE(complete || sampled());
}

void check_all(const std::function<void()>& body) {
  if (test::stressed()) {
    check_all({.preemptions = 2, .stale = 3}, body);
    check_all({.preemptions = 3, .stale = 1}, body);
  } else {
    check_all({.preemptions = 2, .stale = 2}, body);
  }
}

void check_many(const std::function<void()>& body) {
  check({.preemptions = -1, .random = static_cast<std::uint64_t>(test::rounds(20'000, 1'000'000))}, body);
}

Weakened weaken_each(const Options& options, const Bodies& bodies) {
  test::limit(Limit);
  Engine& engine = Engine::instance();
#if defined(WEFT_ASAN)
  __lsan::ScopedDisabler lost;  // a run that fails is left where it stands, with what it has allocated
#endif
  Weakened result;
  std::set<Order> orders;
  auto hold = [&](const std::function<void()>& body) {
    result.report = explore(options, body);
    return result.report.holds();
  };
  engine.collected = &orders;
  bool sound = std::ranges::all_of(bodies, hold);
  engine.collected = nullptr;
  if (!sound) return result;
  Report sane = result.report;
  for (const Order& order : orders) {
    engine.weakened = &order;
    if (std::ranges::all_of(bodies, hold)) result.unnoticed.push_back(text(order));
    ++result.orders;
  }
  result.report = sane;
  engine.weakened = nullptr;
  return result;
}

std::ostream& operator<<(std::ostream& out, const Weakened& weakened) {
  out << weakened.orders << " orders weakened, " << weakened.unnoticed.size() << " of them unnoticed\n";
  for (const std::string& order : weakened.unnoticed) out << "  " << order << "\n";
  return out;
}

std::ostream& operator<<(std::ostream& out, const Report& report) {
  out << text(report.failure);
  if (report.failure != Failure::None) {
    out << ": " << report.message << "\nsteps (A, B ...: the actors, -: the body):\n" << report.trace;
    if (report.seed != 0) out << "repeat with WEFT_TEST_SEED=" << report.seed << "\n";
  }
  return out << report.runs << " runs, " << report.steps << " steps, " << report.seconds << " s\n";
}

}  // namespace weft::model

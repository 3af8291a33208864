// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/map.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <system_error>
#include <utility>

#include "cli/items.hpp"
#include "cli/printer.hpp"
#include "cli/progress.hpp"
#include "cli/runner.hpp"
#include "cli/shell.hpp"
#include "cli/stop.hpp"
#include "weft/cpu_count.hpp"
#include "weft/errors.hpp"
#include "weft/queue.hpp"
#include "weft/threading.hpp"

// Items -> slots -> results -> this thread.
//
// Each slot is a thread that takes the next item, runs its command to the end
// and puts the result. This thread takes the results as they come, prints and
// counts them: so nothing is printed by two at once. The queue is short, so when
// our output is read slowly, the slots wait, and then nothing is read from the
// input either. A stop is seen by whoever polls anything at all.
namespace weft::cli {
namespace {

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

std::string verdict(const Finished& result) {
  std::string text = quoted(result.item.text);
  if (!result.error.empty()) {
    text += fmt::format(" could not be run: {}", result.error);
  } else if (result.returncode < 0) {
    text += fmt::format(" was killed by {}", signal_name(-result.returncode));
  } else {
    text += fmt::format(" failed with status {}", result.returncode);
  }
  if (result.tries > 1) text += fmt::format(", tried {} times", result.tries);
  return text;
}

class Map {
 public:
  explicit Map(const MapOptions& options)
      : command_(options.command),
        retries_(options.retries),
        jobs_(options.jobs > 0 ? options.jobs : cpu_count()),
        printer_(progress_, stop_),
        input_(open_input(options)),
        items_(options.arguments
                   ? Items(*options.arguments)
                   : Items(input_, options.null ? '\0' : '\n', progress_.visible() ? ReadAhead : 0, stop_)),
        results_(std::int64_t{2} * jobs_) {}

  ~Map() {
    if (input_ > STDIN_FILENO) ::close(input_);
  }

  int run();

 private:
  static constexpr std::size_t ReadAhead = 8 << 20;

  static int open_input(const MapOptions& options);
  std::vector<threading::Thread> start_slots();
  void leave_slot();
  void work();
  void take(const Finished& result);
  int outcome();

  const Template command_;
  const int retries_;
  const int jobs_;
  Stop stop_;
  Progress progress_;
  Printer printer_;
  const int input_;
  Items items_;
  queue::Queue<Finished> results_;
  std::atomic<int> slots_{0}, running_{0};
  Tally tally_;
};

int Map::open_input(const MapOptions& options) {
  if (options.arguments || options.file.empty() || options.file == "-") return STDIN_FILENO;
  int fd = ::open(options.file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw OSError(errno, "open " + options.file);
  return fd;
}

// What a slot does.
void Map::work() {
  struct Leave {
    Map& map;
    ~Leave() { map.leave_slot(); }
  } leave{*this};
  try {
    Runner runner(command_, retries_, stop_);
    while (!stop_.requested()) {
      std::optional<Item> item = items_.next();
      if (!item) return;
      running_.fetch_add(1, std::memory_order_relaxed);
      Finished result = runner.run(std::move(*item));
      running_.fetch_sub(1, std::memory_order_relaxed);
      results_.put(std::move(result));
    }
  } catch (const OSError& error) {
    if (stop_.request({Reason::InputFailed, error.error()})) return;
  }
}

void Map::take(const Finished& result) {
  if (stop_.requested()) return;  // it may have been cut short
  try {
    printer_.print(STDOUT_FILENO, result.out);
    printer_.print(STDERR_FILENO, result.err);
  } catch (const OSError& error) {  // a temporary file
    stop_.request({Reason::OutputFailed, error.error()});
  }
  ++tally_.done;
  if (!result.succeeded()) {
    ++tally_.failed;
    printer_.say(verdict(result));
  }
}

// As many as there are to be, or as the system gives; at least one.
std::vector<threading::Thread> Map::start_slots() {
  std::vector<threading::Thread> threads;
  int wanted = items_.total() < 0 ? jobs_ : static_cast<int>(std::clamp<std::int64_t>(items_.total(), 1, jobs_));
  slots_ = 1;  // a place for those to come, or the first to leave would shut down
  for (int i = 0; i < wanted; ++i) {
    threading::Thread thread([this] { work(); }, {.name = fmt::format("slot {}", i + 1)});
    slots_.fetch_add(1);
    try {
      thread.start();
    } catch (const RuntimeError& error) {
      slots_.fetch_sub(1);
      if (threads.empty()) throw;
      printer_.say(fmt::format("{}: {} at a time, not {}", error.what(), i, wanted));
      break;
    }
    threads.push_back(std::move(thread));
  }
  leave_slot();
  return threads;
}

void Map::leave_slot() {
  if (slots_.fetch_sub(1) == 1) results_.shutdown();
}

int Map::run() {
  if (input_ == STDIN_FILENO && items_.total() < 0 && ::isatty(STDIN_FILENO)) {
    printer_.say("reading items from the terminal, one on each line; Ctrl-D ends them");
  }
  std::vector<threading::Thread> threads = start_slots();

  const Timeout tick = progress_.visible() ? Timeout(0.1) : Timeout();
  for (;;) {
    tally_.total = items_.total();
    tally_.running = running_.load(std::memory_order_relaxed);
    if (!stop_.requested()) printer_.show(tally_);
    std::optional<Finished> result = results_.try_get(tick);
    if (result) {
      take(*result);
    } else if (results_.is_shutdown() && results_.empty()) {
      break;
    }
  }
  for (threading::Thread& thread : threads) thread.join();
  progress_.hide();
  return outcome();
}

int Map::outcome() {
  Reason reason = stop_.reason();
  switch (reason.kind) {
    case Reason::None:
      break;
    case Reason::Signal:
      printer_.say(fmt::format("ended by {} after {} items; the commands that ran were ended",
                               signal_name(reason.number), tally_.done));
      return SignalBase + reason.number;
    case Reason::OutputClosed:
      return SignalBase + SIGPIPE;
    case Reason::OutputFailed:
      printer_.say(fmt::format("cannot write the output: {}", std::system_category().message(reason.number)));
      return Failure;
    case Reason::InputFailed:
      printer_.say(fmt::format("cannot go on: {}", std::system_category().message(reason.number)));
      return Failure;
    case Reason::CannotRun: {
      bool missing = reason.number != EACCES;
      printer_.say(fmt::format("{}: {}", quoted(command_.program()),
                               missing ? "command not found" : std::system_category().message(reason.number)));
      return missing ? NotFound : CannotExecute;
    }
  }
  if (tally_.failed > 0) printer_.say(fmt::format("{} of {} items failed", tally_.failed, tally_.done));
  return static_cast<int>(std::min<std::int64_t>(tally_.failed, MoreThan100));
}

}  // namespace

int map(const MapOptions& options) { return Map(options).run(); }

}  // namespace weft::cli

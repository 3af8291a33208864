// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/map.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/event.hpp"
#include "cli/family.hpp"
#include "cli/guard.hpp"
#include "cli/halt.hpp"
#include "cli/items.hpp"
#include "cli/joblog.hpp"
#include "cli/json.hpp"
#include "cli/memory.hpp"
#include "cli/poller.hpp"
#include "cli/printer.hpp"
#include "cli/runner.hpp"
#include "cli/stop.hpp"
#include "cli/summary.hpp"
#include "cli/text.hpp"
#include "cli/view.hpp"
#include "weft/cpu_count.hpp"
#include "weft/errors.hpp"

// Items -> runner -> printer, in one thread that waits in one place.
//
// Each round starts what can be started, writes what can be written, and waits
// for whatever comes next: the end or the output of a command, more input,
// somebody who reads our output again, a point in time, a signal. Whatever
// happens to an item is an Event, and told to all who look on. No part of it
// grows with the number of items: when the output is not read, or one item
// keeps others from being printed, nothing more is started, and then nothing
// more is read.
namespace weft::cli {
namespace {

constexpr Time GraceAfterStop = 400 * Millisecond;
constexpr Time LookAround = Second;
constexpr Time LongestDelay = 60 * Second;
constexpr Time LongestInterval = 60 * Second;  // between two lines that tell how far we are
constexpr int BlocksWaiting = 4;  // to be tried again, for each that runs: they take memory and a descriptor

class Map {
 public:
  explicit Map(const MapOptions& options);
  int run();

 private:
  static constexpr std::uint64_t InputKey = 3 << 2 | Runner::Foreign, StopKey = 4 << 2 | Runner::Foreign;

  void open_json();
  bool was_done(const Item& item);

  void start_what_can_be();
  bool output_is_behind() const noexcept;
  bool may_start(Time time);
  void say_no_room(int error);
  std::optional<Job> next_job();
  void watch_input();
  void pretend(const Job& job);
  void idle(Idle why) noexcept { idle_ = why; }

  void take_results();
  void retry(Result& result);
  void printed(const Result& result);
  void halt(Halt::When when);

  void wait();
  void show();
  void look_around(Time time);
  void pause();
  void end_early();
  void tell(const Event& event);
  const Tally& tally();
  bool all_done() const;
  int outcome();
  void flush();

  const MapOptions options_;
  const Template command_;
  const int jobs_;
  Stop stop_;
  Poller poller_;
  View view_;
  Spill spill_;
  Guard guard_;
  Adopted adopted_;
  Items items_;
  Runner runner_;
  Printer printer_;
  HaltWatch halt_watch_;
  std::optional<Joblog> joblog_;
  std::optional<Json> json_;
  Summary summary_;
  Tally tally_;

  std::multimap<Time, Job> retries_;
  Halt::When halted_ = Halt::AtEnd;
  Time begun_ = now(), looked_ = begun_;
  Time line_interval_, next_line_;
  std::int64_t told_done_ = 0;  // in the last of the lines
  Idle idle_ = Idle::Input;
  const int room_;    // jobs_, or as many as there are descriptors for
  int most_running_;  // less than that where the system gave no more
  bool said_no_room_ = false;
  std::string refused_;
  bool input_polled_ = false, input_watched_ = false;
};

bool wants_view(const MapOptions& options) {
  if (options.dry_run) return false;
  return options.show == Show::Live || (options.show == Show::Auto && View::possible());
}

// Lines that nobody has asked for come late: what takes seconds stays silent.
Time first_line_after(const MapOptions& options) {
  if (options.dry_run) return Never;
  if (options.show == Show::Lines) return Second;
  return options.show == Show::Auto && !View::possible() ? 10 * Second : Never;
}

Map::Map(const MapOptions& options)
    : options_(options),
      command_(options.command, options.items.block == 0),
      jobs_(options.jobs > 0 ? options.jobs : cpu_count()),
      view_(wants_view(options)),
      guard_(jobs_, view_.visible() ? view_.fd() : -1),
      items_(options.items, stop_),
      runner_(command_,
              {.jobs = jobs_,
               .timeout = options.timeout,
               .grace = options.grace,
               .memory = options.memory,
               .wants_command = !options.joblog.empty(),
               .others = options.items.block > 0 ? 1 + BlocksWaiting : 0},
              poller_, guard_, spill_),
      printer_(poller_, stop_, view_, options.ordered, [this](const Result& result) { printed(result); }),
      halt_watch_(options.halt),
      line_interval_(first_line_after(options)),
      next_line_(line_interval_ == Never ? Never : begun_ + line_interval_),
      room_(runner_.most()),
      most_running_(room_) {
  bool logs = !options.joblog.empty() && (options.resume || !options.dry_run);
  if (logs) joblog_.emplace(options.joblog, options.resume, options.dry_run ? Joblog::OnlyRead : Joblog::Write);
  if (!options.json.empty() && !options.dry_run) open_json();
  poller_.add(stop_.fd(), EPOLLIN, StopKey);
}

void Map::open_json() try { json_.emplace(options_.json); } catch (const OSError& error) {
  if (error.error() != EINTR || !stop_.requested()) throw;
}

// Whether this item succeeded in a former run, whichever slot it had then. If it was
// another one, everything ends.
bool Map::was_done(const Item& item) {
  if (!joblog_ || !joblog_->has(item.number)) return false;
  std::string line = command_.line(item, 1);
  if (!joblog_->is(item.number, line) && stop_.request({Reason::Refused})) {
    refused_ =
        fmt::format("item {} is now {}, and was another one when {} was written", item.number, line, options_.joblog);
  }
  return true;
}

void Map::tell(const Event& event) {
  tally_.note(event);
  summary_.note(event);
  if (joblog_ && !options_.dry_run) joblog_->note(event);
  if (json_) json_->note(event);
}

const Tally& Map::tally() {
  tally_.total = items_.total();
  tally_.given = items_.given();
  tally_.running = runner_.running();
  tally_.waiting = static_cast<std::int64_t>(retries_.size());
  tally_.printing = static_cast<std::int64_t>(printer_.held());
  return tally_;
}

// Whether more is waiting to be printed than should be.
bool Map::output_is_behind() const noexcept {
  constexpr std::size_t MostInOrder = 1000;
  auto jobs = static_cast<std::size_t>(jobs_);
  return printer_.ready() >= 2 * jobs || printer_.expected() >= std::max(MostInOrder, 4 * jobs);
}

// Whether the system and who reads our output allow for one more.
bool Map::may_start(Time time) {
  if (halted_ != Halt::AtEnd || !runner_.has_free_slot()) return false;
  if (output_is_behind()) {
    idle(Idle::Output);
  } else if (runner_.running() >= most_running_) {
    if (!items_.at_end()) say_no_room(EMFILE);
    idle(Idle::Room);
  } else if (options_.memory > 0 && runner_.running() > 0 && available_memory() < options_.memory) {
    looked_ = std::min(looked_, time - LookAround + 100 * Millisecond);
    idle(Idle::Memory);
  } else {
    return true;
  }
  return false;
}

std::optional<Job> Map::next_job() {
  if (!retries_.empty() && retries_.begin()->first <= now()) {
    Job job = std::move(retries_.begin()->second);
    retries_.erase(retries_.begin());
    return job;
  }
  auto most_waiting =
      static_cast<std::size_t>(options_.items.block > 0 ? BlocksWaiting * room_ : std::max(4 * jobs_, 1000));
  if (retries_.size() >= most_waiting) return idle(Idle::Retry), std::nullopt;
  for (;;) {
    std::optional<Item> item = items_.next();
    if (!item) {
      idle(!items_.at_end() ? Idle::Input : retries_.empty() ? Idle::Finish : Idle::Retry);
      return std::nullopt;
    }
    if (was_done(*item)) {
      ++tally_.skipped;
      if (stop_.requested()) return std::nullopt;
      continue;
    }
    printer_.expect(item->number);
    return Job{std::move(*item)};
  }
}

void Map::say_no_room(int error) {
  if (std::exchange(said_no_room_, true)) return;
  printer_.say(fmt::format("{} at a time, not {}: {}", most_running_, jobs_, std::system_category().message(error)));
}

void Map::start_what_can_be() {
  Time time = now();
  while (!stop_.requested() && may_start(time)) {
    std::optional<Job> job;
    try {
      job = next_job();
    } catch (const OSError& error) {
      bool comes = runner_.running() > 0 || !retries_.empty();
      if (comes && Runner::is_want_of_room(error.error())) {
        idle(runner_.running() > 0 ? Idle::Room : Idle::Retry);
      } else {
        stop_.request({Reason::InputFailed, error.error()});
      }
    }
    if (!job) break;
    if (options_.dry_run) {
      pretend(*job);
      continue;
    }
    auto [slot, error] = runner_.start(*job);
    if (slot >= 0) tell({Event::Started, runner_.job(slot), slot + 1, runner_.pid(slot)});
    if (error != 0) {
      retries_.emplace(0, std::move(*job));
      most_running_ = runner_.running();
      say_no_room(error);
    }
    take_results();
  }
  bool wants_input = runner_.has_free_slot() && idle_ == Idle::Input && halted_ == Halt::AtEnd && !items_.at_end();
  if (wants_input) watch_input();
}

// Prints the command in place of running it.
void Map::pretend(const Job& job) {
  Result result;
  result.job = job;
  auto slot = static_cast<int>((job.item.number - 1) % jobs_);
  result.out = Capture(spill_);
  result.out.add(shell_line(command_.filled(job.item, slot + 1)) + "\n");
  printer_.put(std::move(result));
  printer_.pump();
}

// For one event: a pipe whose writer has gone would be ready all the time.
void Map::watch_input() {
  int fd = items_.fd();
  if (fd < 0 || std::exchange(input_watched_, true)) return;
  if (!std::exchange(input_polled_, true)) {
    poller_.add(fd, EPOLLIN | EPOLLONESHOT, InputKey);
  } else {
    poller_.change(fd, EPOLLIN | EPOLLONESHOT, InputKey);
  }
}

void Map::take_results() {
  for (Result& result : runner_.take()) {
    if (result.how == Result::Cut || stop_.requested()) {
      ++tally_.cut;
      printer_.give_up(result.job.item.number);
      continue;
    }
    tell({Event::Tried, result.job, result.slot, result.pid, &result});
    bool no_program =
        result.how == Result::NotRun && (result.error == ENOENT || result.error == ENOTDIR || result.error == EACCES);
    if (no_program && !command_.program_varies()) {  // then it is not there for any
      ++tally_.cut;
      stop_.request({Reason::CannotRun, result.error});
    } else if (!result.succeeded() && result.job.tries <= options_.retries && halted_ == Halt::AtEnd) {
      retry(result);
    } else {
      halt(halt_watch_.note(result, items_.total()));
      result.job.item.block.reset();  // nobody reads it any more
      printer_.put(std::move(result));
    }
  }
}

void Map::retry(Result& result) {
  Time delay = options_.retry_delay;
  for (int i = 1; i < result.job.tries && delay > 0 && delay < LongestDelay; ++i)
    delay = std::min(2 * delay, LongestDelay);
  // A little more or less, so that those who failed together do not come back together.
  auto mixed = static_cast<std::uint64_t>(result.job.item.number * 64 + result.job.tries) * 0x9e3779b97f4a7c15u;
  delay += static_cast<Time>(static_cast<double>(delay) * (static_cast<double>(mixed >> 32) / 4294967296.0 - 0.5) / 2);
  tell({Event::Retried, result.job, result.slot, result.pid, &result, delay});
  retries_.emplace(now() + delay, std::move(result.job));
}

void Map::printed(const Result& result) {
  try {
    tell({Event::Done, result.job, result.slot, result.pid, &result});
  } catch (const OSError& error) {
    stop_.request({Reason::LogFailed, error.error()});
    return;
  }
  if (result.succeeded()) return;
  std::string tried = result.job.tries > 1 ? fmt::format(", tried {} times", result.job.tries) : std::string();
  printer_.say(result.job.item.name() + " " + result.verdict() + tried);
}

void Map::halt(Halt::When when) {
  if (when <= halted_) return;
  halted_ = when;
  for (const auto& [at, job] : retries_) printer_.give_up(job.item.number);
  tally_.cut += static_cast<std::int64_t>(retries_.size());
  retries_.clear();
  if (when == Halt::Now) runner_.end_all(options_.grace);
}

void Map::look_around(Time time) {
  looked_ = time;
  most_running_ = std::min(most_running_ + most_running_ / 2 + 1, room_);  // there may be room again
  adopted_.bury([this](pid_t pid) { return runner_.is_ours(pid); });
  if (view_.visible()) items_.read_ahead();
  if (json_) json_->pump();
}

// Ctrl-Z: all stops, and goes on when we do; at once, where no shell could let us go on.
void Map::pause() {
  view_.hide();
  runner_.signal_all(SIGSTOP);
  Time before = now();
  Stop::suspend();
  const Time stood = now() - before;
  begun_ += stood;
  view_.let_time_pass(stood);
  runner_.let_time_pass(stood);
  runner_.signal_all(SIGCONT);
}

void Map::wait() {
  Time until = std::min({looked_ + LookAround, runner_.due(), printer_.at_line_start() ? view_.due() : Never});
  bool held_up = idle_ == Idle::Output || idle_ == Idle::Memory || idle_ == Idle::Room;
  if (!retries_.empty() && runner_.has_free_slot() && !held_up) until = std::min(until, retries_.begin()->first);
  until = std::min(until, next_line_);

  Time before = now();
  int free = jobs_ - runner_.running();
  for (const epoll_event& event : poller_.wait(until)) {
    std::uint64_t key = event.data.u64;
    if (Runner::owns(key)) {
      runner_.handle(key);
    } else if (key == InputKey) {
      input_watched_ = false;
    } else if (key != StopKey) {
      printer_.handle(key >> 2, event.events);
    }
  }
  Time time = now();
  summary_.note_idle(idle_, (time - before) * free);
  if (stop_.take_pause()) pause();
  if (runner_.due() <= time) runner_.look_at_the_clock(time);
  if (looked_ + LookAround <= time || (view_.visible() && view_.due() <= time)) look_around(time);
}

// Only when all results have been taken: every item is somewhere then.
void Map::show() {
  const Time time = now();
  if (view_.visible() && printer_.at_line_start()) view_.draw(tally(), runner_);
  if (next_line_ <= time) {
    const bool waits = runner_.running() == 0 && std::exchange(told_done_, tally_.done) == tally_.done;
    if (options_.show == Show::Lines || !waits) printer_.say(View::line(tally(), time - begun_));
    line_interval_ = std::min(2 * line_interval_, LongestInterval);
    next_line_ = time + line_interval_;
  }
}

bool Map::all_done() const {
  bool nothing_more = halted_ != Halt::AtEnd || (items_.at_end() && retries_.empty());
  return nothing_more && runner_.running() == 0 && printer_.idle();
}

int Map::run() {
  if (options_.items.sources.empty() && ::isatty(STDIN_FILENO)) {
    printer_.say("reading items from the terminal, one on each line; Ctrl-D ends them");
  }
  if (options_.halt.percent) items_.read_ahead();  // a share of all of them, as far as they are there
  if (json_) json_->begin(jobs_, items_.total());
  while (!stop_.requested()) {
    bool caught_up;
    do {
      start_what_can_be();
      bool behind = output_is_behind();
      printer_.pump();
      caught_up = behind && !output_is_behind();
    } while (caught_up && !stop_.requested());
    if (all_done() || stop_.requested()) break;
    wait();
    take_results();
    show();
  }
  if (stop_.requested()) end_early();
  int status = outcome();
  if (json_) {
    json_->end(tally(), status);
    if (std::int64_t left_out = json_->flush(stop_.fd()); left_out > 0) {
      printer_.say_at_once(
          fmt::format("{} left out of {}: {}", count_of(left_out, "event"), options_.json, json_->why()));
    }
  }
  return status;
}

void Map::end_early() {
  runner_.end_all(GraceAfterStop);
  view_.close();
  poller_.remove(stop_.fd());  // it stays ready for ever
  while (runner_.running() > 0) {
    for (const epoll_event& event : poller_.wait(runner_.due())) {
      std::uint64_t key = event.data.u64;
      if (Runner::owns(key)) {
        runner_.handle(key);
      } else if (key != InputKey) {
        printer_.handle(key >> 2, event.events);
      }
    }
    runner_.look_at_the_clock(now());
  }
  take_results();
  guard_.dismiss();
  adopted_.end_all();
}

// Waits until all has been written, or a signal says that it need not be.
void Map::flush() {
  for (printer_.pump(); !printer_.idle() && !stop_.requested(); printer_.pump()) {
    for (const epoll_event& event : poller_.wait(Never)) {
      std::uint64_t key = event.data.u64;
      if (!Runner::owns(key) && key != InputKey && key != StopKey) printer_.handle(key >> 2, event.events);
    }
  }
}

int Map::outcome() {
  bool was_visible = view_.visible();
  view_.close();
  Reason reason = stop_.reason();
  std::string error = reason.number > 0 ? std::system_category().message(reason.number) : std::string();
  switch (reason.kind) {
    case Reason::None:
      break;
    case Reason::Signal:
      printer_.say_at_once(fmt::format("ended by {} after {}; what ran was ended", signal_name(reason.number),
                                       count_of(tally_.done, "item")));
      return SignalBase + reason.number;
    case Reason::OutputClosed:
      return SignalBase + SIGPIPE;
    case Reason::OutputFailed:
      printer_.say_at_once("cannot write the output: " + error);
      return Failure;
    case Reason::Refused:
      printer_.say_at_once(refused_);
      return Failure;
    case Reason::InputFailed:
      if (reason.number == EMSGSIZE) error = "a line is longer than 256 MiB, which no block holds";
      printer_.say_at_once("cannot read the items: " + error);
      return Failure;
    case Reason::LogFailed:
      printer_.say_at_once("cannot write " + options_.joblog + ": " + error);
      return Failure;
    case Reason::CannotRun: {
      bool missing = reason.number != EACCES;
      if (missing && ::access(runner_.program().c_str(), F_OK) == 0) {
        printer_.say_at_once(quoted(command_.program()) +
                             ": the interpreter that it names in its first line is not found");
        return CannotExecute;
      }
      printer_.say_at_once(quoted(command_.program()) + ": " + (missing ? "command not found" : error));
      return missing ? NotFound : CannotExecute;
    }
  }
  if (tally_.failed > 0) printer_.say(fmt::format("{} of {} items failed", tally_.failed, tally_.done));
  if (halted_ != Halt::AtEnd) {
    items_.read_ahead();
    std::int64_t left = items_.total() < 0 ? -1 : items_.total() - tally_.done - tally_.skipped;
    printer_.say(fmt::format("halted, for {}; {} not finished", halt_watch_.why(),
                             left < 0    ? "the rest was"
                             : left == 1 ? "1 item was"
                                         : fmt::format("{} items were", left)));
  }
  Time took = now() - begun_;
  if (options_.summary || (was_visible && took > 3 * Second)) {
    printer_.say(summary_.text(tally(), jobs_, took, runner_.spent_starting()));
  }
  flush();
  if (stop_.reason().kind == Reason::Signal) return SignalBase + stop_.reason().number;
  return static_cast<int>(std::min<std::int64_t>(tally_.failed, MoreThan100));
}

}  // namespace

int map(const MapOptions& options) { return Map(options).run(); }

}  // namespace weft::cli

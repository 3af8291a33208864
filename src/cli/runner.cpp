// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/runner.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <filesystem>
#include <system_error>

#include "cli/text.hpp"
#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t BufferSize = 1 << 16;
constexpr Time LookAtMemory = 100 * Millisecond;
constexpr Time LookAgain = 5 * Millisecond;  // whether those who were asked to end have ended

// Where PATH leads to; empty if each item has a program of its own, or if none
// is found, which then is found out with the words of the system.
std::string found_program(const Template& command) {
  if (command.program_varies()) return {};
  std::string name = command.program();
  const char* path = ::getenv("PATH");
  if (name.empty() || name.find('/') != std::string::npos || path == nullptr) return {};
  std::string folders = path;
  for (std::size_t begin = 0, end; begin <= folders.size(); begin = end + 1) {
    end = std::min(folders.find(':', begin), folders.size());
    std::string file = folders.substr(begin, end - begin);
    if (file.empty() || file[0] != '/') return {};  // it depends on the current folder
    file += "/" + name;
    struct stat s;
    if (::stat(file.c_str(), &s) == 0 && S_ISREG(s.st_mode) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

// Each command takes up to five descriptors, so we take as many as we may have.
// The commands get the limit that we were given.
std::vector<subprocess::ResourceLimit> take_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return {};
  rlimit all{limit.rlim_max, limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &all) != 0) return {};
  return {{RLIMIT_NOFILE, limit.rlim_cur, limit.rlim_max}};
}

}  // namespace

bool Runner::is_want_of_room(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == EAGAIN || error == ENOMEM || error == ENOSPC;
}

// A few are left for what must not fail: the file of large outputs, /proc, pidfds.
int Runner::most() const {
  constexpr int Each = 6, Left = 8;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  std::ptrdiff_t open = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error))
    ++open;
  std::int64_t left = static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, INT_MAX)) - open - Left;
  return static_cast<int>(std::clamp<std::int64_t>(left / (Each + options_.others), 1, options_.jobs));
}

Runner::Runner(const Template& command, const RunnerOptions& options, Poller& poller, Guard& guard, Spill& spill)
    : command_(command),
      options_(options),
      poller_(poller),
      guard_(guard),
      spill_(spill),
      null_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      program_(found_program(command)),
      limits_(take_descriptors()),
      buffer_(new char[BufferSize]) {
  if (!null_) throw OSError(errno, "open /dev/null");
}

// Nobody is left behind, also when it is an exception that ends the work.
Runner::~Runner() {
  end_all(0);
  while (running() > 0) {
    for (const epoll_event& event : poller_.wait(due())) {
      if (owns(event.data.u64)) handle(event.data.u64);
    }
    look_at_the_clock(now());
  }
}

std::uint64_t Runner::key(int slot, Which which) const {
  std::uint64_t generation = slots_[static_cast<std::size_t>(slot)].generation;
  return generation << 32 | static_cast<std::uint64_t>(slot) << 2 | which;
}

Runner::Start Runner::start(Job& job) {
  if (free_.empty()) {
    free_.insert(static_cast<int>(slots_.size()));
    slots_.emplace_back();
  }
  int slot = *free_.begin();
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  ++job.tries;
  if (job.item.too_long) return fail(job, slot, E2BIG), Start{};
  try {
    spawn(slot, job);
  } catch (const OSError& error) {
    if (s.process) {  // it runs, but it could not be watched
      s.process->kill();
      s.process->wait();
      s.process.reset();
      guard_.note(slot, 0);
    }
    for (Which which : {Out, Err}) {
      s.ours[which].reset();
      s.theirs[which].reset();
    }
    if (is_want_of_room(error.error()) && running() > 0) {
      --job.tries;
      return {.error = error.error()};
    }
    fail(job, slot, error.error());
    return {};
  } catch (const ValueError&) {
    fail(job, slot, EINVAL);
    return {};
  }
  free_.erase(free_.begin());
  s.job = std::move(job);
  s.stage = Stage::Running;
  s.how = Result::Exited;
  Time next = options_.timeout == Never ? Never : s.began + options_.timeout;
  if (options_.memory > 0) next = std::min(next, s.began + LookAtMemory);
  set_due(slot, next);
  return {.slot = slot};
}

void Runner::spawn(int slot, const Job& job) {
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  std::vector<std::string> words = command_.filled(job.item, slot + 1);
  if (options_.wants_command) s.command = command_.line(job.item, slot + 1);
  Descriptor block;
  if (job.item.block) {  // each try reads from the beginning
    std::string path = "/proc/self/fd/" + std::to_string(job.item.block->get());
    block.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!block) throw OSError(errno, "open a block");
  }
  for (Which which : {Out, Err}) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw OSError(errno, "pipe2");
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);  // others may open it, and read before us
    s.ours[which].reset(ends[0]);
    s.theirs[which].reset(ends[1]);
  }
  ++s.generation;
  s.began_at = wall_clock();
  s.began = now();
  s.process.emplace(std::move(words), subprocess::PopenOptions{.executable = program_,
                                                               .stdin = block ? block.get() : null_.get(),
                                                               .stdout = s.theirs[Out].get(),
                                                               .stderr = s.theirs[Err].get(),
                                                               .process_group = 0,
                                                               .limits = limits_,
                                                               .parent_death_signal = SIGKILL});
  guard_.note(slot, s.process->pid());
  spent_starting_ += now() - s.began;
  for (Which which : {Out, Err}) {
    s.captured[which] = Capture(spill_);
    poller_.add(s.ours[which].get(), EPOLLIN, key(slot, which));
  }
  poller_.add(s.process->sentinel(), EPOLLIN | EPOLLONESHOT, key(slot, End));  // it stays ready for ever
}

std::string Runner::program() const {
  if (!program_.empty() || command_.program_varies()) return program_;
  std::string name = command_.program();
  return name.find('/') == std::string::npos ? std::string() : name;
}

void Runner::fail(Job& job, int slot, int error) {
  Result result;
  result.job = std::move(job);
  result.how = Result::NotRun;
  result.error = error;
  result.slot = slot + 1;
  result.began_at = wall_clock();
  if (options_.wants_command) result.command = command_.line(result.job.item, slot + 1);
  finished_.push_back(std::move(result));
}

void Runner::set_due(int slot, Time when) {
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  if (s.due != Never) due_.erase({s.due, slot});
  s.due = when;
  if (when != Never) due_.insert({when, slot});
}

void Runner::handle(std::uint64_t key) {
  int slot = static_cast<int>((key & 0xffffffff) >> 2);
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  if (s.stage == Stage::Free || s.generation != key >> 32) return;  // it ended in this very round
  auto which = static_cast<Which>(key & WhichMask);
  if (which != End) {
    read(slot, which, BufferSize);
  } else {
    s.process->wait();
    if (s.stage == Stage::Running) {
      finish(slot);
    } else {
      go_on_ending(slot, now());
    }
  }
}

bool Runner::read(int slot, Which which, std::size_t most) {
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  ssize_t got = ::read(s.ours[which].get(), buffer_.get(), std::min(most, BufferSize));
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  if (got <= 0) return s.ours[which].reset(), false;
  if (s.how == Result::NotKept) return false;
  try {
    s.captured[which].add({buffer_.get(), static_cast<std::size_t>(got)});
  } catch (const OSError& error) {  // room for the others
    for (Capture& capture : s.captured) capture.clear();
    s.error = error.error();
    if (s.stage == Stage::Running && !s.process->poll()) {
      end(slot, Result::NotKept, options_.grace);
    } else {
      s.how = Result::NotKept;
    }
    return false;
  }
  return true;
}

void Runner::look_at_the_clock(Time time) {
  while (due() <= time) {
    int slot = due_.begin()->second;
    Slot& s = slots_[static_cast<std::size_t>(slot)];
    if (s.stage != Stage::Running) {
      go_on_ending(slot, time);
      continue;
    }
    Time times_out = options_.timeout == Never ? Never : s.began + options_.timeout;
    if (times_out <= time) {
      if (s.process->poll()) {
        finish(slot);  // in time, for all that can be known: it is we who come late
      } else {
        end(slot, Result::TimedOut, options_.grace);
      }
      continue;
    }
    s.memory = resident_memory(s.process->pid());
    if (s.memory > options_.memory) s.memory = proportional_memory(s.process->pid());
    if (s.memory > options_.memory) {
      end(slot, Result::TooLarge, options_.grace);
    } else {
      set_due(slot, std::min(time + LookAtMemory, times_out));
    }
  }
}

void Runner::end(int slot, Result::How how, Time grace) {
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  s.how = how;
  s.stage = Stage::Asked;
  s.asked_after = now() - s.began;
  s.force_at = now() + grace;
  s.family.emplace(s.process->pid());
  s.family->look();
  s.family->signal(SIGTERM);
  s.family->signal(SIGCONT);  // one that is stopped would not see it
  set_due(slot, grace > LookAgain ? now() + LookAgain : s.force_at);
}

void Runner::go_on_ending(int slot, Time time) {
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  bool ended = s.process->poll().has_value();
  bool all_ended = ended && !s.family->has_left_some();
  if (all_ended || (ended && s.stage == Stage::Forced)) return finish(slot);
  if (time >= s.force_at && s.stage != Stage::Forced) {
    s.family->look();
    s.family->signal(SIGKILL);
    s.stage = Stage::Forced;
    if (ended) return finish(slot);
  }
  // Who is alone needs no looking after: the poller tells its end.
  set_due(slot, s.stage == Stage::Forced ? Never : ended ? std::min(time + LookAgain, s.force_at) : s.force_at);
}

void Runner::end_all(Time grace) {
  for (int slot = 0; slot < static_cast<int>(slots_.size()); ++slot) {
    Slot& s = slots_[static_cast<std::size_t>(slot)];
    if (s.stage == Stage::Running) end(slot, Result::Cut, grace);
    if (s.stage == Stage::Asked && s.force_at > now() + grace) {
      s.how = Result::Cut;
      s.force_at = now() + grace;
      set_due(slot, s.force_at);
    }
  }
}

void Runner::signal_all(int number) {
  for (const Slot& s : slots_) {
    if (s.stage == Stage::Free) continue;
    Family family(s.process->pid());
    family.look();
    family.signal(number);
  }
}

void Runner::let_time_pass(Time time) {
  for (int slot = 0; slot < static_cast<int>(slots_.size()); ++slot) {
    Slot& s = slots_[static_cast<std::size_t>(slot)];
    if (s.stage == Stage::Free) continue;
    s.began += time;
    s.force_at += s.stage == Stage::Asked ? time : 0;
    if (s.due != Never) set_due(slot, s.due + time);
  }
}

bool Runner::is_ours(pid_t pid) {
  for (int slot = 0; slot < static_cast<int>(slots_.size()); ++slot) {
    const Slot& s = slots_[static_cast<std::size_t>(slot)];
    if (s.stage == Stage::Free || s.process->pid() != pid) continue;
    handle(key(slot, End));
    return true;
  }
  return false;
}

// What has been written by the end of the command is in the pipe by then. What
// it has left running may write on, and would not let us come to an end.
void Runner::drain(int slot) {
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  for (Which which : {Out, Err}) {
    int left = 0;
    if (s.ours[which]) ::ioctl(s.ours[which].get(), FIONREAD, &left);
    while (left > 0 && s.how != Result::NotKept) {
      std::int64_t before = s.captured[which].size();
      if (!read(slot, which, static_cast<std::size_t>(left))) break;
      left -= static_cast<int>(s.captured[which].size() - before);
    }
  }
}

void Runner::finish(int slot) {
  drain(slot);
  Slot& s = slots_[static_cast<std::size_t>(slot)];
  Result result;
  result.took = now() - s.began;
  result.job = std::move(s.job);
  result.asked_after = s.asked_after;
  result.how = s.how;
  result.code = *s.process->returncode();
  result.error = s.error;
  result.slot = slot + 1;
  result.pid = s.process->pid();
  result.began_at = s.began_at;
  result.memory = s.memory;
  result.command = std::move(s.command);
  result.out = std::move(s.captured[Out]);
  result.err = std::move(s.captured[Err]);
  finished_.push_back(std::move(result));

  guard_.note(slot, 0);
  set_due(slot, Never);
  for (Which which : {Out, Err}) {
    s.ours[which].reset();
    s.theirs[which].reset();
  }
  s.process.reset();
  s.family.reset();
  s.stage = Stage::Free;
  free_.insert(slot);
}

std::vector<Runner::Sight> Runner::look(std::size_t most) const {
  std::vector<Sight> all;
  Time time = now();
  for (int slot = 0; slot < static_cast<int>(slots_.size()) && all.size() < most; ++slot) {
    const Slot& s = slots_[static_cast<std::size_t>(slot)];
    if (s.stage == Stage::Free) continue;
    all.push_back({slot + 1, s.process->pid(), s.job.item, s.job.tries, time - s.began, s.stage != Stage::Running});
  }
  return all;
}

}  // namespace weft::cli

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/runner.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <utility>

#include "weft/errors.hpp"

namespace weft::cli {
namespace {

using subprocess::PIPE;
using subprocess::Popen;

void pause_a_little() {
  timespec five_milliseconds{0, 5'000'000};
  ::nanosleep(&five_milliseconds, nullptr);
}

// Ends a command and its process group: asked first, made to after the grace.
// Once the command itself is buried, its number is that of the group as long as
// somebody is left in it.
void end(Popen& command) {
  constexpr int Rounds = 80;  // of five milliseconds
  pid_t group = command.pid();
  ::kill(-group, SIGTERM);
  ::kill(-group, SIGCONT);  // one that is stopped would not see it
  for (int round = 0; round < Rounds; ++round) {
    if (command.poll() && ::kill(-group, 0) != 0) return;
    pause_a_little();
  }
  ::kill(-group, SIGKILL);
  command.wait();
}

}  // namespace

Runner::Runner(const Template& command, int retries, Stop& stop)
    : command_(command),
      retries_(retries),
      stop_(stop),
      null_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      buffer_(new char[BufferSize]) {
  if (null_ < 0) throw OSError(errno, "open /dev/null");
}

Runner::~Runner() { ::close(null_); }

Finished Runner::run(Item item) {
  Finished result;
  result.item = std::move(item);
  do {
    result.out.clear();
    result.err.clear();
    result.error.clear();
    ++result.tries;
    try {
      Popen command = start(result.item);
      follow(command, result);
    } catch (const OSError& error) {
      result.error = std::system_category().message(error.error());
    }
  } while (!result.succeeded() && result.tries <= retries_ && !stop_.requested());
  return result;
}

// False at the end.
bool Runner::read_into(Capture& capture, int fd) {
  ssize_t got;
  do got = ::read(fd, buffer_.get(), BufferSize);
  while (got < 0 && errno == EINTR);
  if (got < 0) throw OSError(errno, "read");
  capture.add({buffer_.get(), static_cast<std::size_t>(got)});
  return got > 0;
}

// A program that is not there for one item is not there for any.
Popen Runner::start(const Item& item) {
  try {
    return Popen(command_.filled(item.text), {.stdin = null_, .stdout = PIPE, .stderr = PIPE, .process_group = 0});
  } catch (const OSError& error) {
    bool no_program = error.error() == ENOENT || error.error() == ENOTDIR || error.error() == EACCES;
    if (no_program && !command_.program_varies()) stop_.request({Reason::CannotRun, error.error()});
    throw;
  }
}

void Runner::follow(Popen& command, Finished& result) {
  try {
    enum { Out, Err, End, Watched };
    pollfd all[Watched + Stop::Watched] = {
        {command.stdout.fileno(), POLLIN, 0}, {command.stderr.fileno(), POLLIN, 0}, {command.sentinel(), POLLIN, 0}};
    stop_.watch(all + Watched);
    // To the end of the command, not of its output: what it has left running in
    // the background may keep that open. What it has written is there by then.
    for (bool ended = false; !ended;) {
      if (::poll(all, std::size(all), -1) < 0) {
        if (errno == EINTR) continue;
        throw OSError(errno, "poll");
      }
      stop_.noticed(all + Watched);
      if (stop_.requested()) return end(command);
      ended = all[End].revents != 0;
      for (int i : {Out, Err}) {
        while (all[i].revents != 0) {
          if (!read_into(i == Out ? result.out : result.err, all[i].fd)) all[i].fd = -1;
          all[i].revents = 0;
          if (ended && all[i].fd >= 0) ::poll(&all[i], 1, 0);
        }
      }
    }
    result.returncode = command.wait();
  } catch (...) {
    end(command);
    throw;
  }
}

}  // namespace weft::cli

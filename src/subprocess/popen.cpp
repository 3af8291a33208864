// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/subprocess/popen.hpp"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#include "os/clock.hpp"
#include "os/pipe.hpp"
#include "os/process.hpp"
#include "wait/descriptors.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"
#include "weft/subprocess/errors.hpp"

namespace weft::subprocess {
namespace {

// Children that were dropped while they ran, for whoever comes by to bury. A
// stack without a lock: a thread takes all of it, and puts back those that
// live. So a fork() at any moment leaves it whole; the child of a fork finds
// that these are not its children, and lets go of them as they end.
struct Child {
  os::Child process;
  Child* next = nullptr;
};

constinit std::atomic<Child*> dropped{nullptr};

void drop(Child* child) noexcept {
  child->next = dropped.load(std::memory_order_relaxed);
  while (!dropped.compare_exchange_weak(child->next, child, std::memory_order_release, std::memory_order_relaxed)) {
  }
}

void bury_dropped() noexcept {
  if (dropped.load(std::memory_order_relaxed) == nullptr) return;
  Child* rest = dropped.exchange(nullptr, std::memory_order_acquire);
  while (rest != nullptr) {
    Child* child = std::exchange(rest, rest->next);
    if (os::reap(child->process.pidfd.get())) {
      delete child;
    } else {
      drop(child);
    }
  }
}

const std::string& no_null(const std::string& text) {
  if (text.find('\0') != std::string::npos) throw ValueError("embedded null byte");
  return text;
}

// Null-terminated, as execve wants it. Points into `words`.
std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> flatten(const std::map<std::string, std::string>& env) {
  std::vector<std::string> flat;
  flat.reserve(env.size());
  for (const auto& [name, value] : env) {
    if (name.find('=') != std::string::npos) throw ValueError("illegal environment variable name");
    flat.push_back(no_null(name) + "=" + no_null(value));
  }
  return flat;
}

std::string search_path(const PopenOptions& options) {
  constexpr const char* Default = "/bin:/usr/bin";
  if (options.env) {
    auto found = options.env->find("PATH");
    return found != options.env->end() ? found->second : Default;
  }
  const char* ours = ::getenv("PATH");
  return ours != nullptr ? ours : Default;
}

// A name with a slash is a path; any other is tried in each folder of PATH.
std::vector<std::string> candidates(const std::string& executable, const PopenOptions& options) {
  if (executable.find('/') != std::string::npos) return {executable};
  std::vector<std::string> found;
  std::string path = search_path(options);
  for (std::size_t begin = 0, end; begin <= path.size(); begin = end + 1) {
    end = std::min(path.find(':', begin), path.size());
    std::string folder = path.substr(begin, end - begin);
    if (!folder.empty() && !folder.ends_with('/')) folder += '/';
    found.push_back(folder + executable);
  }
  return found;
}

// The descriptors that the child gets as 0, 1 and 2, and our ends of the pipes.
struct Plumbing {
  Plumbing(const PopenOptions& options) {
    if (options.stdout == STDOUT || options.stdin == STDOUT) throw ValueError("STDOUT can only be used for stderr");
    if (options.stdin == PIPE) {
      auto [read, write] = os::make_pipe(options.pipesize);
      child[0] = read.get();
      theirs[0] = std::move(read);
      ours[0] = std::move(write);
    } else {
      child[0] = given(options.stdin);
    }
    connect(1, options.stdout, options.pipesize);
    if (options.stderr == STDOUT) {
      child[2] = child[1] >= 0 ? child[1] : STDOUT_FILENO;
    } else {
      connect(2, options.stderr, options.pipesize);
    }
  }

  int child[3];
  os::Descriptor theirs[3], ours[3], devnull;

 private:
  void connect(int i, Stream wanted, int pipesize) {
    if (wanted == PIPE) {
      auto [read, write] = os::make_pipe(pipesize);
      child[i] = write.get();
      theirs[i] = std::move(write);
      ours[i] = std::move(read);
    } else {
      child[i] = given(wanted);
    }
  }

  int given(Stream wanted) {
    if (wanted == Stream()) return -1;
    if (wanted == DEVNULL) {
      if (!devnull) devnull = os::open_devnull();
      return devnull.get();
    }
    if (wanted.value() < 0) throw OSError(EBADF, "dup2");
    return wanted.value();
  }
};

os::Child start(std::vector<std::string> args, const PopenOptions& options, const int (&stdio)[3]) {
  if (args.empty()) throw ValueError("args must not be empty");
  for (const std::string& word : args) no_null(word);
  if (options.shell) {
    args.insert(args.begin(), {"/bin/sh", "-c"});
    if (!options.executable.empty()) args[0] = options.executable;
  }

  os::Program program;
  program.name = options.executable.empty() ? args[0] : no_null(options.executable);
  std::vector<std::string> paths = candidates(program.name, options);
  std::vector<char*> path_list = pointers(paths);
  program.paths = {path_list.data(), paths.size()};
  std::vector<char*> argv = pointers(args);
  program.argv = argv.data();

  std::vector<std::string> env;
  std::vector<char*> env_list;
  if (options.env) {
    env = flatten(*options.env);
    env_list = pointers(env);
  }
  program.envp = options.env ? env_list.data() : environ;

  std::vector<int> keep = options.pass_fds;
  std::sort(keep.begin(), keep.end());
  keep.erase(std::unique(keep.begin(), keep.end()), keep.end());
  if (!keep.empty() && keep.front() < 0) throw ValueError("bad value(s) in fds_to_keep");
  program.keep = keep;

  std::copy(std::begin(stdio), std::end(stdio), program.stdio);
  if (!options.cwd.empty()) program.cwd = no_null(options.cwd).c_str();
  program.close_others = options.close_fds || !keep.empty();
  program.restore_signals = options.restore_signals;
  program.new_session = options.start_new_session;
  program.process_group = options.process_group;
  program.umask = options.umask;
  std::vector<os::Limit> limits;
  limits.reserve(options.limits.size());
  for (const ResourceLimit& limit : options.limits) limits.push_back({limit.resource, {limit.soft, limit.hard}});
  program.limits = limits;
  program.parent_death_signal = options.parent_death_signal;
  return os::spawn(program);
}

// What TimeoutExpired says of it.
double in_seconds(const Timeout& timeout) noexcept {
  if (timeout.is_forever()) return std::numeric_limits<double>::infinity();
  std::int64_t nanoseconds = std::max<std::int64_t>(timeout.nanoseconds(), 0) - (timeout.is_moment() ? os::now() : 0);
  return static_cast<double>(std::max<std::int64_t>(nanoseconds, 0)) / 1e9;
}

}  // namespace

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string_view text = *entry;
    std::size_t equals = text.find('=', 1);  // as Python: a name may begin with =
    if (equals == std::string_view::npos) continue;
    all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

struct Popen::Body {
  // The returncode, or Running. Whoever finds the child dead first looks at
  // its status, writes it here, and only then buries it. So a thread that finds
  // no child any more finds the returncode here, or it was never to be had.
  static constexpr int Running = std::numeric_limits<int>::min();

  explicit Body(std::vector<std::string> words) : args(std::move(words)), child(std::make_unique<Child>()) {}

  ~Body() {
    if (child->process.pidfd && !check()) drop(child.release());
    bury_dropped();
  }

  int pidfd() const noexcept { return child->process.pidfd.get(); }

  std::vector<std::string> args;
  std::unique_ptr<Child> child;
  std::atomic<int> code{Running};

  // Where communicate() stands: what it has yet to write after a timeout, and
  // what it has read.
  bool communicating = false;
  std::string unsent;
  Output output;

  bool ended() const noexcept { return code.load(std::memory_order_acquire) != Running; }

  // Notes how the child ended, if it has; with `sleep`, waits for that in the kernel.
  bool check(bool sleep = false) noexcept {
    if (ended()) return true;
    os::Status status = os::look(pidfd(), sleep);
    if (status.kind == os::Status::Running) return false;
    int running = Running;
    code.compare_exchange_strong(running, status.code, std::memory_order_acq_rel);
    if (status.kind == os::Status::Ended) os::reap(pidfd());
    return true;
  }

  wait::Reason reason() const noexcept { return {"Popen", this, args[0].c_str()}; }

  bool wait(const wait::Deadline& deadline) {
    if (check()) return true;
    pollfd one{pidfd(), POLLIN, 0};
    if (wait::wait_ready({&one, 1}, deadline, reason()) != wait::Outcome::Woken) {
      wait::in_vain();
      return check();
    }
    // Ready means dead, but while a debugger holds it we have to wait for that.
    return check(true);
  }

  [[noreturn]] void expired(double seconds, bool with_output) const {
    if (!with_output) throw TimeoutExpired(args, seconds);
    throw TimeoutExpired(args, seconds, output.stdout, output.stderr);
  }
};

Popen::Popen(std::vector<std::string> args, PopenOptions options) {
  bury_dropped();
  Plumbing pipes(options);
  body_ = std::make_unique<Body>(std::move(args));
  body_->child->process = start(body_->args, options, pipes.child);
  stdin = PipeWriter(pipes.ours[0].release());
  stdout = PipeReader(pipes.ours[1].release());
  stderr = PipeReader(pipes.ours[2].release());
}

Popen::Popen(Popen&&) noexcept = default;
Popen& Popen::operator=(Popen&&) noexcept = default;
Popen::~Popen() = default;

Popen::Output Popen::communicate(std::string_view input, const Timeout& timeout) {
  Body& body = this->body();
  if (body.communicating && !input.empty()) throw ValueError("Cannot send input after starting communication");
  body.communicating = true;
  std::string_view rest = input.empty() ? std::string_view(body.unsent) : input;

  const double seconds = in_seconds(timeout);
  wait::Deadline deadline(timeout);
  auto take = [](PipeReader& from, std::string& to) {
    if (!from.read_some(to)) from.close();
  };
  body.output.stdout += std::exchange(stdout.ahead_, {});
  body.output.stderr += std::exchange(stderr.ahead_, {});
  if (stdin && rest.empty()) stdin.close();
  if (stdin) stdin.unblock();

  while (stdin || stdout || stderr) {
    pollfd ready[3] = {{stdin.fd_, POLLOUT, 0}, {stdout.fd_, POLLIN, 0}, {stderr.fd_, POLLIN, 0}};  // poll skips -1
    if (wait::wait_ready(ready, deadline, body.reason()) != wait::Outcome::Woken) {
      body.unsent = std::string(rest);  // it may look into the old one
      wait::in_vain();
      body.expired(seconds, true);
    }
    if (ready[0].revents != 0) {
      long written = os::write_quietly(stdin.fd_, rest.data(), rest.size());
      if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
      if (written < 0 && written != -EAGAIN && written != -EPIPE) throw OSError(static_cast<int>(-written), "write");
      if (written == -EPIPE || rest.empty()) stdin.close();
    }
    if (ready[1].revents != 0) take(stdout, body.output.stdout);
    if (ready[2].revents != 0) take(stderr, body.output.stderr);
  }

  if (!body.wait(deadline)) body.expired(seconds, true);
  return std::exchange(body.output, {});
}

int Popen::wait(const Timeout& timeout) {
  const double seconds = in_seconds(timeout);
  if (!body().wait(timeout)) body().expired(seconds, false);
  return *returncode();
}

std::optional<int> Popen::try_wait(const Timeout& timeout) {
  body().wait(timeout);
  return returncode();
}

std::optional<int> Popen::poll() {
  body().check();
  return returncode();
}

void Popen::send_signal(int signal) {
  if (body().check()) return;
  int error = os::send_signal(body_->pidfd(), signal);
  if (error != 0 && error != ESRCH) throw OSError(error, "pidfd_send_signal");
}

void Popen::terminate() { send_signal(SIGTERM); }
void Popen::kill() { send_signal(SIGKILL); }

Popen::Body& Popen::body() const {
  if (body_ == nullptr) throw RuntimeError("the handle stands for no process");
  return *body_;
}

int Popen::pid() const { return body().child->process.pid; }
const std::vector<std::string>& Popen::args() const { return body().args; }
int Popen::sentinel() const { return body().pidfd(); }

std::optional<int> Popen::returncode() const {
  int code = body().code.load(std::memory_order_acquire);
  return code == Body::Running ? std::nullopt : std::optional(code);
}

}  // namespace weft::subprocess

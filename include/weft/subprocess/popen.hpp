// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weft/detail/api.hpp"
#include "weft/subprocess/streams.hpp"
#include "weft/timeout.hpp"

namespace weft::subprocess {

/// A limit of what a child may use: RLIMIT_NOFILE and its kin, as setrlimit() takes them.
struct ResourceLimit {
  int resource = 0;
  std::uint64_t soft = 0, hard = 0;
};

/// How a Popen is made: Python's arguments, in Python's order; then two things
/// for which Python's users write a preexec_fn.
struct PopenOptions {
  std::string executable = {};  ///< what is run in place of args[0]; with shell, the shell
  Stream stdin = {};            ///< nothing: ours. PIPE, DEVNULL, a descriptor
  Stream stdout = {};
  Stream stderr = {};     ///< also STDOUT
  bool close_fds = true;  ///< the child gets 0, 1, 2 and pass_fds, and nothing else of ours
  bool shell = false;     ///< args[0] is a line for /bin/sh; the rest are its $0, $1, ...
  std::string cwd = {};   ///< empty: ours. Relative programs are looked for there
  std::optional<std::map<std::string, std::string>> env = {};  ///< all of its environment; nothing: ours
  bool restore_signals = true;             ///< SIGPIPE and SIGXFSZ act as usual in the child, even if we ignore them
  bool start_new_session = false;          ///< setsid
  std::vector<int> pass_fds = {};          ///< descriptors that the child keeps under their numbers
  int umask = -1;                          ///< -1: ours
  int pipesize = -1;                       ///< the capacity of each PIPE in bytes; -1: what the kernel gives
  int process_group = -1;                  ///< setpgid. -1: ours, 0: a new one
  std::vector<ResourceLimit> limits = {};  ///< setrlimit, for the child and what it starts
  int parent_death_signal = 0;  ///< sent to the child, and not to what it starts, when the thread that made it ends
};

/// Our environment, to add to: env = environment(); env["LANG"] = "C".
WEFT_API std::map<std::string, std::string> environment();

/// A program that runs as a child of this one, as subprocess.Popen.
///
///     Popen bc({"bc"}, {.stdin = PIPE, .stdout = PIPE});
///     bc.stdin.write("6 * 7\n");
///     std::string answer = bc.stdout.readline();  // "42\n"
///     bc.stdin.close();
///     bc.wait();
///
/// The constructor returns when the program has been started, and throws
/// OSError with the errno of what failed: execve (no such program, not
/// executable), chdir, or a pipe for want of descriptors.
///
/// args[0] is looked for along PATH, that of `env` if one is given. There is no
/// preexec_fn, user or group: the child shares our memory until it is the new
/// program, so nothing of ours may run in it.
///
/// poll(), wait(), send_signal() and their kin may be called from several
/// threads at once; communicate() and the pipes from one at a time. A Popen
/// holds one descriptor, by which it knows its child: a signal never hits a
/// stranger that was given the same pid.
///
/// The destructor does not end the child and does not wait for it. A child that
/// is dropped while it runs is buried later: when the next Popen is made or
/// dropped, or with this program.
///
/// In the child of a fork(), the program is a sibling: it can be signalled and
/// waited for, but how it ended is not to be had.
class WEFT_API Popen {
 public:
  explicit Popen(std::vector<std::string> args, PopenOptions options = {});
  Popen(Popen&&) noexcept;
  Popen& operator=(Popen&&) noexcept;
  ~Popen();

  PipeWriter stdin;   ///< open if .stdin = PIPE
  PipeReader stdout;  ///< open if .stdout = PIPE
  PipeReader stderr;  ///< open if .stderr = PIPE

  struct Output {
    std::string stdout, stderr;
  };

  /// Feeds `input` to the child's stdin, reads its stdout and stderr to the
  /// end, as far as they are pipes, and waits for it. A child that does not
  /// read all of its input is no error.
  ///
  /// Throws TimeoutExpired with the output so far when the time is over; the
  /// child runs on, and communicate() without input goes on where it was.
  Output communicate(std::string_view input = {}, const Timeout& timeout = {});

  /// Waits until the child has ended and returns its returncode. Throws
  /// TimeoutExpired when the time is over; the child runs on. A child that
  /// waits for us to read a pipe never ends: communicate() reads.
  int wait(const Timeout& timeout = {});

  /// As wait(), but nothing when the time is over.
  std::optional<int> try_wait(const Timeout& timeout);

  /// The returncode if the child has ended.
  std::optional<int> poll();

  /// Sends a signal, unless the child is known to have ended.
  void send_signal(int signal);
  void terminate();  ///< SIGTERM
  void kill();       ///< SIGKILL

  int pid() const;
  const std::vector<std::string>& args() const;

  /// The exit status, or minus the signal that ended the child. Nothing until a
  /// poll(), wait() or communicate() has found it ended. 0 if its status went to
  /// somebody else: SIGCHLD is ignored, or a stranger waits for any child.
  std::optional<int> returncode() const;

  /// A descriptor that is ready to read once the child has ended, to wait for
  /// it along with other things, as multiprocessing's Process.sentinel.
  int sentinel() const;

 private:
  struct Body;
  Body& body() const;

  std::unique_ptr<Body> body_;  // null: moved from
};

}  // namespace weft::subprocess

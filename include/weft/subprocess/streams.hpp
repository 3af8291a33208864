// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "weft/detail/api.hpp"
#include "weft/detail/walk.hpp"

namespace weft::subprocess {

class PipeReader;
class PipeWriter;

/// Where a standard stream of a child leads: nothing for where ours leads,
/// PIPE, DEVNULL, STDOUT (only for stderr), a descriptor, or the end of another
/// child's pipe:
///
///     Popen sort({"sort"}, {.stdin = PIPE, .stdout = PIPE});
///     Popen uniq({"uniq", "-c"}, {.stdin = sort.stdout, .stdout = PIPE});
///
/// A descriptor stays open here and remains the caller's.
class WEFT_API Stream {
 public:
  constexpr Stream() noexcept = default;
  constexpr Stream(int fd) noexcept : value_(fd) {}
  Stream(const PipeReader& end);
  Stream(PipeWriter& end);

  constexpr int value() const noexcept { return value_; }
  friend constexpr bool operator==(Stream, Stream) noexcept = default;

 private:
  static constexpr int Inherited = -4;
  int value_ = Inherited;
};

inline constexpr Stream PIPE{-1};     ///< a new pipe, whose other end the Popen has
inline constexpr Stream STDOUT{-2};   ///< for stderr: wherever stdout leads
inline constexpr Stream DEVNULL{-3};  ///< /dev/null

/// The end of a pipe that a child writes to, as Popen.stdout in Python. False
/// where there is no pipe, and once it is closed. One thread at a time.
///
///     for (std::string& line : child.stdout) std::cout << line;
class WEFT_API PipeReader {
  // What one loop over the lines is at: each has its own. No optional: gcc's address
  // sanitizer takes that for uninitialised.
  struct Line {
    Line* operator->() noexcept { return this; }
    std::string* now() noexcept { return there ? &text : nullptr; }
    void go_on() {
      there = false;
      text = reader->readline();
      there = !text.empty();
    }

    PipeReader* reader;
    std::string text = {};
    bool there = false;
  };

 public:
  PipeReader() noexcept = default;
  explicit PipeReader(int fd) noexcept : fd_(fd) {}  ///< owns `fd` from now on
  PipeReader(PipeReader&& other) noexcept;
  PipeReader& operator=(PipeReader&& other) noexcept;
  ~PipeReader() { close(); }

  // Each waits as long as it takes. ValueError once it is closed, OSError if reading fails.
  std::string read();                  ///< All that comes until the child closes its end.
  std::string read(std::size_t size);  ///< `size` bytes, fewer only at the end.
  std::string readline();              ///< A line with its newline; empty at the end.

  void close() noexcept;
  bool closed() const noexcept { return fd_ < 0; }
  explicit operator bool() const noexcept { return !closed(); }

  /// The descriptor. Throws ValueError once it is closed.
  int fileno() const;

  /// Line by line, each with its newline, as `for line in child.stdout`. No more lines are taken than were
  /// asked for: after `child.stdout | std::views::take(2)` the third is the next one.
  using Lines = detail::Walk<std::string, Line>;
  Lines begin() { return Lines(Line{this}); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class Popen;
  bool fill();
  bool read_some(std::string& into);

  int fd_ = -1;
  std::string ahead_;  // read from the pipe, not yet asked for
};

/// The end of a pipe that a child reads from, as Popen.stdin in Python. False
/// where there is no pipe, and once it is closed. One thread at a time.
class WEFT_API PipeWriter {
 public:
  PipeWriter() noexcept = default;
  explicit PipeWriter(int fd) noexcept : fd_(fd) {}  ///< owns `fd` from now on
  PipeWriter(PipeWriter&& other) noexcept;
  PipeWriter& operator=(PipeWriter&& other) noexcept;
  ~PipeWriter() { close(); }

  /// Writes all of it, unbuffered, and waits while the pipe is full. Throws
  /// OSError with EPIPE if the child reads no more; SIGPIPE is not raised.
  void write(std::string_view data);

  void close() noexcept;
  bool closed() const noexcept { return fd_ < 0; }
  explicit operator bool() const noexcept { return !closed(); }

  /// The descriptor. Throws ValueError once it is closed.
  int fileno();

 private:
  friend class Popen;
  void unblock() noexcept;

  int fd_ = -1;
  bool nonblocking_ = false;  // set by the first write of ours, taken back by fileno()
};

}  // namespace weft::subprocess

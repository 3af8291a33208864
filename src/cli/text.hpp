// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/time.hpp"

namespace weft::cli {

/// A word as one would type it in a shell: plain, 'in quotes', or $'with\n
/// escapes' where it holds what a terminal should not be sent.
std::string shell_word(std::string_view word);

/// A command as one would type it. A shell that reads it runs the same words.
std::string shell_line(const std::vector<std::string>& words);

/// shell_word() for a message: cut after about a hundred and fifty bytes.
std::string quoted(std::string_view word);

/// A string as JSON has it, in quotes. A byte that is not UTF-8 becomes a lone
/// surrogate, \udc80 to \udcff, as Python's surrogateescape: os.fsencode() of
/// what json.loads() returns gives the bytes back.
std::string json_string(std::string_view text);

/// How many columns of a terminal `text` takes. What a terminal cannot show, a
/// control character or a byte that is not UTF-8, counts as it is drawn by fit().
std::size_t columns_of(std::string_view text);

/// `text` in exactly `columns` columns: filled up with blanks, or cut with an
/// ellipsis. What a terminal should not be sent is shown as '?'. A wide
/// character is never cut in half.
std::string fit(std::string_view text, std::size_t columns);

/// 64 bits that tell one text from another: XXH3, the same on every machine.
std::uint64_t digest(std::string_view text);

/// "  # XXH3 0123456789abcdef": a comment at the end of a command's line. No line
/// ends so that has none, since a word with a # is quoted.
std::string digest_mark(std::uint64_t digest);
/// That of a line; empty if it has none.
std::string_view digest_mark(std::string_view line);

/// "SIGTERM".
std::string signal_name(int signal);

/// "0.21 s", "12.3 s", "3:05", "1:02:03".
std::string human_time(Time t);

/// "812K", "2.1M", "14G".
std::string human_size(std::int64_t bytes);

/// "1 item", "2 items".
std::string count_of(std::int64_t n, std::string_view what);

}  // namespace weft::cli

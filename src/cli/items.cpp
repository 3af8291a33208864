// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/items.hpp"

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "cli/text.hpp"
#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t ReadAhead = 4 << 20;

std::shared_ptr<Descriptor> in_memory_file(std::string_view data) {
  auto file = std::make_shared<Descriptor>(::memfd_create("weft block", MFD_CLOEXEC));
  if (!*file) throw OSError(errno, "memfd_create");
  while (!data.empty()) {
    ssize_t written = ::write(file->get(), data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw OSError(errno, "write to memory");
    data.remove_prefix(static_cast<std::size_t>(written));
  }
  return file;
}

}  // namespace

Items::Items(const ItemsOptions& options, const Stop& stop) : options_(options) {
  try {
    open();
  } catch (const OSError& error) {
    if (error.error() != EINTR || !stop.requested()) throw;
    at_end_ = true;
  }
}

void Items::open() {
  const std::vector<Source>& sources = options_.sources;
  const Source* begin = sources.data();
  const Source* end = begin + sources.size();
  auto next_group = [&](const Source* from) {
    return std::find_if(from + 1, end, [](const Source& source) { return !source.linked; });
  };
  if (sources.empty()) {
    stream_.emplace(STDIN_FILENO, options_.null ? '\0' : '\n');
  } else {
    const Source* second = next_group(begin);
    if (second - begin == 1 && !begin->file.empty()) {
      stream_.emplace(begin->file, options_.null ? '\0' : '\n');
    } else {
      first_ = loaded(begin, second);
    }
    for (begin = second; begin != end;) {
      const Source* after = next_group(begin);
      others_.push_back(loaded(begin, after));
      begin = after;
    }
  }
  turn_.assign(others_.size(), 0);
  look_at_end();
}

std::vector<Lines::Line> Items::all_of(const Source& source) const {
  std::vector<Lines::Line> all;
  all.reserve(source.list.size());
  for (const std::string& text : source.list) all.push_back({text});
  if (source.file.empty()) return all;
  Lines lines(source.file, options_.null ? '\0' : '\n');
  for (;;) {
    while (auto line = lines.cut()) all.push_back(std::move(*line));
    if (lines.at_end()) return all;
    if (lines.read_on() || lines.at_end()) continue;
    pollfd one{lines.fd(), POLLIN, 0};
    if (::poll(&one, 1, -1) < 0) throw OSError(errno, "read " + source.file);
  }
}

// Sources that go side by side, up to the end of the shortest.
std::vector<Items::Values> Items::loaded(const Source* begin, const Source* end) const {
  std::vector<Values> all;
  for (const Source* source = begin; source != end; ++source) {
    std::vector<Lines::Line> column = all_of(*source);
    if (source == begin) all.resize(column.size());
    all.resize(std::min(all.size(), column.size()));
    for (std::size_t row = 0; row < all.size(); ++row) all[row].add(split(std::move(column[row])));
  }
  return all;
}

Items::Values Items::split(Lines::Line line) const {
  const std::string& separator = options_.column_separator;
  Values values{{}, line.was_cut};
  if (separator.empty()) {
    values.list.push_back(std::move(line.text));
    return values;
  }
  for (std::size_t begin = 0, end; begin <= line.text.size(); begin = end + separator.size()) {
    end = std::min(line.text.find(separator, begin), line.text.size());
    values.list.push_back(line.text.substr(begin, end - begin));
  }
  return values;
}

void Items::Values::add(const Values& more) {
  list.insert(list.end(), more.list.begin(), more.list.end());
  too_long |= more.too_long;
}

bool Items::next_of_first(Values& values) {
  if (!stream_) {
    if (first_given_ == first_.size()) return false;
    values = std::move(first_[first_given_++]);
    return true;
  }
  for (;;) {
    if (auto line = stream_->cut()) {
      values = split(std::move(*line));
      return true;
    }
    if (!stream_->read_on() && !stream_->at_end()) return false;
    if (stream_->at_end() && stream_->empty()) return false;
  }
}

std::optional<Item> Items::next_block() {
  for (;;) {
    if (block_.empty()) block_ = stream_->cut_block(options_.block).value_or(std::string());
    if (!block_.empty()) {
      Item item{.number = given_ + 1, .block = in_memory_file(block_), .block_digest = digest(block_)};
      block_.clear();
      ++given_;
      return item;
    }
    if (!stream_->read_on() && (!stream_->at_end() || stream_->empty())) return std::nullopt;
  }
}

std::optional<Item> Items::next() {
  std::optional<Item> item;
  if (at_end_) return item;
  if (options_.block > 0) {
    item = next_block();
  } else if (holds_ || next_of_first(held_)) {
    holds_ = true;
    Values values = held_;
    for (std::size_t i = 0; i < others_.size(); ++i) values.add(others_[i][turn_[i]]);
    item.emplace(Item{++given_, std::move(values.list), values.too_long, nullptr, 0});
    holds_ = false;
    for (std::size_t i = others_.size(); i-- > 0 && !holds_;) {
      if (++turn_[i] == others_[i].size()) turn_[i] = 0;
      holds_ = turn_[i] != 0;
    }
  }
  look_at_end();
  return item;
}

void Items::read_ahead() {
  while (stream_ && options_.block == 0 && stream_->ahead() < ReadAhead && stream_->read_on()) {
  }
  look_at_end();
}

void Items::look_at_end() {
  std::int64_t round = 1;
  for (const auto& other : others_) round *= static_cast<std::int64_t>(other.size());
  if (round == 0) {
    total_ = 0;
  } else if (!stream_) {
    total_ = static_cast<std::int64_t>(first_.size()) * round;
  } else if (stream_->at_end() && total_ < 0 && options_.block == 0) {
    std::int64_t begun = given_ / round + (holds_ ? 1 : 0);  // of the first source
    total_ = (begun + stream_->left()) * round;
  } else if (stream_->at_end() && stream_->empty() && block_.empty() && options_.block > 0) {
    total_ = given_;
  }
  at_end_ = total_ >= 0 && given_ == total_;
}

}  // namespace weft::cli

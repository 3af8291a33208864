// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/capture.hpp"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>

#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t InMemoryEach = 1 << 20;
constexpr std::size_t Piece = 1 << 16;

Descriptor open_nameless() {
  const char* set = ::getenv("TMPDIR");
  std::string folder = set != nullptr && *set != '\0' ? set : "/tmp";
  Descriptor fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!fd) {  // a file system that knows no files without names
    std::string name = folder + "/weft-XXXXXX";
    fd.reset(::mkostemp(name.data(), O_CLOEXEC));
    if (fd) ::unlink(name.c_str());
  }
  if (!fd) throw OSError(errno, "open " + folder);
  return fd;
}

}  // namespace

Spill::Extent Spill::add(std::string_view data) {
  if (!file_) file_ = open_nameless();
  Extent extent{end_, static_cast<std::int64_t>(data.size())};
  for (std::int64_t at = end_; !data.empty();) {
    ssize_t written = ::pwrite(file_.get(), data.data(), data.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw OSError(errno, "write to a temporary file");
    at += written;
    data.remove_prefix(static_cast<std::size_t>(written));
  }
  end_ += extent.size;
  live_ += extent.size;
  return extent;
}

void Spill::release(const std::vector<Extent>& extents) noexcept {
  for (const Extent& extent : extents) {
    live_ -= extent.size;
    if (live_ > 0) {
      static_cast<void>(
          ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, extent.begin, extent.size));
    }
  }
  if (live_ == 0 && end_ > 0 && ::ftruncate(file_.get(), 0) == 0) end_ = 0;
}

std::size_t Spill::read(std::int64_t offset, char* into, std::size_t most) const {
  ssize_t got;
  do got = ::pread(file_.get(), into, most, offset);
  while (got < 0 && errno == EINTR);
  if (got <= 0) throw OSError(got < 0 ? errno : EIO, "read a temporary file");
  return static_cast<std::size_t>(got);
}

bool Spill::keep_in_memory(std::size_t size) noexcept {
  if (in_memory_ + size > InMemory) return false;
  in_memory_ += size;
  return true;
}

Capture& Capture::operator=(Capture&& other) noexcept {
  clear();
  spill_ = other.spill_;
  memory_ = std::exchange(other.memory_, {});
  extents_ = std::exchange(other.extents_, {});
  on_disk_ = std::exchange(other.on_disk_, 0);
  return *this;
}

void Capture::add(std::string_view data) {
  if (data.empty()) return;
  bool fits = on_disk_ == 0 && memory_.size() + data.size() <= InMemoryEach;
  if (fits && spill_->keep_in_memory(data.size())) {
    memory_ += data;
  } else {
    Spill::Extent extent = spill_->add(data);
    on_disk_ += extent.size;
    if (!extents_.empty() && extents_.back().begin + extents_.back().size == extent.begin) {
      extents_.back().size += extent.size;
    } else {
      extents_.push_back(extent);
    }
  }
}

void Capture::clear() noexcept {
  if (!memory_.empty()) spill_->forget_in_memory(memory_.size());
  if (!extents_.empty()) spill_->release(extents_);
  memory_ = {};
  extents_.clear();
  on_disk_ = 0;
}

std::string_view Capture::piece(std::int64_t offset, std::string& scratch) const {
  auto in_memory = static_cast<std::int64_t>(memory_.size());
  if (offset < in_memory) return std::string_view(memory_).substr(static_cast<std::size_t>(offset));
  offset -= in_memory;
  auto extent = extents_.begin();
  for (; offset >= extent->size; ++extent) offset -= extent->size;
  scratch.resize(Piece);
  auto most = static_cast<std::size_t>(std::min<std::int64_t>(Piece, extent->size - offset));
  return {scratch.data(), spill_->read(extent->begin + offset, scratch.data(), most)};
}

}  // namespace weft::cli

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Default names, "Thread-3 (download)": found only when somebody asks.
#include <cxxabi.h>
#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "threading/body.hpp"

namespace weft::threading {
namespace {

std::string function_name(const void* function) {
  Dl_info info;
  if (::dladdr(function, &info) == 0 || info.dli_sname == nullptr || info.dli_saddr != function) return {};
  std::unique_ptr<char, void (*)(void*)> demangled(abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, nullptr),
                                                   std::free);
  std::string name = demangled ? demangled.get() : info.dli_sname;
  return name.substr(0, name.find('('));
}

// From "...Packed(F&&, ...) [with F = main()::<lambda()>; Args = {}]" (gcc) or
// "... [F = (lambda at main.cpp:3:1), Args = <>]" (clang).
std::string type_name(std::string_view what) {
  std::size_t begin = what.find("F = ");
  if (begin == what.npos) return {};
  what.remove_prefix(begin + 4);
  what = what.substr(0, std::min(what.find("; Args"), what.find(", Args")));
  if (what.find("lambda") != what.npos) return "<lambda>";
  return std::string(what.substr(0, what.find_last_not_of("& ") + 1));
}

}  // namespace

std::string default_name(const Thread::Body& body) {
  std::string target = body.function != nullptr ? function_name(body.function)
                       : body.what != nullptr   ? type_name(body.what)
                                                : "";
  std::string name = (body.foreign ? "Dummy-" : "Thread-") + std::to_string(body.number);
  return target.empty() ? name : name + " (" + target + ")";
}

}  // namespace weft::threading

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A program that knows nothing of weft loads a library that does, in a thread that
// ends right after it. With "close" it closes the library again, while a thread that
// has met weft lives on.
#include <dlfcn.h>

#include <cstdio>
#include <future>
#include <string_view>
#include <thread>

namespace {

int use(void* plugin) {
  auto* use_weft = reinterpret_cast<int (*)()>(::dlsym(plugin, "use_weft"));
  return use_weft != nullptr ? use_weft() : 101;
}

int close_too_soon(void* plugin) {
  auto* meet_weft = reinterpret_cast<void (*)()>(::dlsym(plugin, "meet_weft"));
  if (meet_weft == nullptr) return 102;
  std::promise<void> met, closed;
  std::thread guest([&] {
    meet_weft();
    met.set_value();
    closed.get_future().wait();
  });
  met.get_future().wait();
  int failed = ::dlclose(plugin);
  closed.set_value();
  guest.join();
  return failed;
}

}  // namespace

int main(int argc, char** argv) {
  void* plugin = nullptr;
  std::thread([&] { plugin = ::dlopen(argv[1], RTLD_NOW); }).join();
  if (plugin == nullptr) {
    std::printf("%s\n", ::dlerror());
    return 100;
  }
  return argc > 2 && std::string_view(argv[2]) == "close" ? close_too_soon(plugin) : use(plugin);
}

// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A program that knows nothing of weft loads a library that does, in a thread that
// ends right after it.
#include <dlfcn.h>

#include <cstdio>
#include <thread>

int main(int, char** argv) {
  void* plugin = nullptr;
  std::thread([&] { plugin = ::dlopen(argv[1], RTLD_NOW); }).join();
  if (plugin == nullptr) {
    std::printf("%s\n", ::dlerror());
    return 100;
  }
  auto* use_weft = reinterpret_cast<int (*)()>(::dlsym(plugin, "use_weft"));
  return use_weft != nullptr ? use_weft() : 101;
}

#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Builds the library for aarch64 and runs switches.cpp with it under qemu. What
# needs another machine's memory order is not seen by this.
#
#     tests/aarch64/run.sh [FOLDER]      (default: build/aarch64)
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-build/aarch64}
cxx=aarch64-linux-gnu-g++
cmake -S . -B "$folder" -G Ninja -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
  -DCMAKE_CXX_COMPILER=$cxx -DCMAKE_BUILD_TYPE=Release -DWEFT_COMMAND=OFF -DWEFT_INSTALL=OFF >/dev/null
cmake --build "$folder" --target weft
$cxx -std=c++20 -O2 -Iinclude tests/aarch64/switches.cpp -o "$folder/switches" -L"$folder" -lweft -pthread \
  -Wl,-rpath,"$PWD/$folder"
qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH="$folder:/usr/aarch64-linux-gnu/lib" "$folder/switches"

#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Uses weft as its users do, shared and static: installed, by find_package and
# by pkg-config; as a guest in their build, by add_subdirectory and
# FetchContent. And looks at what the library exports.
#
#     tests/install/run.sh [FOLDER]     (default: build/install)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
work=$(realpath -m "${1:-$source_dir/build/install}")
jobs=$(nproc)
common=(-G Ninja -DCMAKE_BUILD_TYPE=Release)
if command -v ccache >/dev/null; then common+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
rm -rf "$work"
mkdir -p "$work"

quietly() {  # shows what a command said only if it failed
  "$@" >"$work/log" 2>&1 || { cat "$work/log"; echo "install: failed: $*" >&2; exit 1; }
}

expect_works() {
  local said
  said=$("$2") || { echo "install: $1: ended with $?" >&2; exit 1; }
  [ "$said" = "weft works" ] || { echo "install: $1: printed '$said'" >&2; exit 1; }
  echo "install: $1: works"
}

for linkage in shared static; do
  shared=$([ $linkage = shared ] && echo ON || echo OFF)
  prefix="$work/$linkage/prefix"
  quietly cmake -S "$source_dir" -B "$work/$linkage/weft" "${common[@]}" -DBUILD_SHARED_LIBS=$shared \
    -DCMAKE_INSTALL_PREFIX="$prefix"
  quietly cmake --build "$work/$linkage/weft" -j "$jobs"
  quietly cmake --install "$work/$linkage/weft"
  rm -rf "$work/$linkage/weft"  # what is installed must stand alone

  # Moved, as packages are.
  mv "$prefix" "$prefix.moved"
  prefix="$prefix.moved"
  lib=$(dirname "$(find "$prefix" -name 'libweft.*' | head -n 1)")

  quietly cmake -S "$here/package" -B "$work/$linkage/package" "${common[@]}" -DCMAKE_PREFIX_PATH="$prefix"
  quietly cmake --build "$work/$linkage/package"
  expect_works "find_package, $linkage" "$work/$linkage/package/consumer"

  export PKG_CONFIG_PATH="$lib/pkgconfig"
  # shellcheck disable=SC2046  # the flags are words
  quietly g++ -std=c++20 -fvisibility=hidden "$here/main.cpp" -o "$work/$linkage/pc" $(pkg-config --cflags --libs weft) \
    "-Wl,-rpath,$lib"
  expect_works "pkg-config, $linkage" "$work/$linkage/pc"

  for way in subdirectory fetch; do
    quietly cmake -S "$here/$way" -B "$work/$linkage/$way" "${common[@]}" -DBUILD_SHARED_LIBS=$shared
    quietly cmake --build "$work/$linkage/$way" -j "$jobs"
    expect_works "$way, $linkage" "$work/$linkage/$way/consumer"
  done

  if [ -x "$prefix/bin/weft" ]; then
    [ "$(printf 'a\nb\n' | "$prefix/bin/weft" map -j 1 -- echo {} 2>/dev/null)" = $'a\nb' ] ||
      { echo "install: the installed command does not work" >&2; exit 1; }
    echo "install: the command, $linkage: works"
  fi

  if [ $linkage = shared ]; then
    foreign=$(nm -D --defined-only -C "$lib/libweft.so" | cut -d' ' -f3- |
      grep -vE '^((non-virtual thunk to|virtual thunk to|typeinfo for|typeinfo name for|vtable for|VTT for|guard variable for) )?weft::' || true)
    [ -z "$foreign" ] || { printf 'install: libweft.so exports what is not in weft:\n%s\n' "$foreign" >&2; exit 1; }
    echo "install: libweft.so exports $(nm -D --defined-only "$lib/libweft.so" | wc -l) names, all of them weft's"
  fi
done

#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Runs clang-tidy over the library's sources, or over the files that are named.
#
#     tools/tidy.sh [FILE...]
#
# Needs a configured dev build, for its compile_commands.json.
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/dev
[ -f "$build/compile_commands.json" ] || cmake --preset dev >/dev/null
if [ $# -eq 0 ]; then
  mapfile -t files < <(find src -name '*.cpp' | sort)
else
  files=("$@")
fi
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-16 --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option 2> >(grep -v 'warnings generated\|Suppressed\|Use -header-filter' >&2)
echo "tidy: ${#files[@]} files"

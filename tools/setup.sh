#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Installs what is needed, on Debian and Ubuntu, and does nothing where all of
# it is there already.
#
#     tools/setup.sh [build|test|stress|bench|site|ci]...     (default: build)
#
# Each kind is a list in tools/packages/, and brings those before it along.
set -euo pipefail
cd "$(dirname "$0")/packages"

declare -A kinds=([build]="build" [test]="build test" [stress]="build test stress" [bench]="build bench" [site]="site" [ci]="build test site ci")
lists=()
for kind in "${@:-build}"; do
  [ -n "${kinds[$kind]:-}" ] || { echo "setup: no such kind: $kind (build, test, stress, bench, site, ci)" >&2; exit 2; }
  for list in ${kinds[$kind]}; do lists+=("$list.txt"); done
done
mapfile -t wanted < <(sed -e 's/#.*//' -e 's/ //g' -e '/^$/d' "${lists[@]}" | sort -u)

if ! command -v dpkg-query >/dev/null; then
  echo "setup: this is not Debian or Ubuntu; please see that you have the likes of: ${wanted[*]}" >&2
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=""
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup: please install, as root: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
# The lists of packages may be missing or old on a fresh machine.
"${install[@]}" </dev/null >/dev/null 2>&1 || {
  "${as_root[@]}" apt-get update -q </dev/null
  "${install[@]}" </dev/null
}

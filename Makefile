# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# make          builds the release: build/libweft.so and the command build/weft
# make try      builds, and runs `weft map` over this system's real files, on all cores
# make test     builds everything with its tests, and runs them
# make install  PREFIX=/usr/local
# make bench    runs weft beside its peers, interleaved: tables and plots in build/bench
# make stress   the long runs: every schedule, every race, a million items, aarch64 under qemu
# make docs     compiles and runs the code in README.md and docs/
# make site     the documentation as a site, in build/site
# make lint     floors, format, the cost of headers, headers alone, clang-tidy
#
# Each installs what it needs first, on Debian and Ubuntu, if it is not there.

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
TRY_FILES ?= /usr/include

.PHONY: all try test install bench stress docs site lint clean

all:
	@tools/setup.sh build
	cmake --preset release
	cmake --build --preset release -j $(JOBS)

# The checksums of thousands of files. What weft map tells about the run goes to
# the terminal; the checksums themselves to a file.
try: all
	@echo
	@echo "find $(TRY_FILES) -type f -print0 | build/weft map -0 -- sha256sum {} > build/try.txt"
	@begin=$$(date +%s%N); \
	find $(TRY_FILES) -type f -print0 | build/weft map -0 -- sha256sum {} > build/try.txt || exit; \
	ms=$$((($$(date +%s%N) - begin) / 1000000)); \
	echo "weft map ran sha256sum for each of $$(wc -l < build/try.txt) files in $$ms ms, on all cores. The last three:"
	@tail -n 3 build/try.txt

test:
	@tools/setup.sh test
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)
	ctest --preset dev -j $(JOBS)

stress:
	@tools/setup.sh stress
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)
	WEFT_STRESS=1 ctest --test-dir build/dev --output-on-failure -j $(JOBS)
	tests/aarch64/run.sh

bench:
	@tools/setup.sh bench
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS)
	bench/run.py
	bench/pools/run.py

install: all
	cmake --install build --prefix $(PREFIX)

docs: all
	@tools/setup.sh test
	tools/check_docs.py

site:
	@tools/setup.sh site
	mkdocs build --strict --quiet
	@echo build/site/index.html

lint:
	@tools/setup.sh ci
	tools/check_floors.py
	tools/format.sh --check
	tools/header_cost.py
	tools/headers_alone.py
	tools/tidy.sh

clean:
	rm -rf build

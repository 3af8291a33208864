# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# make          builds the release: build/libweft.so and the command build/weft
# make try      installs what is needed, builds, and runs `weft map` over real files
# make test     installs what is needed, builds everything and runs every test
# make install  PREFIX=/usr/local
# make bench    runs weft beside its peers, interleaved: table and plot in build/bench
# make stress   the long runs: every schedule, every race, a million items

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)

.PHONY: all try test install bench stress clean

all:
	cmake --preset release
	cmake --build --preset release -j $(JOBS)

test:
	tools/setup.sh test
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)
	ctest --preset dev -j $(JOBS)

install: all
	cmake --install build --prefix $(PREFIX)

clean:
	rm -rf build

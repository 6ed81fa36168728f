#!/usr/bin/env bash
# Builds the release again, in another place and later, and compares: tests/reproducible.sh BINARY
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

binary=$(realpath "${1:?usage: tests/reproducible.sh BINARY}")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cp -R CMakeLists.txt CMakePresets.json include src "$place"
cd "$place"
if ! { cmake --preset release -D STEPDOWN_TESTS=OFF && cmake --build --preset release --target stepdown; } >log 2>&1; then
    cat log >&2
    exit 1
fi
cmp build/release/stepdown "$binary"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the release again, in another place, later and without git, and compares: tests/reproducible.sh BINARY PRESET
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/source.sh

binary=$(realpath "${1:?usage: tests/reproducible.sh BINARY PRESET}")
preset=${2:?}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
copy_source "$place"
# The tree may have been committed since the binary was built.
revision=-
if [[ $("$binary" --version) =~ ,\ ([0-9a-f]+)\)$ ]]; then revision=${BASH_REMATCH[1]}; fi
echo "$revision 0" >"$place/.revision"
# The libraries are those of the first build.
mkdir "$place/build"
for libraries in musl sysroot; do
    if [[ -e build/$libraries ]]; then ln -s "$PWD/build/$libraries" "$place/build/"; fi
done
cd "$place"
if ! { cmake --preset "$preset" -D STEPDOWN_TESTS=OFF && cmake --build --preset "$preset" --target stepdown; } >log 2>&1; then
    cat log >&2
    exit 1
fi
cmp "build/$preset/stepdown" "$binary"

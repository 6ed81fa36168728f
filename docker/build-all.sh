#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the release for every architecture, or for those named: docker/build-all.sh [ARCHITECTURE]...
# ARCHITECTURE is dpkg's name, or "native" for this machine's. docker/lib/architectures.sh names the preset of each; the
# program is build/PRESET/stepdown. With LIBC=glibc in the environment the C library of this machine's program is glibc.
# With QUICK=1 it compiles several sources at once, in half the time. The file is another than the released one then.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/architectures.sh
source docker/lib/build.sh

(($#)) || set -- "${architectures[@]}"

# Debian's cross libc has rcrt1.o, which makes a static program position-independent, for these only.
kind_of() {
    case $1 in
        amd64 | arm64 | i386) echo static-pie ;;
        *) echo static ;;
    esac
}

# Bytes. Code of the same source is this much larger on some machines, and with glibc.
most_bytes() {
    case $1-$(links_musl "$1" && echo musl) in
        amd64-musl) echo 1100000 ;;
        arm64-musl) echo 1300000 ;;
        amd64-) echo 2500000 ;;
        ppc64el-) echo 4400000 ;;
        *) echo 3600000 ;;
    esac
}

build_one() {
    local architecture=$1 preset
    preset=$(preset_of "$architecture")
    docker/prepare.sh "$architecture"
    configure "$preset" -D STEPDOWN_TESTS=OFF ${QUICK:+-D CMAKE_UNITY_BUILD=ON}
    build "$preset" --target stepdown
    docker/lib/hardening.sh "build/$preset/stepdown" "$(kind_of "$architecture")" "$(most_bytes "$architecture")" "$PWD"
}

for architecture in "${@/#native/$native}"; do build_one "$architecture"; done

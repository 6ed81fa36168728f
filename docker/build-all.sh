#!/usr/bin/env bash
# Builds the release for every architecture, or for those named: docker/build-all.sh [ARCHITECTURE]...
# ARCHITECTURE is dpkg's name: amd64 arm64 armhf armel i386 ppc64el s390x riscv64. The files are build/release/stepdown
# for this machine's, build/release-ARCHITECTURE/stepdown for another.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/support/build.sh
source tests/support/packages.sh

(($#)) || set -- amd64 arm64 armhf armel i386 ppc64el s390x riscv64

# Debian's cross libc has rcrt1.o, which makes a static program position-independent, for these only.
kind_of() {
    case $1 in
        amd64 | arm64 | i386) echo static-pie ;;
        *) echo static ;;
    esac
}

# Bytes. Code of the same source is this much larger on some machines.
most_bytes() {
    case $1 in
        ppc64el) echo 3300000 ;;
        *) echo 2600000 ;;
    esac
}

build_one() {
    local architecture=$1 preset=release
    if [[ $architecture != "$(dpkg --print-architecture)" ]]; then
        preset=release-$architecture
        docker/cross/sysroot.sh "$architecture"
    fi
    configure "$preset"
    build "$preset" --target stepdown
    tests/hardening.sh "build/$preset/stepdown" "$(kind_of "$architecture")" "$(most_bytes "$architecture")" "$PWD"
}

install_packages build cross
for architecture in "$@"; do build_one "$architecture"; done

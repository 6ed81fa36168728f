#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the release for other machines and tests it under their emulation: tests/architectures.sh [ARCHITECTURE]...
# ARCHITECTURE is dpkg's name; by default all but this machine's. Needs root, and the preset release-musl built with its
# tests: those are this machine's programs, and what they start is the other's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/architectures.sh
source docker/lib/build.sh
source tests/support/scripts/emulation.sh
source docker/lib/packages.sh
source tests/support/scripts/skip.sh

if ((!$#)); then
    for architecture in "${architectures[@]}"; do
        [[ $architecture == "$native" ]] || set -- "$@" "$architecture"
    done
fi

# What qemu's emulation of a process does otherwise than a kernel: it sorts the environment, and its statx(2) says 0 for
# the id of every mount.
not_qemus='Applet.OnlyHomeChangesInTheEnvironment:ChownMounts.*'

test_one() {
    local program
    enable_emulation "$1"
    for program in root_applets root_identity root_chown; do
        STEPDOWN_TESTS_BINARY=$PWD/build/$(preset_of "$1")/stepdown "build/release-musl/tests/$program" \
            --gtest_brief=1 --gtest_filter="-$not_qemus"
    done
}

((EUID == 0)) || skip "emulation is enabled by root"
if ! command -v s390x-linux-gnu-g++ >/dev/null && [[ ${STEPDOWN_TESTS_MUST_RUN:-} != 1 ]]; then
    skip "no cross compilers are installed; with STEPDOWN_TESTS_MUST_RUN=1 they would be"
fi
install_packages emulation
docker/build-all.sh "$@"
trap disable_emulations EXIT
for architecture in "$@"; do
    echo "Testing $architecture"
    test_one "$architecture"
done

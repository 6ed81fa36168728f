# SPDX-License-Identifier: Apache-2.0
# Sourced first by every test of this folder. Goes to the top of the source tree, and gives the test a directory of its own
# and words to expect things with.
# shellcheck shell=bash

set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/build.sh
source docker/lib/packages.sh
source docker/lib/source.sh
source tests/support/scripts/skip.sh

# The packages that a release is made with, and those that only its tests need.
read -ra needed <<<"${PACKAGES[release]} ${PACKAGES[release-test]}"
if [[ $(missing_packages "${needed[@]}") && ${STEPDOWN_TESTS_MUST_RUN:-} != 1 ]]; then
    skip "these packages are not all installed; with STEPDOWN_TESTS_MUST_RUN=1 they would be: ${needed[*]}"
fi
install_packages release release-test

top=$PWD
work=$(mktemp -d)
failures=0

# The test's exit code: what ended it, or 1 where an expectation was not met.
finish() {
    local status=$?
    if ((status != 0 && status != 77)); then echo "$0: ended with exit code $status at: $BASH_COMMAND" >&2; fi
    rm -rf "$work"
    if ((status == 0 && failures > 0)); then status=1; fi
    exit "$status"
}
trap finish EXIT

fail() {
    printf '%s: FAILED: %s\n' "$0" "$1" >&2
    failures=$((failures + 1))
}

# expect_equal WHAT GOT WANTED
expect_equal() {
    [[ $2 == "$3" ]] || fail "$1"$'\n  got:    '"${2//$'\n'/$'\n          '}"$'\n  wanted: '"${3//$'\n'/$'\n          '}"
}

# expect_same FILE FILE
expect_same() { cmp "$1" "$2" || fail "$1 is not $2"; }

# SPDX-License-Identifier: Apache-2.0
# Sourced. For tests that are scripts.
# shellcheck shell=bash

# skip REASON: ends the test as one that could not run, in the form in which gtest says so.
skip() {
    printf '%s: Skipped\n%s\n' "$0" "$1"
    exit 77
}

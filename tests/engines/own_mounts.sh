# SPDX-License-Identifier: Apache-2.0
# Sourced before lib.sh. Runs the test in a mount namespace of its own, so that what it mounts is nobody else's.
# shellcheck shell=bash

if [[ ${STEPDOWN_OWN_MOUNTS:-} != "$$" ]] && ((EUID == 0)); then
    STEPDOWN_OWN_MOUNTS=$$ exec unshare --mount --propagation private bash "$0" "$@"
fi

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the two commands of the README on a bare Debian: tests/bare-root.sh [SUITE [COMMAND [ARG]...]]
# SUITE is Debian's name of a release, by default bookworm. The root file system is new and has a fresh clone of HEAD in it.
# It is entered by pivot_root(2) in a mount namespace of its own, because user namespaces are refused in a chroot. COMMAND
# runs instead of the two, at the top of the clone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/build.sh
source tests/support/scripts/debian.sh
source docker/lib/packages.sh

suite=${1:-bookworm}
shift $((!!$#))

if ((EUID != 0)); then
    echo "$0: root is needed to make and enter a root file system" >&2
    exit 1
fi

# populate ROOT: the base, the clone, and the files through which this machine reaches its network.
populate() {
    tar -C "$1" -xf "$(debian_tar "$suite")"
    git clone --quiet --no-hardlinks . "$1/stepdown"
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    copy_certificates "$1"
}

# Runs in the new namespace, as: enter ROOT COMMAND [ARG]...
enter() {
    local root=$1 directory
    shift
    mount --bind "$root" "$root"
    for directory in proc dev sys; do mount --rbind "/$directory" "$root/$directory"; done
    cd "$root"
    pivot_root . .
    umount -l .
    cd /stepdown
    exec env -i HOME=/root TERM="${TERM:-dumb}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
        STEPDOWN_TESTS_MUST_RUN="${STEPDOWN_TESTS_MUST_RUN:-}" "$@"
}

# run COMMAND [ARG]...: in the bare root; says how it ended and how long it took.
run() {
    local status=0 began=$SECONDS
    unshare --mount --propagation private \
        bash -euo pipefail -c "$(declare -f enter)"'; enter "$@"' enter "$root" "$@" || status=$?
    echo "$* ended with exit code $status after $((SECONDS - began)) s"
    return "$status"
}

install_packages bare
make_debian_tar "$suite"
[[ -z $(git status --porcelain) ]] || echo "$0: what is not committed is not in the clone" >&2
root=$(mktemp -d "$PWD/build/bare-root.XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT
populate "$root"

if (($#)); then
    run "$@"
else
    run ./docker/demo.sh
    run ./tests/run.sh
fi

# SPDX-License-Identifier: Apache-2.0
# Sourced, after build.sh. Installs the Debian packages that are missing, and says nothing when none is.
# shellcheck shell=bash

# In these names % is the major version of the installed g++, which the list "build" installs: it is Debian's choice.
declare -A PACKAGES=(
    [build]="g++ cmake ninja-build libcli11-dev libspdlog-dev libfmt-dev libcap-dev libexpected-dev rapidjson-dev"
    [test]="libgtest-dev libgmock-dev gosu strace libcap2-bin acl attr btrfs-progs e2fsprogs mount procps groff-base tini dumb-init catatonit"
    [fuzz]="clang libclang-rt-dev llvm"
    [tidy]="clang-format clang-tidy aspell aspell-en codespell"
    [coverage]="gcovr"
    [cross]="g++-arm-linux-gnueabi g++-arm-linux-gnueabihf g++-i686-linux-gnu g++-powerpc64le-linux-gnu \
             g++-riscv64-linux-gnu g++-s390x-linux-gnu dpkg-dev make"
    [musl]="gcc-%-source gcc-%-plugin-dev dpkg-dev make xz-utils"
    [musl-arm64]="gcc-%-plugin-dev-aarch64-linux-gnu g++-aarch64-linux-gnu"
    [emulation]="qemu-user-static binfmt-support"
    [bare]="mmdebstrap git"
    [release]="jq xz-utils"
    [release-test]="git python3-yaml skopeo"
    [publish]="gh skopeo"
    [bench-startup]="gosu util-linux s6 runit coreutils bsdextrautils musl-tools strace"
    [bench-ownership]="coreutils findutils busybox-static bsdextrautils strace"
    [charts]="gnuplot-nox"
    [docker-client]="docker-cli docker-buildx"
    [engines]="docker.io docker-compose podman uidmap runc catatonit busybox-static mmdebstrap"
)

# missing_packages NAME...: prints those of the names that are not installed.
missing_packages() {
    local installed name
    # shellcheck disable=SC2016 # the fields are dpkg-query's to expand
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for name in "$@"; do
        grep -qxF "$name installed" <<<"$installed" || printf '%s\n' "$name"
    done
}

# install_packages LIST...: LIST is a key of PACKAGES. Needs root only when something is missing. Two calls at a time take
# turns, because apt-get(8) waits for dpkg's lock and not for that of its lists. No daemon that a package starts keeps the
# lock (flock -o).
install_packages() {
    local list names=() missing apt=(flock -o build/packages.lock apt-get -q -o DPkg::Lock::Timeout=600)
    for list in "$@"; do read -ra names <<<"${names[*]} ${PACKAGES[$list]}"; done
    if [[ ${names[*]} == *%* ]]; then names=("${names[@]//%/$(g++ -dumpversion)}"); fi
    mapfile -t missing < <(missing_packages "${names[@]}")
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        echo "$0: cannot install ${missing[*]}: not root" >&2
        return 1
    fi
    echo "Installing ${missing[*]}"
    mkdir -p build
    quietly packages "${apt[@]}" update
    quietly packages env DEBIAN_FRONTEND=noninteractive \
        "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
}

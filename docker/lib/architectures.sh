# SPDX-License-Identifier: Apache-2.0
# Sourced. The dpkg architectures that releases are made for, and how each is built.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read where this is sourced
architectures=(amd64 arm64 armhf armel i386 ppc64el s390x riscv64)
native=$(dpkg --print-architecture)

# LIBC=glibc in the environment asks for glibc on this machine, for which no C++ library has to be compiled.
case ${LIBC:=musl} in
    musl | glibc) ;;
    *) echo "$0: LIBC is \"$LIBC\" and neither musl nor glibc" >&2 && exit 2 ;;
esac

# links_musl ARCHITECTURE: says yes where the C library is musl; elsewhere it is glibc.
links_musl() { [[ ($1 == amd64 || $1 == arm64) && ($LIBC == musl || $1 != "$native") ]]; }

# preset_of ARCHITECTURE: the one that builds its release.
preset_of() {
    local preset=release
    if links_musl "$1"; then preset=release-musl; fi
    [[ $1 == "$native" ]] || preset+=-$1
    echo "$preset"
}

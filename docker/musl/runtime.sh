#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts what a C++ program needs to be linked to musl into build/musl/ARCHITECTURE: docker/musl/runtime.sh [ARCHITECTURE]
# ARCHITECTURE is dpkg's name, amd64 or arm64; by default this machine's. Debian has musl and no C++ library for it: that,
# the unwinder and libcap are compiled from Debian's source packages. The file "packages" there names what gives code,
# with versions; "inputs" is what the directory was made of, and while that stays nothing is compiled again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/build.sh
source docker/lib/packages.sh

native=$(dpkg --print-architecture)
architecture=${1:-$native}
case $architecture in
    amd64) machine=x86_64 ;;
    arm64) machine=aarch64 ;;
    *) echo "$0: $architecture is neither amd64 nor arm64" >&2 && exit 2 ;;
esac
sysroot=$PWD/build/sysroot/$architecture
result=$PWD/build/musl/$architecture

install_packages build
gcc=$(g++ -dumpversion)
# Debian names the packages of a cross compiler otherwise, and puts the kernel's headers elsewhere.
if [[ $architecture == "$native" ]]; then
    lists=(musl)
    tools=("g++-$gcc" "libgcc-$gcc-dev" "gcc-$gcc-plugin-dev" linux-libc-dev)
    kernel_headers=(/usr/include/{linux,asm-generic} "/usr/include/$machine-linux-gnu/asm")
else
    lists=(musl "musl-$architecture")
    tools=("g++-$gcc-$machine-linux-gnu" "libgcc-$gcc-dev-$architecture-cross" "gcc-$gcc-plugin-dev-$machine-linux-gnu"
        "linux-libc-dev-$architecture-cross")
    kernel_headers=("/usr/$machine-linux-gnu/include/"{linux,asm-generic,asm})
fi

# versions NAME...: of packages of this machine, as lines of a name and a version.
# shellcheck disable=SC2016 # the fields are dpkg-query's to expand
versions() { dpkg-query -W -f '${Package} ${Version}\n' "$@"; }

inputs() {
    versions "gcc-$gcc-source" "${tools[@]}"
    grep -E '^(musl-dev|libcap-dev) ' "$sysroot/packages"
    sha256sum docker/musl/{runtime,compile}.sh
}

# Complete or not there at all, wherever it is killed.
make_runtime() {
    local work
    work=$(mktemp -d "$PWD/build/musl-work.XXXXXX")
    # shellcheck disable=SC2064 # the directory is known now
    trap "rm -rf '$work'" EXIT
    mkdir "$work/result"
    { versions "gcc-$gcc-source" "${tools[1]}" && grep '^musl-dev ' "$sysroot/packages"; } >"$work/result/packages"
    inputs >"$work/result/inputs"
    quietly "musl-$architecture" docker/musl/compile.sh "$machine" "$gcc" "$sysroot" "$work" "$work/result" \
        "${kernel_headers[@]}"
    mkdir -p build/musl
    rm -rf "$result"
    mv "$work/result" "$result"
}

install_packages "${lists[@]}"
docker/cross/sysroot.sh "$architecture"
if [[ -e $result/inputs && $(<"$result/inputs") == "$(inputs)" ]]; then exit 0; fi
echo "Compiling the C++ library for musl on $architecture"
make_runtime

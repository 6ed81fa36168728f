#!/usr/bin/env bash
# Puts the libraries for a dpkg architecture into build/sysroot/ARCHITECTURE: docker/cross/sysroot.sh ARCHITECTURE
# They are Debian's packages, unpacked and not installed: this machine's list of architectures stays as it is. The file
# "packages" there names them with their versions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/build.sh
source docker/lib/apt.sh

architecture=${1:?usage: docker/cross/sysroot.sh ARCHITECTURE}
root=$PWD/build/sysroot/$architecture
# fmt's and spdlog's CMake files look for the shared libraries, which nothing here is linked to; busybox is for tests;
# musl's headers are in a directory of their own.
packages=(libcap-dev libcli11-dev libexpected-dev libfmt-dev libfmt9 libspdlog-dev libspdlog1.10 rapidjson-dev
    busybox-static musl-dev)

# Debian 12 has no archive for riscv64: what is headers comes from another 64-bit one, and libcap is compiled.
source_of=$architecture
[[ $architecture == riscv64 ]] && source_of=amd64

# One that was made for a shorter list of packages is made anew.
[[ -e $root/complete && $(<"$root/complete") == "${packages[*]}" ]] && exit 0
rm -rf "$root"
work=$root/work
use_apt "$source_of" "$work"

# Sources besides Debian's own may not know the architecture, which apt reports and does not fail for.
fetch_packages() {
    foreign_apt update || true
    (cd "$work/debs" && foreign_apt download "${packages[@]}")
    local deb
    for deb in "$work"/debs/*.deb; do
        dpkg-deb -x "$deb" "$root"
        # shellcheck disable=SC2016 # the fields are dpkg-deb's to expand
        dpkg-deb -W --showformat='${Package} ${Version}\n' "$deb" >>"$root/packages"
    done
    # It names the place that it is installed in, where glibc's headers for this machine are.
    sed -i "s|\"/usr/include\"|\"$root/usr/include\"|" "$root"/usr/*/cmake/RapidJSON/RapidJSONConfig.cmake
}

# From Debian's source package, patches included. Its tools for this machine are built by this machine's compiler.
compile_libcap() {
    local triplet=riscv64-linux-gnu
    mv "$root/usr/lib/x86_64-linux-gnu" "$root/usr/lib/$triplet"
    ln -s "$triplet" "$root/usr/lib/x86_64-linux-gnu" # fmt's CMake files name it
    fetch_source libcap2
    make -C "$work"/libcap2-*/libcap CC="$triplet-gcc" AR="$triplet-ar" RANLIB="$triplet-ranlib" \
        OBJCOPY="$triplet-objcopy" BUILD_CC=gcc libcap.a
    sed -i "/^libcap-dev /c libcap-dev $(cd "$work"/libcap2-*/ && dpkg-parsechangelog -S Version)" "$root/packages"
    cp "$work"/libcap2-*/libcap/libcap.a "$root/usr/lib/$triplet/"
}

echo "Fetching the libraries for $architecture"
quietly "sysroot-$architecture" fetch_packages
if [[ $architecture != "$source_of" ]]; then quietly "sysroot-$architecture" compile_libcap; fi
rm -rf "$work"
echo "${packages[*]}" >"$root/complete"

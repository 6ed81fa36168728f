#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts the libraries for a dpkg architecture into build/sysroot/ARCHITECTURE: docker/cross/sysroot.sh ARCHITECTURE
# They are Debian's packages, unpacked and not installed: this machine's list of architectures stays as it is. The file
# "packages" there names them with their versions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/build.sh
source docker/lib/apt.sh

architecture=${1:?usage: docker/cross/sysroot.sh ARCHITECTURE}
root=$PWD/build/sysroot/$architecture
# busybox is for tests; musl's headers are in a directory of their own.
packages=(libcap-dev libcli11-dev libexpected-dev libfmt-dev libspdlog-dev rapidjson-dev busybox-static musl-dev)

# Debian has an archive for riscv64 only from release 13 on. The headers come from that of another 64-bit machine, and
# libcap is compiled.
source_of=$architecture
[[ $architecture == riscv64 ]] && source_of=amd64

# A directory that was made of other packages, or of another release's, is made anew.
made_of="$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release): ${packages[*]}"
[[ -e $root/complete && $(<"$root/complete") == "$made_of" ]] && exit 0
rm -rf "$root"
work=$root/work
use_apt "$source_of" "$work"

# shared_libraries: the packages of fmt's and spdlog's shared libraries. The CMake files look for them, although nothing
# is linked to them. Their names hold a version, so they are found by the -dev packages' dependencies: those are on
# exactly the same version.
shared_libraries() {
    foreign_apt cache show --no-all-versions libfmt-dev libspdlog-dev |
        sed -n 's/^Depends: //p' | tr ',' '\n' | sed -nE 's/^ *([^ ]+) \(= .*/\1/p'
}

# Sources besides Debian's own may not know the architecture, which apt reports and does not fail for.
fetch_packages() {
    local deb libraries
    foreign_apt get update || true
    libraries=$(shared_libraries)
    # shellcheck disable=SC2086 # one word a package
    (cd "$work/debs" && foreign_apt get download "${packages[@]}" $libraries)
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
    make -C "$work/libcap2/libcap" CC="$triplet-gcc" AR="$triplet-ar" RANLIB="$triplet-ranlib" \
        OBJCOPY="$triplet-objcopy" BUILD_CC=gcc libcap.a
    sed -i "/^libcap-dev /c libcap-dev $(cd "$work/libcap2" && dpkg-parsechangelog -S Version)" "$root/packages"
    cp "$work/libcap2/libcap/libcap.a" "$root/usr/lib/$triplet/"
}

echo "Fetching the libraries for $architecture"
quietly "sysroot-$architecture" fetch_packages
if [[ $architecture != "$source_of" ]]; then quietly "sysroot-$architecture" compile_libcap; fi
rm -rf "$work"
echo "$made_of" >"$root/complete"

#!/usr/bin/env bash
# Puts the libraries for a dpkg architecture into build/sysroot/ARCHITECTURE: docker/cross/sysroot.sh ARCHITECTURE
# They are Debian's packages, unpacked and not installed: this machine's list of architectures stays as it is. The file
# "packages" there names them with their versions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/support/build.sh

architecture=${1:?usage: docker/cross/sysroot.sh ARCHITECTURE}
root=$PWD/build/sysroot/$architecture
# fmt's and spdlog's CMake files look for the shared libraries, which nothing here is linked to; busybox is for tests.
packages=(libcap-dev libcli11-dev libexpected-dev libfmt-dev libfmt9 libspdlog-dev libspdlog1.10 rapidjson-dev
    busybox-static)

# Debian 12 has no archive for riscv64: what is headers comes from another 64-bit one, and libcap is compiled.
source_of=$architecture
[[ $architecture == riscv64 ]] && source_of=amd64

[[ -e $root/complete ]] && exit 0
rm -rf "$root"
work=$root/work
mkdir -p "$work"/{state/lists/partial,cache/archives/partial,debs}
: >"$work/status"

# foreign_apt COMMAND...: apt-get as a machine of that architecture, on which nothing is installed, would run it.
foreign_apt() {
    apt-get -q -o "APT::Architecture=$source_of" -o "APT::Architectures=$source_of" -o APT::Sandbox::User=root \
        -o "Dir::State=$work/state" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" \
        -o Acquire::Languages=none "$@"
}

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
}

# From Debian's source package, patches included. Its tools for this machine are built by this machine's compiler.
compile_libcap() {
    local triplet=riscv64-linux-gnu
    mv "$root/usr/lib/x86_64-linux-gnu" "$root/usr/lib/$triplet"
    ln -s "$triplet" "$root/usr/lib/x86_64-linux-gnu" # fmt's CMake files name it
    mkdir "$work/sources"
    # In whichever of its two forms this machine names Debian's archive (sources.list(5)).
    if [[ -e /etc/apt/sources.list.d/debian.sources ]]; then
        sed 's/^Types: .*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$work/sources/debian.sources"
    else
        sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$work/sources/debian.list"
    fi
    local sources=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources")
    foreign_apt "${sources[@]}" update
    (cd "$work" && foreign_apt "${sources[@]}" source libcap2)
    make -C "$work"/libcap2-*/libcap CC="$triplet-gcc" AR="$triplet-ar" RANLIB="$triplet-ranlib" \
        OBJCOPY="$triplet-objcopy" BUILD_CC=gcc libcap.a
    sed -i "/^libcap-dev /c libcap-dev $(cd "$work"/libcap2-*/ && dpkg-parsechangelog -S Version)" "$root/packages"
    cp "$work"/libcap2-*/libcap/libcap.a "$root/usr/lib/$triplet/"
}

echo "Fetching the libraries for $architecture"
quietly "sysroot-$architecture" fetch_packages
if [[ $architecture != "$source_of" ]]; then quietly "sysroot-$architecture" compile_libcap; fi
rm -rf "$work"
touch "$root/complete"

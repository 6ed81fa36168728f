#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a release in build/dist: docker/release.sh [ARCHITECTURE]...
# For each architecture stepdown-ARCHITECTURE; stepdown-ARCHITECTURE.spdx, which names what is linked into it; and a Debian
# package with the same file, the manual page and the completion. For all of them the Debian package stepdown-gosu, and
# SHA256SUMS. The same source gives the same bytes, whenever and wherever it is built with the same packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/architectures.sh
source docker/lib/build.sh

(($#)) || set -- "${architectures[@]}"
dist=$PWD/build/dist
pages=$PWD/build/$(preset_of "$native") # they are the same for all, and made by a program of this machine
version=$(sed -nE 's/^project\(stepdown VERSION ([0-9.]+) .*/\1/p' CMakeLists.txt)
debian=$(sed -nE 's/^VERSION_ID="?([0-9]+).*/\1/p' /etc/os-release)
# The time that the files bear: the source's, not the build's.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

# installed_packages NAME...: those of this machine, as lines of a name and a version.
# shellcheck disable=SC2016 # the fields are dpkg-query's to expand
installed_packages() { dpkg-query -W -f '${Package} ${Version}\n' "$@"; }

# unpacked_packages ARCHITECTURE NAME...: those in build/sysroot/ARCHITECTURE, likewise.
unpacked_packages() { grep -E "^($(IFS='|' && echo "${*:2}")) " "build/sysroot/$1/packages"; }

# linked_packages ARCHITECTURE: every package that gives code to the file.
linked_packages() {
    local headers=(libcli11-dev libexpected-dev libfmt-dev libspdlog-dev rapidjson-dev) gcc
    gcc=$(g++ -dumpversion)
    if links_musl "$1"; then
        cat "build/musl/$1/packages" && unpacked_packages "$1" "${headers[@]}"
    elif [[ $1 == "$native" ]]; then
        installed_packages libc6-dev "libstdc++-$gcc-dev" "libgcc-$gcc-dev" libcap-dev "${headers[@]}"
    else
        installed_packages "libc6-dev-$1-cross" "libstdc++-$gcc-dev-$1-cross" "libgcc-$gcc-dev-$1-cross" &&
            unpacked_packages "$1" libcap-dev "${headers[@]}"
    fi
}

# sbom FILE ARCHITECTURE: SPDX 2.3 in its tag-value form.
sbom() {
    local sha256 linked package number=0 package_version
    linked=$(linked_packages "$2" | LC_ALL=C sort)
    sha256=$(sha256sum "$1" | cut -d' ' -f1)
    cat <<END
SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: stepdown-$version-$2
DocumentNamespace: https://spdx.org/spdxdocs/stepdown-$version-$2-$sha256
Creator: Tool: docker/release.sh-$version
Created: $(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)

PackageName: stepdown
SPDXID: SPDXRef-stepdown
PackageVersion: $version
PackageFileName: stepdown-$2
PackageChecksum: SHA256: $sha256
PackageDownloadLocation: NOASSERTION
FilesAnalyzed: false
PackageLicenseConcluded: NOASSERTION
PackageLicenseDeclared: Apache-2.0
PackageCopyrightText: NOASSERTION
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-stepdown
END
    while read -r package package_version; do
        number=$((number + 1))
        cat <<END

PackageName: $package
SPDXID: SPDXRef-linked-$number
PackageVersion: $package_version
PackageSupplier: Organization: Debian
PackageDownloadLocation: NOASSERTION
FilesAnalyzed: false
PackageLicenseConcluded: NOASSERTION
PackageLicenseDeclared: NOASSERTION
PackageCopyrightText: NOASSERTION
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/${package//+/%2B}@${package_version//+/%2B}?distro=debian-$debian
Relationship: SPDXRef-stepdown STATIC_LINK SPDXRef-linked-$number
END
    done <<<"$linked"
}

# debian_packages ARCHITECTURE PRESET
debian_packages() {
    local work
    work=$(mktemp -d "$PWD/build/debian-packages.XXXXXX")
    configure "$2" -D STEPDOWN_PAGES="$pages"
    quietly "package-$1" cpack -G DEB --config "build/$2/CPackConfig.cmake" -B "$work"
    dpkg-deb --fsys-tarfile "$work/stepdown_${version}_$1.deb" | tar -xO ./usr/bin/stepdown | cmp - "$dist/stepdown-$1"
    mv "$work"/*.deb "$dist"
    rm -rf "$work"
}

# release ARCHITECTURE
release() {
    local file=$dist/stepdown-$1 preset
    preset=$(preset_of "$1")
    install -m 0755 "build/$preset/stepdown" "$file"
    sbom "$file" "$1" >"$file.spdx"
    debian_packages "$1" "$preset"
}

docker/build-all.sh "$native" "$@"
build "$(preset_of "$native")" --target stepdown_pages
rm -rf "$dist"
mkdir -p "$dist"
for architecture in "$@"; do release "$architecture"; done
touch -d "@$SOURCE_DATE_EPOCH" "$dist"/*
(cd "$dist" && sha256sum stepdown* >SHA256SUMS)
cat "$dist/SHA256SUMS"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The list of what is linked into a program: its form, and that no package is missing: tests/release/sbom.sh PRESET
# [ARCHITECTURE SBOM]
# Without a file SBOM it is made anew, of this machine's program. What gives code is taken from the linker's map and from the headers that were read.
# shellcheck source=tests/release/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

build=build/${1:?usage: tests/release/sbom.sh PRESET [ARCHITECTURE SBOM]}
architecture=${2:-$(dpkg --print-architecture)}
sbom=${3:-$work/sbom.json}
gcc=$(g++ -dumpversion)
[[ $build != build/release ]] || export LIBC=glibc
(($# == 3)) || docker/sbom.sh "$build/stepdown" "$architecture" >"$sbom"

# holds WHAT FILTER: a filter of jq that is true of the document.
holds() { jq -e "$2" "$sbom" >/dev/null || fail "$1"; }

# Those that the specification of SPDX 2.3 asks for.
holds "the document's fields" '.spdxVersion == "SPDX-2.3" and .dataLicense == "CC0-1.0" and .SPDXID == "SPDXRef-DOCUMENT"
    and (.name | length > 0) and (.documentNamespace | test("^https://[^#]+$"))
    and (.creationInfo.created | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))
    and (.creationInfo.creators | length > 0 and all(test("^(Tool|Person|Organization): .")))'
holds "the fields of every package" '.packages | length > 5 and all(
    (.name | length > 0) and (.SPDXID | test("^SPDXRef-[A-Za-z0-9.-]+$")) and (.downloadLocation | length > 0))'
holds "an id for each package" '[.SPDXID, .packages[].SPDXID] | length == (unique | length)'
holds "relationships of packages that are there" '[.SPDXID, .packages[].SPDXID] as $ids | .relationships |
    all([.spdxElementId, .relatedSpdxElement] - $ids == [])'
holds "what the document describes" '[.relationships[] | select(.relationshipType == "DESCRIBES")] == [
    {spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-stepdown"}]'
holds "a package that is not said to be linked" '[.packages[].SPDXID] - ["SPDXRef-stepdown"]
    == [.relationships[] | select(.relationshipType == "STATIC_LINK" and .spdxElementId == "SPDXRef-stepdown")
        .relatedSpdxElement]'
holds "the checksum" ".packages[0].checksums == [{algorithm: \"SHA256\", checksumValue: \"$(sha256sum <"$build/stepdown" | cut -d' ' -f1)\"}]"
# A scanner finds a package by its purl, in which a + of a name is written as %2B.
holds "a purl for every package" '.packages[1:] | all(
    .versionInfo as $version | .name as $name | .externalRefs | length == 1 and (.[0] |
        .referenceCategory == "PACKAGE-MANAGER" and .referenceType == "purl" and
        (.referenceLocator | test("^pkg:deb/debian/[a-z0-9.%B-]+@[A-Za-z0-9.~%-]+[?]distro=debian-[0-9]+$") and
            startswith("pkg:deb/debian/\($name | @uri)@\($version | @uri)?"))))'

# The tag-value form is the same document.
jq -rf docker/lib/spdx.jq "$sbom" >"$work/sbom.spdx"
expect_equal "the packages of the tag-value form" \
    "$(sed -nE 's/^(PackageName|PackageVersion|ExternalRef: PACKAGE-MANAGER purl): ?//p; s/^ExternalRef: PACKAGE-MANAGER purl //p' "$work/sbom.spdx")" \
    "$(jq -r '.packages[] | .name, .versionInfo, (.externalRefs // [])[].referenceLocator' "$sbom")"
expect_equal "the first lines of the tag-value form" "$(head -n 4 "$work/sbom.spdx")" "SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: $(jq -r .name "$sbom")"
expect_equal "the relationships of the tag-value form" "$(sed -n 's/^Relationship: //p' "$work/sbom.spdx")" \
    "$(jq -r '.relationships[] | "\(.spdxElementId) \(.relationshipType) \(.relatedSpdxElement)"' "$sbom")"

# linked_files: the archives that gave a member, and the files of the C runtime.
linked_files() {
    sed -nE '/^Archive member included/,/^(Discarded|Memory Configuration)/s/^(\/[^(]+\.a)\(.*/\1/p; s/^LOAD (\/.*\.o)$/\1/p' \
        "$build/stepdown.map"
}

# read_headers: the headers that the program's objects were compiled from, without the project's. A compiler cache may
# have written their paths from the build directory on.
read_headers() {
    ninja -C "$build" -t deps |
        awk '/^[^ ]/ { ours = /^CMakeFiles\/stepdown(_[a-z_]+)?\.dir\// && !/stepdown_docs/ } /^    / && ours { print $1 }' |
        sort -u | (cd "$build" && xargs realpath -ms) | grep -vE "^$top/(src|include|$build)/"
}

# package_of FILE: the one that it belongs to, or that it was compiled from.
package_of() {
    local file=$1 base=${1##*/} unpacked
    if [[ $file =~ /build/(musl|sysroot)/ ]]; then file=${file/*\/build\//build\/}; fi
    case $file in
        build/musl/*/libcap.a) echo libcap2 ;;
        build/musl/*/lib/libstdc++.a | build/musl/*/lib/libgcc_eh.a | build/musl/*/include/c++/*) echo "gcc-$gcc-source" ;;
        build/musl/*/include/{linux,asm,asm-generic}/*) ;; # the kernel's headers give no code
        build/musl/*/lib/*)
            # Of this name and these bytes, musl-dev has it.
            unpacked=$(find "build/sysroot/$architecture/usr/lib" -path '*-musl/*' -name "$base")
            if cmp -s "$unpacked" "$file"; then echo musl-dev; else echo "unknown:$file"; fi
            ;;
        build/musl/*/include/*) echo musl-dev ;;
        build/sysroot/*/usr/lib/*/libcap.a) echo libcap-dev ;;
        build/sysroot/*/usr/include/sys/capability.h) ;; # declares what libcap.a has
        build/sysroot/*) installed_package_of "/${file#build/sysroot/*/}" ;;
        *) installed_package_of "$(realpath "$file")" ;;
    esac
}

# installed_package_of FILE: of this machine. The headers in build/sysroot are those of packages that it has, too.
installed_package_of() {
    local owner
    owner=$(dpkg -S "$1" 2>/dev/null | head -n 1) || owner="unknown:$1"
    case $owner in
        linux-libc-dev*) ;;
        unknown:*) echo "$owner" ;;
        *) echo "${owner%%:*}" ;;
    esac
}

{ linked_files && read_headers; } | sort -u | while IFS= read -r file; do package_of "$file"; done | sort -u >"$work/found"
jq -r '.packages[1:][].name' "$sbom" | sort -u >"$work/listed"
expect_equal "packages that give code" "$(<"$work/found")" "$(<"$work/listed")"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints what is linked into a program of the release, in SPDX 2.3 as JSON: docker/sbom.sh FILE ARCHITECTURE
# The program was built here, and the packages are those that are installed or unpacked here. docker/lib/spdx.jq makes
# SPDX's tag-value form of it.
set -euo pipefail
shopt -s inherit_errexit
file=$(realpath -e "${1:?usage: docker/sbom.sh FILE ARCHITECTURE}") architecture=$2
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/architectures.sh
source docker/lib/build.sh
source docker/lib/packages.sh
source docker/lib/source.sh

# installed_packages NAME...: those of this machine, as lines of a name and a version.
# shellcheck disable=SC2016 # the fields are dpkg-query's to expand
installed_packages() { dpkg-query -W -f '${Package} ${Version}\n' "$@"; }

# unpacked_packages NAME...: those in build/sysroot, likewise.
unpacked_packages() { grep -E "^($(IFS='|' && echo "$*")) " "build/sysroot/$architecture/packages"; }

# linked_packages: every package that gives code to the file.
linked_packages() {
    local headers=(libcli11-dev libexpected-dev libfmt-dev libspdlog-dev rapidjson-dev) gcc
    gcc=$(g++ -dumpversion)
    if links_musl "$architecture"; then
        cat "build/musl/$architecture/packages" && unpacked_packages "${headers[@]}"
    elif [[ $architecture == "$native" ]]; then
        installed_packages libc6-dev "libstdc++-$gcc-dev" "libgcc-$gcc-dev" libcap-dev "${headers[@]}"
    else
        installed_packages "libc6-dev-$architecture-cross" "libstdc++-$gcc-dev-$architecture-cross" \
            "libgcc-$gcc-dev-$architecture-cross" && unpacked_packages libcap-dev "${headers[@]}"
    fi
}

install_packages release
linked=$(linked_packages | LC_ALL=C sort)
seconds=$(source_time)
jq -n --arg linked "$linked" --arg version "$(source_version)" --arg architecture "$architecture" \
    --arg sha256 "$(sha256sum <"$file" | cut -d' ' -f1)" --arg created "$(date -u -d "@${seconds:-0}" +%Y-%m-%dT%H:%M:%SZ)" \
    --arg distro "debian-$(sed -nE 's/^VERSION_ID="?([0-9]+).*/\1/p' /etc/os-release)" '
    # What is not known of a package; the whole of its licences is in docker/packaging/copyright.
    def package: . + {downloadLocation: "NOASSERTION", filesAnalyzed: false, licenseConcluded: "NOASSERTION",
                      copyrightText: "NOASSERTION"};
    ($linked | split("\n") | map(split(" ") | {name: .[0], version: .[1]}) | to_entries) as $packages |
    "stepdown-\($version)-\($architecture)" as $name |
    {spdxVersion: "SPDX-2.3",
     dataLicense: "CC0-1.0",
     SPDXID: "SPDXRef-DOCUMENT",
     name: $name,
     documentNamespace: "https://spdx.org/spdxdocs/\($name)-\($sha256)",
     creationInfo: {creators: ["Tool: stepdown-sbom-\($version)"], created: $created},
     packages:
        ([{name: "stepdown", SPDXID: "SPDXRef-stepdown", versionInfo: $version, primaryPackagePurpose: "APPLICATION",
           packageFileName: "stepdown-\($architecture)", checksums: [{algorithm: "SHA256", checksumValue: $sha256}],
           licenseDeclared: "Apache-2.0"} | package] +
         [$packages[] | {name: .value.name, SPDXID: "SPDXRef-linked-\(.key + 1)", versionInfo: .value.version,
           supplier: "Organization: Debian", licenseDeclared: "NOASSERTION",
           externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator:
               "pkg:deb/debian/\(.value.name | @uri)@\(.value.version | @uri)?distro=\($distro)"}]} | package]),
     relationships:
        ([{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-stepdown"}] +
         [$packages[] | {spdxElementId: "SPDXRef-stepdown", relationshipType: "STATIC_LINK",
                         relatedSpdxElement: "SPDXRef-linked-\(.key + 1)"}])}'

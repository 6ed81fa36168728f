#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes an archive of the image for several machines, in OCI's format and without an engine: docker/image.sh ARCHIVE FILE...
# A FILE is a program of stepdown, and its name ends in -ARCHITECTURE, which is dpkg's name. The same files give the same
# bytes. buildah would write its version into each image, and umoci writes no index of several machines.
set -euo pipefail
shopt -s inherit_errexit
archive=$(realpath -m "${1:?usage: docker/image.sh ARCHIVE FILE...}")
shift
(($#)) || { echo "$0: no program to make an image of" >&2 && exit 2; }
mapfile -t programs < <(realpath -e "$@")
((${#programs[@]} == $#)) || exit 2 # realpath has said which is missing
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/build.sh
source docker/lib/packages.sh
source docker/lib/source.sh

install_packages release
version=$(source_version)
revision=$(source_revision)
seconds=$(source_time)
[[ $seconds ]] || { echo "$0: set SOURCE_DATE_EPOCH: neither git nor .revision tells the time of the sources" >&2 && exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
layout=$work/layout
mkdir -p "$layout/blobs/sha256"

# pack DIRECTORY [NAME]...: a tar of these, by default of everything. All of it is root's, and of the time of the sources.
pack() {
    tar -C "$1" --sort=name --format=gnu --mtime="@$seconds" --owner=0 --group=0 --numeric-owner -c "${@:2}"
}

digest_of() { sha256sum <"$1" | sed 's/^/sha256:/; s/ .*//'; }

# add_blob MEDIA_TYPE FILE: moves the file into the layout, and prints its descriptor.
add_blob() {
    local digest
    digest=$(digest_of "$2")
    jq -nc --arg type "$1" --arg digest "$digest" --argjson size "$(stat -c %s "$2")" \
        '{mediaType: $type, digest: $digest, size: $size}'
    mv "$2" "$layout/blobs/sha256/${digest#sha256:}"
}

# platform_of ARCHITECTURE: as OCI names it, which is as Go does.
platform_of() {
    local name=$1 variant=
    case $1 in
        armhf) name=arm variant=v7 ;;
        armel) name=arm variant=v5 ;;
        i386) name=386 ;;
        ppc64el) name=ppc64le ;;
    esac
    jq -nc --arg name "$name" --arg variant "$variant" \
        '{architecture: $name, os: "linux"} + if $variant == "" then {} else {variant: $variant} end'
}

created=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)
annotations=$(jq -nc --arg version "$version" --arg revision "$revision" --arg created "$created" '
    {"org.opencontainers.image.title": "stepdown",
     "org.opencontainers.image.description": "A container entrypoint that steps down from root",
     "org.opencontainers.image.version": $version,
     "org.opencontainers.image.revision": $revision,
     "org.opencontainers.image.created": $created,
     "org.opencontainers.image.licenses": "Apache-2.0"} | with_entries(select(.value != ""))')

# configuration PLATFORM LAYER: that of a container. LAYER is the file before it was compressed.
configuration() {
    jq -nc --argjson platform "$1" --arg layer "$(digest_of "$2")" --argjson labels "$annotations" --arg created "$created" '
        {created: $created} + $platform +
        {config: {Entrypoint: ["/stepdown"], WorkingDir: "/", Labels: $labels},
         rootfs: {type: "layers", diff_ids: [$layer]},
         history: [{created: $created, created_by: "docker/image.sh"}]}'
}

# add_image ARCHITECTURE PROGRAM: prints the descriptor of its manifest.
add_image() {
    local files=$work/$1 platform config layer
    platform=$(platform_of "$1")
    docker/lib/image_files.sh "$files" "$2"
    pack "$files" . >"$work/layer"
    configuration "$platform" "$work/layer" >"$work/config"
    gzip -n -9 "$work/layer"
    config=$(add_blob application/vnd.oci.image.config.v1+json "$work/config")
    layer=$(add_blob application/vnd.oci.image.layer.v1.tar+gzip "$work/layer.gz")
    jq -nc --argjson config "$config" --argjson layer "$layer" --argjson annotations "$annotations" '
        {schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: [$layer],
         annotations: $annotations}' >"$work/manifest"
    add_blob application/vnd.oci.image.manifest.v1+json "$work/manifest" |
        jq -c --argjson platform "$platform" '. + {platform: $platform}'
}

# add_index DESCRIPTOR...: likewise, for the images of all machines.
add_index() {
    jq -sc --argjson annotations "$annotations" '
        {schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: ., annotations: $annotations}' \
        <<<"$*" >"$work/index"
    add_blob application/vnd.oci.image.index.v1+json "$work/index"
}

images=()
for program in "${programs[@]}"; do images+=("$(add_image "${program##*-}" "$program")"); done
add_index "${images[@]}" | jq -c --arg name "stepdown:$version" '
    {schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
     manifests: [. + {annotations: {"org.opencontainers.image.ref.name": $name}}]}' >"$layout/index.json"
echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
chmod -R u=rwX,go=rX "$layout"
pack "$layout" blobs index.json oci-layout >"$archive"

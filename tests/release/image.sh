#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The archive of docker/image.sh, looked into without an engine: tests/release/image.sh [ARCHIVE PROGRAM...]
# Without arguments the archive is made here, of files that stand for programs.
# shellcheck source=tests/release/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
source docker/lib/architectures.sh

SOURCE_DATE_EPOCH=$(source_time)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1000000000}
version=$(source_version)
archive=${1:-$work/first.tar}
shift $((!!$#))
if ((!$#)); then
    mkdir "$work/programs" "$work/elsewhere"
    for architecture in "${architectures[@]}"; do
        echo "the program for $architecture" >"$work/programs/stepdown-$architecture"
        set -- "$@" "$work/programs/stepdown-$architecture"
    done
    docker/image.sh "$archive" "$@"
    cp -p "$@" "$work/elsewhere"
    touch -d @3 "$work/elsewhere"/*
    (umask 0077 && cd "$work/elsewhere" && "$top/docker/image.sh" second.tar "${@##*/}")
    expect_same "$archive" "$work/elsewhere/second.tar"
    said=$(docker/image.sh "$work/none.tar" 2>&1) && fail "an archive of no program is made"
    expect_equal "what is said of no program" "$said" "docker/image.sh: no program to make an image of"
fi

expect_equal "the archive" "$(TZ=UTC tar --numeric-owner --full-time -tvf "$archive" | awk '{ print $2, $4, $5 }' | sort -u)" \
    "0/0 $(date -u -d "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M:%S')"
layout=$work/layout
mkdir "$layout"
tar -C "$layout" -xf "$archive"
expect_equal "the version of the layout" "$(jq -c . "$layout/oci-layout")" '{"imageLayoutVersion":"1.0.0"}'

# blob FILTER FILE: the file that the descriptor names which FILTER takes out of FILE. Its size and digest are right.
blob() {
    local descriptor digest file
    descriptor=$(jq -c "$1" "$2")
    digest=$(jq -r '.digest | ltrimstr("sha256:")' <<<"$descriptor")
    file=$layout/blobs/sha256/$digest
    expect_equal "the size of $digest" "$(stat -c %s "$file")" "$(jq .size <<<"$descriptor")"
    expect_equal "the digest of $digest" "$(sha256sum <"$file" | cut -d' ' -f1)" "$digest"
    echo "$file"
}

# platforms ARCHITECTURE...: as the index writes them.
platforms() {
    local architecture
    for architecture in "$@"; do
        case $architecture in
            armhf) echo linux/arm/v7 ;;
            armel) echo linux/arm/v5 ;;
            i386) echo linux/386 ;;
            ppc64el) echo linux/ppc64le ;;
            *) echo "linux/$architecture" ;;
        esac
    done
}
# as_platform: a filter of jq for an object that holds one.
as_platform='[.os, .architecture, .variant] | map(select(. != null)) | join("/")'

expect_equal "the images of the archive" "$(jq -c '.manifests | map([.mediaType, .annotations])' "$layout/index.json")" \
    "[[\"application/vnd.oci.image.index.v1+json\",{\"org.opencontainers.image.ref.name\":\"stepdown:$version\"}]]"
index=$(blob '.manifests[0]' "$layout/index.json")
expect_equal "the platforms" "$(jq -r ".manifests[].platform | $as_platform" "$index")" "$(platforms "${@##*-}")"

# check_image NUMBER PROGRAM: what is said of it, and what is in its layer.
check_image() {
    local manifest config layer files=$work/files wanted
    manifest=$(blob ".manifests[$1]" "$index")
    config=$(blob .config "$manifest")
    layer=$(blob '.layers[0]' "$manifest")
    expect_equal "the types of $2" "$(jq -c '[.mediaType, .config.mediaType, .layers[].mediaType]' "$manifest")" \
        '["application/vnd.oci.image.manifest.v1+json","application/vnd.oci.image.config.v1+json","application/vnd.oci.image.layer.v1.tar+gzip"]'
    expect_equal "the platform of $2" "$(jq -r "$as_platform" "$config")" "$(platforms "${2##*-}")"
    expect_equal "the layer of $2" "$(jq -c .rootfs "$config")" \
        "{\"type\":\"layers\",\"diff_ids\":[\"sha256:$(zcat "$layer" | sha256sum | cut -d' ' -f1)\"]}"
    expect_equal "what $2 starts with" "$(jq -c '.config | [.Entrypoint, .Cmd, .User, .Env]' "$config")" '[["/stepdown"],null,null,null]'
    wanted=$(jq -nSc --arg version "$version" --arg revision "$(source_revision)" \
        --arg created "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" '{
            title: "stepdown", description: "A container entrypoint that steps down from root", version: $version,
            revision: $revision, created: $created, licenses: "Apache-2.0"}
        | with_entries(select(.value != "") | .key |= "org.opencontainers.image.\(.)")')
    expect_equal "the labels of $2" "$(jq -Sc .config.Labels "$config")" "$wanted"
    expect_equal "the annotations of $2" "$(jq -Sc .annotations "$manifest")" "$wanted"
    mkdir "$files"
    tar -C "$files" -xzf "$layer"
    expect_same "$files/stepdown" "$2"
    expect_same "$files/usr/share/doc/stepdown/LICENSE" LICENSE
    expect_same "$files/usr/share/doc/stepdown/copyright" docker/packaging/copyright
    expect_equal "the files of $2" \
        "$(TZ=UTC tar --numeric-owner --full-time -tvzf "$layer" | awk '{ $3 = ""; print }' | tr -s ' ')" \
        "$(sed "s|TIME|0/0 $(date -u -d "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M:%S')|" <<'END'
drwxr-xr-x TIME ./
lrwxrwxrwx TIME ./gosu -> stepdown
-rwxr-xr-x TIME ./stepdown
lrwxrwxrwx TIME ./su-exec -> stepdown
drwxr-xr-x TIME ./usr/
drwxr-xr-x TIME ./usr/local/
drwxr-xr-x TIME ./usr/local/bin/
lrwxrwxrwx TIME ./usr/local/bin/gosu -> ../../../stepdown
lrwxrwxrwx TIME ./usr/local/bin/stepdown -> ../../../stepdown
lrwxrwxrwx TIME ./usr/local/bin/su-exec -> ../../../stepdown
drwxr-xr-x TIME ./usr/share/
drwxr-xr-x TIME ./usr/share/doc/
drwxr-xr-x TIME ./usr/share/doc/stepdown/
-rw-r--r-- TIME ./usr/share/doc/stepdown/LICENSE
-rw-r--r-- TIME ./usr/share/doc/stepdown/copyright
END
        )"
    rm -rf "$files"
}

number=0
for program in "$@"; do
    check_image "$number" "$program"
    number=$((number + 1))
done
# Layers of several programs differ, so nothing else is in the layout than what was looked at.
expect_equal "the number of blobs" "$(find "$layout/blobs" -type f | wc -l)" $(($# * 3 + 1))

# A reader of another make takes every image, and the index as it is.
skopeo copy -q --all --preserve-digests "oci-archive:$archive" "oci:$work/copy"
expect_equal "the index in a copy by skopeo" "$(jq -r '.manifests[].digest' "$work/copy/index.json")" \
    "$(jq -r '.manifests[].digest' "$layout/index.json")"

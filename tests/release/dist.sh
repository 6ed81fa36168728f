#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Looks into the release that docker/release.sh left in build/dist: tests/release/dist.sh
# It tells the architectures by the files that are there.
# shellcheck source=tests/release/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
source docker/lib/architectures.sh

dist=$top/build/dist version=$(source_version)
mapfile -t made < <(for name in "${architectures[@]}"; do if [[ -e $dist/stepdown-$name ]]; then echo "$name"; fi; done)
expect_equal "the files" "$(cd "$dist" && printf '%s\n' * | LC_ALL=C sort)" "$(
    printf '%s\n' SHA256SUMS stepdown-image.tar "stepdown-$version.tar.xz" "stepdown-gosu_${version}_all.deb" \
        "${made[@]/#/stepdown-}" | cat - <(for name in "${made[@]}"; do
            printf '%s\n' "stepdown-$name".spdx{,.json} "stepdown_${version}_$name.deb"
        done) | LC_ALL=C sort
)"
(cd "$dist" && sha256sum --quiet --strict -c SHA256SUMS) || fail "SHA256SUMS"
expect_equal "the files in SHA256SUMS" "$(sed -E 's/^[0-9a-f]{64}  //' "$dist/SHA256SUMS" | LC_ALL=C sort)" \
    "$(cd "$dist" && printf '%s\n' stepdown* | LC_ALL=C sort)"
tests/release/image.sh "$dist/stepdown-image.tar" "${made[@]/#/$dist/stepdown-}" || fail "the image"
for name in "${made[@]}"; do
    tests/release/sbom.sh "$(preset_of "$name")" "$name" "$dist/stepdown-$name.spdx.json" || fail "what is linked on $name"
    expect_same <(jq -rf docker/lib/spdx.jq "$dist/stepdown-$name.spdx.json") "$dist/stepdown-$name.spdx"
done
pack_source "$work/source.tar.xz"
expect_same "$work/source.tar.xz" "$dist/stepdown-$version.tar.xz"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the release of a tag twice and looks into it: docker/publish/build.sh [ARCHITECTURE]...
# The second time it is made elsewhere, from the source archive of the first and so without git. Whatever differs is not
# released. With GITHUB_REF_NAME in the environment that is the tag, which has to name the version; the image's name and
# digest become outputs of the step in a workflow.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/source.sh

version=$(source_version)
if [[ ${GITHUB_REF_NAME:-v$version} != "v$version" ]]; then
    echo "$0: the tag $GITHUB_REF_NAME is not that of version $version: CMakeLists.txt names it" >&2
    exit 1
fi
again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT

docker/release.sh "$@"
tar -C "$again" -xf "build/dist/stepdown-$version.tar.xz"
"$again/stepdown-$version/docker/release.sh" "$@" >"$again/log" || { cat "$again/log" && exit 1; }
diff "$again/stepdown-$version/build/dist/SHA256SUMS" build/dist/SHA256SUMS
STEPDOWN_TESTS_MUST_RUN=1 tests/release/dist.sh
if [[ ${GITHUB_OUTPUT:-} ]]; then
    digest=$(tar -xOf build/dist/stepdown-image.tar index.json | jq -r '.manifests[0].digest')
    printf '%s\n' "image=ghcr.io/${GITHUB_REPOSITORY,,}" "digest=$digest" >>"$GITHUB_OUTPUT"
fi

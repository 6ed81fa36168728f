#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Pushes the images of build/dist to the registry of a repository on GitHub, from a workflow: docker/publish/push.sh
# The environment names the repository, who pushes, and the digest that was attested; that one arrives, or nothing does.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/build.sh
source docker/lib/packages.sh
source docker/lib/source.sh

: "${REGISTRY_TOKEN:?}" "${GITHUB_ACTOR:?}" "${GITHUB_REPOSITORY:?}" "${DIGEST:?}"
archive=build/dist/stepdown-image.tar
install_packages release publish
held=$(tar -xOf "$archive" index.json | jq -r '.manifests[0].digest')
if [[ $held != "$DIGEST" ]]; then
    echo "$0: $archive holds $held and not $DIGEST" >&2
    exit 1
fi
skopeo login --username "$GITHUB_ACTOR" --password-stdin ghcr.io <<<"$REGISTRY_TOKEN"
for tag in "$(source_version)" latest; do
    skopeo copy --all --preserve-digests "oci-archive:$archive" "docker://ghcr.io/${GITHUB_REPOSITORY,,}:$tag"
done

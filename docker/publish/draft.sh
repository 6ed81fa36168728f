#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a draft release of the files in build/dist, from a workflow for a tag: docker/publish/draft.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/build.sh
source docker/lib/packages.sh

: "${GH_TOKEN:?}" "${GITHUB_REPOSITORY:?}" "${GITHUB_REF_NAME:?}"
install_packages publish
(cd build/dist && sha256sum --quiet --strict -c SHA256SUMS)
gh release create --repo "$GITHUB_REPOSITORY" --verify-tag --draft --title "$GITHUB_REF_NAME" --generate-notes \
    "$GITHUB_REF_NAME" build/dist/*

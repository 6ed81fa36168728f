#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What can be told of the workflows without running them: tests/release/workflows.sh [DIRECTORY]
# DIRECTORY is .github by default. A job runs scripts of this repository and actions that are pinned to a commit, with the
# permissions listed here and no others.
# shellcheck source=tests/release/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
github=${1:-.github}

# as_json FILE: a key that stands twice in a mapping is an error here, which YAML's readers pass over. `on` is a boolean
# for this reader, and "true" in its result.
as_json() {
    python3 - "$1" <<'END'
import json, sys, yaml

class Loader(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            sys.exit(f"{sys.argv[1]}: a key stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)

print(json.dumps(yaml.load(open(sys.argv[1]), Loader)))
END
}

# check_run FILE COMMAND: the machine is bare, so the first command of a job may fetch what fetches the sources.
check_run() {
    local script
    [[ $2 != 'apt-get update && apt-get install -y --no-install-recommends ca-certificates git' ]] || return 0
    read -r script _ <<<"$2"
    [[ $2 =~ ^[A-Za-z0-9./_\ -]+$ && $script == */* && -x $script && -f $script ]] || fail "$1: runs what is no script of the repository: $2"
}

# check_action FILE ACTION: the text names the version of a pinned action in a comment.
check_action() {
    if [[ $2 == ./* ]]; then
        [[ -f $2 ]] || fail "$1: uses $2, which is not there"
    elif [[ ! $2 =~ ^[A-Za-z0-9-]+/[A-Za-z0-9./_-]+@[0-9a-f]{40}$ ]]; then
        fail "$1: uses $2, which is not pinned to a commit"
    else
        ! grep -F "uses: $2" "$1" | grep -qvE ' # v[0-9]+\.[0-9]+\.[0-9]+$' || fail "$1: uses $2 without its version in a comment"
    fi
}

actions=""
permissions=""
check_workflow() {
    local json name line
    name=${1##*/}
    json=$(as_json "$1") || { fail "$1: is no YAML" && return; }
    expect_equal "$1: the permissions of jobs that have none of their own" "$(jq -c .permissions <<<"$json")" "{}"
    while IFS= read -r line; do check_run "$1" "$line"; done < <(jq -r '.jobs[].steps // [] | .[].run | values' <<<"$json")
    while IFS= read -r line; do
        check_action "$1" "$line"
        actions+=$line$'\n'
    done < <(jq -r '.jobs[] | .uses, (.steps // [] | .[].uses) | values' <<<"$json")
    expect_equal "$1: steps with other keys, or both a script and an action" \
        "$(jq -c '.jobs[].steps // [] | .[] | select((keys - ["id", "run", "uses", "with", "env"] != []) or (has("run") == has("uses")))' <<<"$json")" ""
    expect_equal "$1: checkouts that leave their token" \
        "$(jq -c '.jobs[].steps // [] | .[] | select(.uses // "" | startswith("actions/checkout@")) | select(.with["persist-credentials"] != false)' <<<"$json")" ""
    expect_equal "$1: jobs without a limit of time" \
        "$(jq -r '.jobs | to_entries[] | select(.value.uses == null and .value["timeout-minutes"] == null).key' <<<"$json")" ""
    permissions+=$(jq -r --arg name "$name" '.jobs | to_entries[] | "\($name) \(.key): \(.value.permissions | tojson)"' <<<"$json")$'\n'
}

for file in "$github"/workflows/*; do check_workflow "$file"; done
# A permission that is added here is one that somebody thought about.
expect_equal "the permissions" "$permissions" 'ci.yml tests: {"contents":"read"}
release.yml tests: {"contents":"read"}
release.yml build: {"contents":"read"}
release.yml attest: {"attestations":"write","id-token":"write"}
release.yml push: {"contents":"read","packages":"write"}
release.yml draft: {"contents":"write"}
'
expect_equal "actions that are pinned to several commits" \
    "$(sort -u <<<"$actions" | sed -n 's/@.*//p' | uniq -d)" ""

dependabot=$(as_json "$github/dependabot.yml")
expect_equal "what is kept current" "$(jq -c '[.version, (.updates[] | .["package-ecosystem"])]' <<<"$dependabot")" \
    '[2,"github-actions","docker"]'
kept=$(jq -r '.updates[] | select(.["package-ecosystem"] == "docker").directories[]' <<<"$dependabot" |
    while IFS= read -r pattern; do compgen -G ".$pattern" || fail "dependabot.yml: there is no $pattern"; done)
while IFS= read -r directory; do
    grep -qxF "./$directory" <<<"$kept" || fail "dependabot.yml: does not know the Dockerfile of $directory"
done < <(source_files | sed -nE 's,/Dockerfile[^/]*$,,p' | sort -u)

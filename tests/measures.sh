#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints measures of the sources, and fails where one of the first three does not hold: tests/measures.sh
#   - every include keeps to the edges between the folders;
#   - no file in src/ or include/ has more than 250 lines;
#   - no function has more than 40 lines.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The folders that each folder may include besides itself. The links in CMakeLists.txt say the same of calls.
declare -A may_include=(
    [base]=""
    [system]="base"
    [settings]="base system"
    [identity]="base system"
    [ownership]="base system"
    [launch]="base system"
    [prepare]="base system identity"
    [plan]="base system settings identity ownership launch prepare"
    [dry_run]="base system settings identity ownership launch prepare plan"
    [pipeline]="base system settings identity ownership launch prepare plan dry_run"
    [compat]="base system settings identity ownership launch prepare plan pipeline"
    [docs]="base settings"
    [main.cpp]="base prepare pipeline compat"
)
failures=0

fail() {
    echo "$*" >&2
    failures=$((failures + 1))
}

sources() { find src include -name '*.cpp' -o -name '*.h' | sort; }

# includes: a file, its folder (a file of src/ itself is its own) and a folder that it includes, a line each.
includes() {
    sources | xargs grep -H '^#include "stepdown/' |
        sed -E 's,^((src|include/stepdown)/([^/:]+)[^:]*):#include "stepdown/([^/]+)/.*,\1 \3 \4,'
}

check_includes() {
    local file folder included
    while read -r file folder included; do
        [[ $included == "$folder" || " ${may_include[$folder]:-} " == *" $included "* ]] ||
            fail "$file may not include $included/"
    done < <(includes)
}

check_files() {
    local lines file
    while read -r lines file; do
        ((lines <= 250)) || fail "$file has $lines lines, over 250"
    done < <(sources | xargs wc -l | grep -v ' total$')
}

# functions: the length of every function in lines, and its place. A function begins with a line that has a parameter
# list and ends in "{", and it ends with the first "}" of the same indentation.
functions() {
    sources | xargs awk '
        FNR == 1 { inside = 0 }
        /^ *(if|for|while|switch|else|do|namespace|class|struct|enum|extern|try|catch|return)[^a-z_]/ { next }
        !inside && /^ *[^ #\/}].*\).*\{.*\}$/ { print 1, FILENAME ":" FNR; next }
        !inside && /^ *[^ #\/}].*\).*\{$/ { match($0, /^ */); indent = RLENGTH; begin = FNR; inside = 1; next }
        inside && match($0, /^ *\}/) && RLENGTH == indent + 1 { print FNR - begin + 1, FILENAME ":" begin; inside = 0 }'
}

# percentile N: of the numbers that begin the lines, which are sorted.
percentile() { awk -v n="$1" '{ value[NR] = $1 } END { print value[int((NR - 1) * n / 100) + 1] }'; }

check_functions() {
    local lengths length place
    lengths=$(functions | sort -n)
    while read -r length place; do
        ((length <= 40)) || fail "$place: the function has $length lines, over 40"
    done <<<"$lengths"
    echo "functions: $(wc -l <<<"$lengths"), median $(percentile 50 <<<"$lengths"), 90th percentile" \
        "$(percentile 90 <<<"$lengths"), longest $(tail -n 1 <<<"$lengths")"
}

check_includes
check_files
check_functions
sources | xargs cat | awk '/^ *\/\// { comments++ } END { printf "comment lines: %.1f %% of %d\n", 100 * comments / NR, NR }'
echo "comments that begin with What, Whether, Whom, Where or As:" \
    "$(sources | xargs cat | grep -cE '^ *// (What|Whether|Whom|Where|As) ' || true)"
((failures == 0))

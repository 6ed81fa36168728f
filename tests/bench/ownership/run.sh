#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures what it costs to own trees, by stepdown and by its peers, alternating, in the same run. See usage.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
cd "$here/../../.."
source tests/bench/lib.sh

usage() {
    cat <<'END'
Usage: tests/bench/ownership/run.sh [--quick] [--directory DIR] [PART]...

Owns trees of empty files, 99 to a directory, with what is released for this machine (or $STEPDOWN), its engine on one
thread, chown -R, busybox chown -R and find -exec chown, and lets a program that does nothing but look at each entry
(the floor) walk them. Builds and installs what it misses; needs root, and a quiet machine. Writes build/bench/PART.csv
and prints it.

  trees       trees of 10,000, 100,000 and 500,000 entries, right and wrong (3 to 4 minutes)
  large       the same of 2,000,000 entries (6 minutes)
  others      500,000 entries that are not cached; 200 entries; 1,000,000 files in one directory (5 minutes)
  excluded    200,000 right entries, by the engine on one thread without and with 100 excluded names
              (1 minute); not among the default parts
  flat10      10,000,000 files in one directory; not among the default parts

  --quick     smaller trees, fewer runs: to try the script
  --directory where to put the trees (default: /var/tmp); ext4 is what the figures in README are of
END
}

directory=/var/tmp quick=false parts=()
while (($#)); do
    case $1 in
        --quick) quick=true ;;
        --directory) directory=$2; shift ;;
        --help) usage; exit ;;
        trees | large | others | excluded | flat10) parts+=("$1") ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
((${#parts[@]})) || parts=(trees large others)

stepdown=$(realpath -m "${STEPDOWN:-build/$(preset_of "$native")/stepdown}") own=$PWD/build/release/tests/own
declare -A COMMANDS=(
    [stepdown]="$stepdown -u 1000:1000 -c tree $programs/nothing"
    [stepdown-one-thread]="$own 1000:1000 --threads=1 tree"
    [stepdown-excluding]="$own 1000:1000 --threads=1 $(printf -- '--exclude=name_%d ' {1..100})tree"
    [chown]="chown -R 1000:1000 tree"
    [busybox]="busybox chown -R 1000:1000 tree"
    [find]="find tree ! -user 1000 -exec chown -h 1000:1000 {} +"
    [floor]="$programs/floor tree"
)
peers=(stepdown chown busybox find)

build_programs() {
    compile clock -O2 -static "$here/clock.cpp"
    compile floor -O2 "$here/floor.cpp"
    compile plant -O2 "$here/plant.cpp"
    compile_command
    build_release
    build_glibc own
}

# once TOOL: its time and memory go to the tool's file. find and busybox do not say whether they could do all.
once() {
    local words
    read -ra words <<<"${COMMANDS[$1]}"
    "$programs/clock" "${words[@]}" >>"$scratch/of.$1" || { echo "$0: failed: ${words[*]}" >&2; return 1; }
}

# Nothing is left that is not 1000's: a tool that leaves something out is not to be measured.
is_owned() { [[ -z $(find tree \( ! -user 1000 -o ! -group 1000 \) -print -quit) ]]; }

# row CASE TOOL ENTRIES RUNS: of the CSV, from the tool's file.
row() {
    sort -n "$scratch/of.$2" | awk -v head="$1,$2,$3,$4" '
        { us[NR] = $1; if ($2 > kib) kib = $2 }
        END { printf "%s,%d,%d,%d,,,\n", head, us[1], us[int((NR + 1) / 2)], kib }'
}

# measure CASE ENTRIES RUNS PREPARATION TOOL...: PREPARATION is done before every start of every tool.
measure() {
    local name=$1 entries=$2 runs=$3 prepare=$4 run tool
    shift 4
    rm -f "$scratch"/of.*
    for ((run = 0; run < runs; run++)); do
        for tool in "$@"; do
            $prepare
            once "$tool"
            ((run)) || [[ $tool == floor ]] || is_owned || { echo "$0: $tool left something of $name" >&2; return 1; }
        done
    done
    for tool in "$@"; do row "$name" "$tool" "$entries" "$runs"; done
}

# Each is for PREPARATION.
right() { :; }
wrong() { chown -R 0:0 tree; }
cold() {
    sync
    echo 3 >/proc/sys/vm/drop_caches
}

# plant DIRECTORIES FILES: a tree that is right.
plant() {
    rm -rf tree
    "$programs/plant" tree "$1" "$2"
    chown -R 1000:1000 tree
    sync
}

# by_size ENTRIES RUNS [TOOL]...: the tools beside the peers; the first of them changes owners, too. What was planted just now
# is cached.
by_size() {
    plant $(($1 / 100)) 99
    measure right "$1" "$2" right "${peers[@]}" "${@:3}"
    measure wrong "$1" "$2" wrong "${peers[@]}" "${@:3:1}"
}

part_trees() {
    if $quick; then by_size 10000 3; by_size 50000 3 stepdown-one-thread floor; return; fi
    by_size 10000 15 stepdown-one-thread floor
    by_size 100000 7 stepdown-one-thread floor
    by_size 500000 5 stepdown-one-thread floor
}

part_large() {
    if $quick; then by_size 100000 3; else by_size 2000000 3; fi
}

# calls_of [OPTION]...: the system calls of the engine as a program.
calls_of() { strace -f -qq "$own" 1000:1000 "$@" 2>&1 | wc -l; }

# What a right top directory costs in system calls, beside the program itself.
on_root_mismatch() {
    local calls
    calls=$(($(calls_of --on-root-mismatch tree) - $(calls_of)))
    echo "on-root-mismatch,stepdown-one-thread,$1,1,,,,,$calls,"
}

part_others() {
    local cold=500000 flat=1000000 runs=5
    if $quick; then cold=20000 flat=20000 runs=2; fi
    plant $((cold / 100)) 99
    measure right-cold "$cold" "$runs" cold stepdown chown
    on_root_mismatch "$cold"
    plant 4 49
    measure wrong 200 $((runs * 5)) wrong stepdown chown
    plant 1 "$flat"
    measure flat-wrong "$flat" "$runs" wrong stepdown chown
}

part_excluded() {
    local entries=200000 runs=15
    if $quick; then entries=20000 runs=2; fi
    plant $((entries / 100)) 99
    measure excluded "$entries" "$runs" right stepdown-one-thread stepdown-excluding
}

part_flat10() {
    local flat=10000000
    if $quick; then flat=50000; fi
    plant 1 "$flat"
    measure flat-wrong "$flat" 1 wrong stepdown chown
}

main() {
    local part
    need_root
    install_packages build test bench-ownership
    build_programs
    scratch=$(mktemp -d "$directory/stepdown-bench-XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    chmod 755 "$scratch"
    cd "$scratch"
    echo "In $directory ($(df --output=fstype . | tail -1))"
    for part in "${parts[@]}"; do
        echo "Measuring $part"
        watch_others
        { echo "$columns"; "part_$part"; } >"$out/$part.csv"
        report_others
        cut -d, -f1-7 "$out/$part.csv" | column -s, -t
    done
}

main

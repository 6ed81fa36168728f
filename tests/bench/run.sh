#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures start-up and ownership against all peers, and draws the charts of the pages. See usage.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
cd "$here/../.."
source tests/bench/lib.sh

usage() {
    cat <<'END'
Usage: tests/bench/run.sh [--quick] [--directory DIR] [PART]...

Measures stepdown and its peers on this machine, as root, and writes build/bench/figures.csv. Installs and builds what
it misses. The machine should be quiet: two cores, nothing else running. All parts take about 18 minutes.

  startup     what a tool adds to the start of a command (2 to 4 minutes)
  trees       owning trees of 10,000, 100,000 and 500,000 entries (3 to 4 minutes)
  large       owning 2,000,000 entries (6 minutes)
  others      trees that are not cached, tiny, or one directory (5 minutes)
  charts      draws the figures that there are into tests/bench/charts, keeps them there as
              figures.csv, and puts them into README and src/docs/performance.md

  --quick     few runs of small trees, to try the script: all goes to build/bench/quick
  --directory where to put the trees (default: /var/tmp), on ext4

Ends with 1 where a start costs more than it should (tests/bench/startup/targets.awk).
END
}

quick=() startup=() trees=() parts=() charts=$here/charts
while (($#)); do
    case $1 in
        --quick)
            quick=(--quick) startup=(--quick --rounds 100) out=$PWD/build/bench/quick charts=$PWD/build/bench/quick
            export STEPDOWN_BENCH_OUT=$out
            ;;
        --directory) trees=(--directory "$2"); shift ;;
        --help) usage; exit ;;
        startup | trees | large | others | charts) parts+=("$1") ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
((${#parts[@]})) || parts=(startup trees large others charts)

# What the figures are of, for those who read them: a comment of the CSV, and the charts' subtitles.
machine() {
    local model cores
    model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | sed 1q)
    cores=$(nproc)
    printf '%s, %s CPUs, Linux %s\n' "${model:-$(uname -m)}" "$cores" "$(uname -r | cut -d. -f1-2)"
}

draw() {
    local part
    install_packages charts
    mkdir -p "$charts"
    {
        echo "# $(machine)"
        echo "$columns"
        for part in startup trees large others; do
            [[ ! -e $out/$part.csv ]] || tail -n +2 "$out/$part.csv"
        done
    } >"$out/figures.csv"
    if [[ $charts != "$out" ]]; then
        cp "$out/figures.csv" "$charts/figures.csv"
        tests/docs/figures.sh . --write
    fi
    "$here/draw.sh" "$charts"
    echo "Charts in $charts"
    echo
    awk -F, -f "$here/table.awk" "$out/figures.csv"
}

main() {
    local part status=0
    need_root
    for part in "${parts[@]}"; do
        echo "== $part, $(date -u +%H:%M)"
        case $part in
            startup) "$here/startup/run.sh" "${startup[@]}" || status=1 ;;
            charts) draw ;;
            *) "$here/ownership/run.sh" "${quick[@]}" "${trees[@]}" "$part" ;;
        esac
    done
    return "$status"
}

main

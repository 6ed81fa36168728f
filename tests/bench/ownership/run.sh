#!/bin/bash
# Measures the ownership engine against chown -R, busybox chown -R, find -exec chown and the floor of any exact walk on
# one thread, alternating, on the same machine in the same run. Needs root, coreutils, and g++; busybox and strace are
# used where there are.
#
#   tests/bench/ownership/run.sh OWN [DIRECTORY [RUNS]]
#
# OWN is the release build's tests/own. DIRECTORY (default: /var/tmp) should be on ext4. FLAT10=1 measures ten million
# files as well, COLD=1 measures with dropped caches.
set -euo pipefail

own=$(realpath "${1:?usage: run.sh OWN [DIRECTORY [RUNS]]}")
here=$(dirname "$(realpath "$0")")
base=$(mktemp -d "${2:-/var/tmp}/stepdown-bench-XXXXXX")
runs=${3:-7}
trap 'rm -rf "$base"' EXIT
cd "$base"
g++ -O2 -std=c++20 "$here/floor.cpp" -o floor
g++ -O2 -std=c++20 "$here/plant.cpp" -o plant

now_us() { local now=$EPOCHREALTIME; echo "${now/./}"; }
median() { sort -n | sed -n "$((($1 + 1) / 2))p"; }

# measure TITLE PREPARATION COMMAND...: the median of each command's times, and its ratio to the first one's.
measure() {
    local title=$1 prepare=$2 run i start first=0
    shift 2
    echo; echo "== $title"
    for ((i = 1; i <= $#; i++)); do : >"times.$i"; done
    for ((run = 0; run < runs; run++)); do
        for ((i = 1; i <= $#; i++)); do
            eval "$prepare" >/dev/null 2>&1
            start=$(now_us)
            eval "${!i}" >/dev/null 2>&1 || true
            echo $(($(now_us) - start)) >>"times.$i"
        done
    done
    for ((i = 1; i <= $#; i++)); do
        local time
        time=$(median "$runs" <"times.$i")
        ((i > 1)) || first=$time
        awk -v t="$time" -v f="$first" -v c="${!i}" 'BEGIN { printf "%10.1f ms  %5.2f times as fast  %s\n", t / 1000, f / t, c }'
    done
}

busybox_chown=true
command -v busybox >/dev/null && busybox_chown="busybox chown -R 1000:1000"

echo "machine: $(uname -r), $(nproc) CPUs, $(df --output=fstype . | tail -1), load $(cut -d' ' -f1 /proc/loadavg)"
./plant tree 5000 40
measure "200,000 files in 5,000 directories, already right" "chown -R 1000:1000 tree" \
    "chown -R 1000:1000 tree" "$busybox_chown tree" "find tree ! -user 1000 -exec chown -h 1000:1000 {} +" "./floor tree" \
    "$own 1000:1000 --threads=1 tree" "$own 1000:1000 tree"
measure "the same, all wrong" "chown -R 0:0 tree" \
    "chown -R 1000:1000 tree" "$busybox_chown tree" "find tree ! -user 1000 -exec chown -h 1000:1000 {} +" \
    "$own 1000:1000 --threads=1 tree" "$own 1000:1000 tree"
if [[ ${COLD:-} == 1 ]]; then
    measure "the same, right, cold" "chown -R 1000:1000 tree; sync; echo 3 >/proc/sys/vm/drop_caches" \
        "chown -R 1000:1000 tree" "$own 1000:1000 tree"
fi

./plant small 4 49
measure "200 entries, all wrong, the whole process" "chown -R 0:0 small" "chown -R 1000:1000 small" "$own 1000:1000 small"

./plant flat 1 1000000
measure "1,000,000 files in one directory, all wrong" "chown -R 0:0 flat" "chown -R 1000:1000 flat" "$own 1000:1000 flat"
chown -R 0:0 flat
/usr/bin/time -f "peak RSS %M KiB" "$own" 1000:1000 flat 2>&1 | tail -1
if command -v strace >/dev/null; then
    echo "system calls, on-root-mismatch, right: $(strace -f "$own" 1000:1000 --on-root-mismatch flat 2>&1 | wc -l)," \
        "without a tree: $(strace -f "$own" 1000:1000 2>&1 | wc -l)"
fi
rm -rf flat

echo; echo "== cost of an entry by size of the tree, right, one thread and all"
for size in 10000 100000 500000 2000000; do
    ./plant "sized" $((size / 100)) 99
    chown -R 1000:1000 sized
    for threads in 1 0; do
        for ((run = 0; run < runs; run++)); do
            start=$(now_us)
            "$own" 1000:1000 --threads=$threads sized 2>/dev/null
            echo $(($(now_us) - start))
        done | median "$runs" | awk -v n="$size" -v t="$threads" '{ printf "%9d entries, --threads=%d: %.3f us each\n", n, t, $1 / n }'
    done
    rm -rf sized
done

if [[ ${FLAT10:-} == 1 ]]; then
    ./plant flat 1 10000000
    runs=1
    measure "10,000,000 files in one directory, all wrong" "chown -R 0:0 flat" "chown -R 1000:1000 flat" "$own 1000:1000 flat"
    chown -R 0:0 flat
    /usr/bin/time -f "peak RSS %M KiB" "$own" 1000:1000 flat 2>&1 | tail -1
fi

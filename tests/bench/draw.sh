#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Draws the charts of DIRECTORY/figures.csv beside it: tests/bench/draw.sh DIRECTORY
set -euo pipefail
here=$(dirname "$(realpath "$0")")
cd "${1:?usage: tests/bench/draw.sh DIRECTORY}"
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
machine=$(sed -n '1s/^# //p' figures.csv)

# stepdown uses as many threads as there are CPUs, up to 8 (ownership/thread_count.h).
threads=$(sed -nE '1s/.*, ([0-9]+) CPUs?,.*/\1/p' figures.csv)
threads=$((${threads:-1} < 8 ? ${threads:-1} : 8))
case $threads in
    1) stepdown_name="stepdown (1 thread)" ;;
    *) stepdown_name="stepdown ($threads threads)" ;;
esac

# plot CHART SCRIPT WIDTH HEIGHT VARIABLES TITLE DESCRIPTION: VARIABLES in gnuplot's language. The title and the description
# are for screen readers. gnuplot titles everything with its own commands.
plot() {
    gnuplot -e "width = $3; height = $4; $5" "$here/charts/style.gnuplot" "$here/charts/$2.gnuplot" |
        sed -E -e "s|<title>Gnuplot</title>|<title id=\"title\">$6</title>|" \
            -e "s|<desc>Produced by .*</desc>|<desc id=\"description\">$7</desc>|" \
            -e '/<g id="gnuplot_plot/s|<title>.*</title>||' \
            -e 's|^<svg *$|<svg role="img" aria-labelledby="title description"|' >"$1.svg"
}

# describe SENTENCE...: as one text in which XML has no mark of its own, and neither has sed.
describe() { sed -E 's/&/and/g; s/</below/g; s/>/over/g; s/\|/,/g' <<<"$*"; }

# What each tool adds to the command alone by its median, from the least up: ROW MILLISECONDS COLOUR "NAME".
added() {
    awk -F, '
        BEGIN {
            ours = 0x0072b2; peer = 0x999999; floor = 0xd0d0d0
            name["stepdown-environment"] = "stepdown, glibc"
            name["stepdown-as-gosu"] = "stepdown as gosu, glibc"
            name["stepdown-musl-environment"] = "stepdown, musl"
            name["stepdown-musl-as-gosu"] = "stepdown as gosu, musl"
            name["glibc-pie-floor"] = "(a static glibc program)"
            name["su-exec-musl"] = "su-exec, musl"
        }
        $1 != "start" { next }
        $2 == "command-alone" { alone = $6; next }
        !($2 in name) && $2 ~ /^stepdown|floor/ { next }
        {
            colour = $2 ~ /^stepdown/ ? ours : $2 ~ /floor/ ? floor : peer
            print ($6 - alone) / 1000, colour, $2 in name ? name[$2] : $2
        }' figures.csv | sort -g |
        awk '{ added = $1; colour = $2; sub(/^[^ ]+ [^ ]+ /, ""); printf "%d %s %s \"%s\"\n", NR, added, colour, $0 }'
}

# in_words: the bars as a list.
in_words() {
    awk '{ ms = $2; $1 = $2 = $3 = ""; gsub(/"|^ +/, ""); printf "%s%s %.2f ms", (NR > 1 ? "; " : ""), $0, ms }
        END { print "." }' "$data/added"
}

draw_startup() {
    local starts
    added >"$data/added"
    [[ -s $data/added ]] || return 0
    starts=$(awk -F, '$1 == "start" { print $4; exit }' figures.csv)
    plot startup startup 860 $((150 + 28 * $(wc -l <"$data/added"))) "file = '$data/added'; rows = $(wc -l <"$data/added"); \
        subtitle = 'median of $starts starts less that of the command alone; $machine'" \
        "The milliseconds that each tool adds to the start of a command" \
        "$(describe "Bars, the least first: $(in_words)")"
}

tools=(stepdown stepdown-one-thread chown busybox find)

# series CASE TOOL COLUMN DIVISOR: ENTRIES VALUE, from the smallest tree up.
series() {
    awk -F, -v state="$1" -v tool="$2" -v column="$3" -v by="$4" '
        $1 == state && $2 == tool && $3 >= 10000 { print $3, $column / by }' figures.csv | sort -g
}

# labels CASE SCALE: the end of each line with its name; where two would touch, the upper one is moved up.
labels() {
    local tool
    for tool in stepdown chown busybox find; do
        [[ ! -s $data/$1.$tool ]] || echo "$(tail -n 1 "$data/$1.$tool") $tool"
    done | sort -g -k2,2 | awk -v scale="$2" -v ours="$stepdown_name" '
        BEGIN {
            name["stepdown"] = ours; name["chown"] = "chown -R"; name["busybox"] = "busybox"; name["find"] = "find -exec"
            colour["stepdown"] = 0x0072b2; colour["chown"] = 0x555555; colour["busybox"] = 0x6b6b6b; colour["find"] = 0xb34f00
        }
        {
            least = scale == "log" ? last * 1.6 : last + 0.3
            last = NR > 1 && $2 < least ? least : $2
            printf "%s %s %s \"%s\"\n", $1, last, colour[$3], name[$3]
        }'
}

# ends CASE UNIT: the end of each line in words.
ends() {
    local tool name
    for tool in "${tools[@]}"; do
        [[ -s $data/$1.$tool ]] || continue
        name=$tool
        if [[ $tool == stepdown ]]; then name=$stepdown_name; fi
        tail -n 1 "$data/$1.$tool" | awk -v name="${name/stepdown-one-thread/stepdown (1 thread)}" -v unit="$2" \
            '{ printf "%s %.2f %s for %d entries\n", name, $2, unit, $1 }'
    done | paste -sd ';' | sed 's/;/; /g'
}

# draw_trees CHART COLUMN DIVISOR SCALE HEADING STATISTIC UNIT
draw_trees() {
    local case tool most
    for case in right wrong; do
        for tool in "${tools[@]}"; do series "$case" "$tool" "$2" "$3" >"$data/$case.$tool"; done
        labels "$case" "$4" >"$data/$case.labels"
    done
    [[ -s $data/right.stepdown ]] || return 0
    most=$(sort -g -k2,2 "$data"/{right,wrong}.* 2>/dev/null | awk '$2 > most { most = $2 } END { print most * 1.1 }')
    plot "$1" panels 900 420 "directory = '$data'; scale = '$4'; heading = '$5'; most = $most; unit = '$7'; subtitle = \
        '$6 of alternating runs, warm cache; chown, busybox and find use 1 thread; 99 empty files to a directory; $machine, ext4'" \
        "$5" "$(describe "Lines over the number of entries. Right trees: $(ends right "${7:-s}"). Wrong trees: $(ends wrong "${7:-s}").")"
}

draw_startup
draw_trees ownership 6 1e6 log "Time to own a tree" median ""
draw_trees memory 7 1024 linear "Peak memory (resident set) while owning a tree" most MiB

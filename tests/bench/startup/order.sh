#!/usr/bin/env bash
# Writes src/start.ld, the order of what a start runs: tests/bench/startup/order.sh
# Needs root, this machine an amd64 one, and build/release-musl and build/release built. The order need not be right for
# the program to be: what it does not name comes after it, and what is not there any more is passed over. Run it when a
# start has changed.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../../.."
source tests/bench/lib.sh

# link PRESET: its last link command, with the symbols kept, and with a map.
link() {
    local command
    command=$(ninja -C "build/$1" -t commands stepdown | tail -n1)
    command=${command/ -s / }
    (cd "build/$1" && bash -c "${command/ -o stepdown / -o $programs/with-symbols -Wl,-Map=$programs/map }")
}

# trace ARGUMENT...: the places that a start by these words runs.
trace() { env -i GOSU_USER=nobody "$programs/trace" "$programs/with-symbols" "$@" "$programs/nothing"; }

# The two starts that have no flags.
trace_without_flags() { trace stepdown; trace gosu nobody; }

# at_places TABLE: the names that TABLE, sorted lines "ADDRESS NAME", gives to the places on standard input. Places and
# addresses are of 16 digits, which sort as text.
at_places() {
    awk '
        FNR == NR { at[++count] = "x" $1; name[count] = $2; next }
        {
            place = "x" $1; low = 1; high = count
            while (low < high) {
                middle = int((low + high + 1) / 2)
                if (at[middle] <= place) low = middle; else high = middle - 1
            }
            while (low > 1 && at[low - 1] == at[low]) low--
            for (i = low; i <= count && at[i] == at[low]; i++) print name[i]
        }' "$1" - | LC_ALL=C sort -u
}

# The functions at the places, cut to 32 characters: what has them in common is of one kind and is often run together,
# the list is a third as long, and lasts longer.
functions() {
    nm -n "$programs/with-symbols" | awk 'tolower($(NF - 1)) ~ /[twi]/ { print $1, $NF }' >"$programs/symbols"
    at_places "$programs/symbols" | sed -E 's/^(.{32}).*|\.(isra|constprop|part)\..*/\1*/' | LC_ALL=C sort -u
}

# The objects of glibc's archive at the places: it is not compiled function by function, as all else is. Of a function
# that each kind of processor has for itself, those of the present kinds are taken.
objects() {
    awk '/^ *(\.text[^ ]*)? +0x/ { if ($(NF - 1) != "0x0") print substr($(NF - 2), 3), $NF }' "$programs/map" |
        LC_ALL=C sort >"$programs/sections"
    at_places "$programs/sections" | sed -nE 's/.*libc\.a\((.*)\.o\)$/\1/p' |
        sed -E 's/^(.*)-(avx|evex).*/\1-avx*\n\1-evex*/' | LC_ALL=C sort -u
}

in_lines() { fmt -w "$((118 - ${#1}))" | sed "s/^/$1/"; }

# The input sections of the functions named on standard input.
sections() {
    echo "    *("
    sed 's/^/.text./' | in_lines '      '
    echo "    )"
}

write_order() {
    link release
    { trace_without_flags; trace stepdown -u nobody; } | objects >"$programs/objects"
    link release-musl
    trace_without_flags | functions >"$programs/always"
    trace stepdown -u nobody | functions | LC_ALL=C comm -13 "$programs/always" - >"$programs/flags"
    cat <<'END'
/* Written by tests/bench/startup/order.sh. What a start runs lies together, and so takes fewer pages: first what every
   start runs, then what it runs besides if there are flags. ld(1) takes this beside its own script, which places the
   rest. */
SECTIONS
{
  .text.start :
  {
    *libc.a:mem*(.text)
END
    sed 's/.*/*libc.a:&.o(.text*)/' "$programs/objects" | in_lines '    '
    cat <<'END'
    *(.text.startup .text.startup.*)
END
    sections <"$programs/always"
    sections <"$programs/flags"
    printf '  }\n}\nINSERT BEFORE .text;\n'
}

need_root
install_packages build
compile trace -O1 tests/bench/startup/trace.cpp
compile_command
write_order >"$programs/start.ld"
mv "$programs/start.ld" src/start.ld
wc -l src/start.ld

#!/usr/bin/env bash
# Writes src/start.ld, the order of the functions that a start runs: tests/bench/startup/order.sh
# Needs root, this machine an amd64 one, and build/release-musl built. The order need not be right for the program to be:
# what it does not name comes after it, and what is not there any more is passed over. Run it when a start has changed.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../../.."
source tests/bench/lib.sh

# The last link command, with the symbols kept.
link_with_symbols() {
    local command
    command=$(ninja -C build/release-musl -t commands stepdown | tail -n1)
    command=${command/ -s / }
    (cd build/release-musl && bash -c "${command/ -o stepdown / -o $programs/with-symbols }")
}

# trace ARGUMENT...: the places that a start by these words runs.
trace() { env -i "${variables[@]}" "$programs/trace" "$programs/with-symbols" "$@" "$programs/nothing"; }

# The names of the functions in which the places lie, cut to 32 characters: what has them in common is of one kind and is
# often run together, the list is a third as long, and lasts longer. Symbols and places bear addresses of 16 digits, which
# sort as text.
names() {
    awk '
        FNR == NR { if (tolower($(NF - 1)) ~ /[twi]/) { at[++count] = "x" $1; name[count] = $NF } next }
        {
            place = "x" $1; low = 1; high = count
            while (low < high) {
                middle = int((low + high + 1) / 2)
                if (at[middle] <= place) low = middle; else high = middle - 1
            }
            while (low > 1 && at[low - 1] == at[low]) low--
            for (i = low; i <= count && at[i] == at[low]; i++) print name[i]
        }' "$programs/symbols" "$programs/places" | sed -E 's/^(.{32}).*|\.(isra|constprop|part)\..*/\1*/' |
        LC_ALL=C sort -u
}

# The input sections of the functions named on standard input, in lines.
sections() {
    echo "    *("
    sed 's/^/.text./' | fmt -w 112 | sed 's/^/      /'
    echo "    )"
}

write_order() {
    local variables=(GOSU_USER=nobody)
    nm -n "$programs/with-symbols" >"$programs/symbols"
    { trace stepdown; trace gosu nobody; } >"$programs/places"
    names >"$programs/always"
    trace stepdown -u nobody >"$programs/places"
    names | LC_ALL=C comm -13 "$programs/always" - >"$programs/flags"
    cat <<'END'
/* Written by tests/bench/startup/order.sh. What a start runs lies together, and so takes fewer pages: first what every
   start runs, then what it runs besides if there are flags. ld(1) takes this beside its own script, which places the
   rest. */
SECTIONS
{
  .text.start :
  {
    *libc.a:mem*(.text)
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
link_with_symbols
write_order >"$programs/start.ld"
mv "$programs/start.ld" src/start.ld
wc -l src/start.ld

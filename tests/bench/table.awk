# Prints the figures of figures.csv in Markdown, for the pages:
#   awk -F, -v block=BLOCK -f tests/bench/table.awk figures.csv
# BLOCK is trees, entries, starts or summary; all of them without it. tests/docs/figures.sh puts them into the pages.
function thousands(number) {
    if (number >= 1000000) return number / 1000000 ",000,000"
    return number >= 1000 ? number / 1000 ",000" : number
}

function time(us) { return us < 100000 ? sprintf("%.1f ms", us / 1000) : sprintf("%.2f s", us / 1000000) }

function cell(state, size, tool, memory,    key, text) {
    key = state "," size "," tool
    if (!(key in median)) return ""
    text = time(median[key])
    if (tool != "stepdown") text = text sprintf(" (%.1f)", median[key] / median[state "," size ",stepdown"])
    return memory ? text sprintf(", %.1f MiB", kib[key] / 1024) : text
}

function row(title, state, size,    i, line) {
    if (!((state "," size ",stepdown") in median)) return
    line = "| " title " |"
    for (i = 1; i <= tools; i++) line = line " " cell(state, size, tool[i], state == "flat-wrong") " |"
    print line
}

function print_trees(    s, i, n, size) {
    tools = split("stepdown stepdown-one-thread chown busybox find floor", tool, " ")
    print "| tree | stepdown | one thread | `chown -R` | busybox | `find -exec chown` | looking alone |"
    print "|---|---|---|---|---|---|---|"
    states = split("right wrong right-cold flat-wrong", state, " ")
    title["right"] = " entries, right"; title["wrong"] = " entries, all wrong"
    title["right-cold"] = " entries, right, nothing cached"; title["flat-wrong"] = " files in one directory, all wrong"
    for (s = 1; s <= states; s++) {
        n = split(sizes[state[s]], size, " ")
        for (i = 1; i <= n; i++) {
            if (!((state[s], size[i]) in seen)) row(thousands(size[i]) title[state[s]], state[s], size[i])
            seen[state[s], size[i]] = 1
        }
    }
}

function adds(tool) { return minimum[tool] - minimum["command-alone"] }

function print_starts(    i, tool) {
    print "| tool | added, µs | of gosu | of su-exec on musl |"
    print "|---|---|---|---|"
    name["stepdown-environment"] = "stepdown, glibc, by environment"; name["stepdown-flags"] = "stepdown, glibc, by flags"
    name["stepdown-as-gosu"] = "stepdown as gosu, glibc"
    name["stepdown-musl-environment"] = "stepdown, musl, by environment"; name["stepdown-musl-flags"] = "stepdown, musl, by flags"
    name["stepdown-musl-as-gosu"] = "stepdown as gosu, musl"
    name["glibc-pie-floor"] = "(a static-pie glibc program that only runs the command)"
    name["musl-floor"] = "(a static musl program that only runs the command)"; name["su-exec-musl"] = "su-exec, musl"
    for (i = 1; i <= starts; i++) {
        tool = started[i]
        if (tool == "command-alone" || tool == "glibc-floor") continue
        printf "| %s | %.0f | %.2f | %.2f |\n", tool in name ? name[tool] : tool, adds(tool), adds(tool) / adds("gosu"),
            adds(tool) / adds("su-exec-musl")
    }
}

function print_summary(    ours, chown) {
    ours = median["right,500000,stepdown"]; chown = median["right,500000,chown"]
    printf "Over 500,000 right entries a restart takes %s, where `chown -R` takes %s. ", time(ours), time(chown)
    printf "stepdown used %s there, and takes\n%s with one. To the start of a command it adds %.2f of what gosu adds.\n", threads,
        time(median["right,500000,stepdown-one-thread"]), adds("stepdown-musl-environment") / adds("gosu")
}

# Per entry of a right tree, in microseconds.
function per_entry(size, tool) { return sprintf("%.1f µs", median["right," size "," tool] / size) }

function print_entries() {
    printf "On one thread an entry of a right tree costs %s to %s in trees of 10,000 to 500,000 entries. ",
        per_entry(500000, "stepdown-one-thread"), per_entry(10000, "stepdown-one-thread")
    printf "With %s it costs\n%s in 500,000 entries, and %s in 10,000.\n", threads, per_entry(500000, "stepdown"),
        per_entry(10000, "stepdown")
}

# "# MODEL, 2 CPUs, Linux": stepdown uses a thread for each, up to 8.
/^#/ {
    if (match($0, /[0-9]+ CPU/)) cpus = substr($0, RSTART, RLENGTH) + 0
    threads = cpus == 1 ? "one thread" : cpus == 2 ? "two threads" : (cpus < 8 ? cpus : 8) " threads"
    next
}
$1 == "case" { next }
$1 == "start" { started[++starts] = $2; minimum[$2] = $5; next }
{ median[$1 "," $3 "," $2] = $6; kib[$1 "," $3 "," $2] = $7; sizes[$1] = sizes[$1] " " $3 }

END {
    if (block == "" || block == "summary") print_summary()
    if (block == "" || block == "trees") print_trees()
    if (block == "" || block == "entries") print_entries()
    if (block == "" || block == "starts") print_starts()
}

# Prints README's table of figures.csv, in Markdown: awk -F, -f tests/bench/table.awk figures.csv
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

/^#/ || $1 == "case" || $1 == "start" { next }
{ median[$1 "," $3 "," $2] = $6; kib[$1 "," $3 "," $2] = $7; sizes[$1] = sizes[$1] " " $3 }

END {
    tools = split("stepdown chown busybox find floor", tool, " ")
    print "| tree | stepdown | `chown -R` | busybox | `find ! -user … -exec chown` | looking alone |"
    print "|---|---|---|---|---|---|"
    states = split("right wrong right-cold flat-wrong", state, " ")
    title["right"] = " entries, right already"; title["wrong"] = " entries, all wrong"
    title["right-cold"] = " entries, right, nothing cached"; title["flat-wrong"] = " files in one directory, all wrong"
    for (s = 1; s <= states; s++) {
        n = split(sizes[state[s]], size, " ")
        for (i = 1; i <= n; i++) {
            if (!((state[s], size[i]) in seen)) row(thousands(size[i]) title[state[s]], state[s], size[i])
            seen[state[s], size[i]] = 1
        }
    }
}

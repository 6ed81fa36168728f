# Reads startup.csv, judges every build of stepdown in it, and ends with 1 where a target is missed. What a tool adds is
# the minimum of its times less that of the command alone.
NR == 1 { next }
{ order[++tools] = $2; minimum[$2] = $5; faults[$2] = $8; calls[$2] = $9 }

function adds(tool) { return minimum[tool] - minimum["command-alone"] }

function judge(tool, what, figure, most) {
    printf "%-6s %-26s %-52s %7.2f  at most %.2f\n", figure <= most ? "holds" : "MISSES", tool, what, figure, most
    if (figure > most) missed++
}

# By environment 0.42 was wanted; README.md beside this file says where the rest goes.
function judge_glibc(tool) {
    judge(tool, "of what gosu adds", adds(tool) / adds("gosu"), tool ~ /flags/ ? 0.51 : 0.45)
    judge(tool, "of what a static-pie glibc program adds", adds(tool) / adds("glibc-pie-floor"), 1.40)
    judge(tool, "page faults more than that program", faults[tool] - faults["glibc-pie-floor"], 30)
}

# By flags 1.40 of su-exec and 0.22 of gosu were wanted.
function judge_musl(tool) {
    judge(tool, "of what gosu adds", adds(tool) / adds("gosu"), tool ~ /flags/ ? 0.26 : 0.20)
    judge(tool, "of what su-exec on musl adds", adds(tool) / adds("su-exec-musl"), tool ~ /flags/ ? 1.55 : 1.15)
}

# Against the quickest peer that is named; su-exec on musl has a target of its own.
function judge_any(tool,    i, best) {
    split("gosu setpriv s6-setuidgid chpst chroot", peers, " ")
    best = peers[1]
    for (i in peers) if (adds(peers[i]) < adds(best)) best = peers[i]
    judge(tool, "of what " best ", the quickest peer, adds", adds(tool) / adds(best), 0.999)
    judge(tool, "system calls before the command's execve", calls[tool], 46)
}

END {
    for (i = 1; i <= tools; i++) {
        if (order[i] !~ /-(environment|flags|as-gosu)$/) continue
        if (order[i] ~ /musl/) judge_musl(order[i]); else judge_glibc(order[i])
        judge_any(order[i])
    }
    exit missed > 0
}

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What an engine may withhold from a container, and what stepdown makes of it: on busybox alone, and on Debian.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

# A row: options of the engine | settings, without GOSU_, or flags | exit code | who the command is, what it may do, and
# whose the file is that it makes | owners in the volume afterwards, "same" for as they were | what stepdown says, in a
# regular expression. The options know two words of ours:
declare -A SHORT=(
    [+three]="--cap-drop ALL --cap-add CHOWN --cap-add SETUID --cap-add SETGID" # the least that does everything
    [+nnp]="--security-opt no-new-privileges"
)

docker_rows() {
    cat <<'END'
    |                                              | 125 |                | same      | ^stepdown: cannot start: no user is set
    | USER=1500:1600 CHOWN=/data                   | 0   | 1500:1600      | 1500:1600 |
    | USER=1500:1600 NO_NEW_PRIVS=1                | 0   | 1500:1600 nnp  | same      |
--group-add 2000 | USER=1500:1600 GROUPS=2001      | 0   | 1500:1600 groups=2000,2001 | same |

--read-only | USER=1500:1600 CHOWN=/data           | 0   | 1500:1600      | 1500:1600 |
--read-only | USER=1500:1600 CHOWN=/srv            | 125 |                | same      | cannot change the owner of /srv: .*EROFS
--read-only | USER=1500:1600 CHOWN=/srv CHOWN_ERRORS=warn | 0 | 1500:1600 | same      | /srv.*Read-only file system
--read-only | USER=root CHOWN=/srv                 | 0   | 0:0 groups=0 caps=a80425fb | same      | skipped: GOSU_CHOWN=/srv. To do it for root, give flags: -u root -c /srv
--read-only | USER=1500:1600 MKDIR=/srv/new        | 125 |                | same      | cannot create .*/srv/new.*Read-only file system
--read-only --tmpfs /run | USER=1500:1600 MKDIR=/run/new | 0 | 1500:1600  | same      |
--read-only | USER=1500:1600 PASSWD_NAME=app       | 0   | 1500:1600      | same      | ^stepdown: warning: .*/etc/passwd.*Read-only file system
--read-only | USER=1500:1600 PASSWD_NAME=app STRICT=1 | 125 |             | same      | cannot add .*Read-only file system$

--cap-drop ALL | USER=1500:1600                    | 125 |                | same      | root lacks the capabilities SETUID, SETGID here. Start the container with cap_add: \[SETUID, SETGID\]$
--cap-drop ALL --cap-add SETUID | USER=1500:1600   | 125 |                | same      | root lacks the capability SETGID here. Start the container with cap_add: \[SETGID\]$
--cap-drop ALL | USER=root                         | 0   | 0:0 groups=0   | same      |
--cap-drop ALL | USER=root CHOWN=/data             | 0   | 0:0 groups=0   | same      | skipped: GOSU_CHOWN=/data. To do it for root, give flags: -u root -c /data
--cap-drop ALL --cap-add SETUID --cap-add SETGID | USER=1500:1600 CHOWN=/data | 125 | | same | The capability CHOWN is missing. Start the container with cap_add: \[CHOWN\]
--cap-drop ALL --cap-add SETUID --cap-add SETGID | USER=1500:1600 CHOWN=/data CHOWN_ERRORS=warn | 0 | 1500:1600 | same | The capability CHOWN is missing

+three | USER=1500:1600 CHOWN=/data                | 0   | 1500:1600      | 1500:1600 |
+three | USER=1500:1600 CHOWN=/data CHOWN_POLICY=on-root-mismatch | 0 | 1500:1600 | 1500:1600 |
+three --group-add 2000 | USER=1500:1600 GROUPS=2001 | 0 | 1500:1600 groups=2000,2001 | same |
+three | USER=1500:1600 MKDIR=/data/new            | 0   | 1500:1600      | 0:0 1500:1600 4242:4242 |
+three | USER=1500:1600 MKDIR=/data/foreign/new    | 0   | 1500:1600      | 0:0 1500:1600 4242:4242 |
+three | USER=1500:1600 PASSWD_NAME=app            | 0   | 1500:1600      | same      |
+three | USER=1500:1600 CAPS=net_bind_service      | 125 |                | same      | SETPCAP
+three --cap-add SETPCAP --cap-add NET_BIND_SERVICE | USER=1500:1600 CAPS=net_bind_service | 0 | 1500:1600 caps=400 | same |

+nnp | USER=1500:1600 CHOWN=/data                  | 0   | 1500:1600 nnp  | 1500:1600 |
+nnp --cap-drop ALL | USER=1500:1600               | 125 |                | same      | cap_add: \[SETUID, SETGID\]$
+nnp +three --read-only | USER=1500:1600 CHOWN=/data | 0 | 1500:1600 nnp  | 1500:1600 |

--user 1500:1600 |                                 | 0   | 1500:1600 groups=1600 | same |
--user 1500:1600 | USER=1500:1600                  | 0   | 1500:1600 groups=1600 | same |
--user 1500:1600 --group-add 2000 | USER=1500:1600 | 0   | 1500:1600 groups=1600,2000 | same |
--user 1500:1600 | MKDIR=/data/new                 | 0   | 1500:1600 groups=1600 | 0:0 1500:1600 4242:4242 |
--user 1500:1600 | USER=1700:1700 CHOWN=/data      | 0   | 1500:1600 groups=1600 | same | ^stepdown: warning: uid 1500 is not root, so the command runs as that uid; skipped: GOSU_USER=1700:1700, GOSU_CHOWN=/data$
--user 1500:1600 --cap-add SETUID --cap-add SETGID | USER=1700:1700 | 0 | 1500:1600 groups=1600 | same | skipped: GOSU_USER=1700:1700$
--user 1500:1600 | USER=1700:1700 STRICT=1         | 125 |                | same      | cannot honour GOSU_USER=1700:1700: uid 1500 is not root
--user 1500:1600 | --user=1700:1700                | 125 |                | same      | uid 1500 is not root and lacks the capabilities SETUID, SETGID. Call this as root
+nnp --cap-drop ALL --read-only --user 1500:1600 | USER=1500:1600 | 0 | 1500:1600 groups=1600 nnp | same |
END
}

# The ids of the host are those of the container and 100000 more.
user_namespace_rows() {
    cat <<'END'
    | USER=1500:1600 CHOWN=/data                   | 0   | 1500:1600      | 101500:101600 |
    | USER=65534:65534 CHOWN=/data                 | 0   | 65534:65534    | 165534:165534 |
--group-add 2000 | USER=1500:1600                  | 0   | 1500:1600 groups=2000 | same |
--read-only | USER=1500:1600 CHOWN=/data           | 0   | 1500:1600      | 101500:101600 |
--cap-drop ALL | USER=1500:1600                    | 125 |                | same      | cap_add: \[SETUID, SETGID\]$
+three +nnp | USER=1500:1600 CHOWN=/data           | 0   | 1500:1600 nnp  | 101500:101600 |
    | USER=1500:1600 CHOWN=/outside                | 125 |                | same      | cannot change the owner of /outside
    | USER=@/outside                               | 125 |                | same      | may stand for one that is not mapped in this user namespace
    | USER=70000:70000                             | 125 |                | same      | not mapped in this user namespace
--user 1500:1600 | USER=1500:1600                  | 0   | 1500:1600 groups=1600 | same |
END
}

# Says who it is: the four uids and the four gids are one each, the groups, and what is not the rule: capabilities that
# work, and no-new-privs. Then makes a file, which must be its own.
# shellcheck disable=SC2016 # the container's shell expands it
who='awk '\''
    $1 == "Uid:" || $1 == "Gid:" { id = id sep ($2 == $3 && $3 == $4 && $4 == $5 ? $2 : "several"); sep = ":" }
    $1 == "Groups:" && NF > 1 { $1 = ""; sub(/^ /, ""); gsub(/ /, ","); more = " groups=" $0 }
    $1 == "CapEff:" { sub(/^0+/, "", $2); if ($2 != "") more = more " caps=" $2 }
    $1 == "NoNewPrivs:" && $2 { more = more " nnp" }
    END { print id more }'\'' /proc/self/status
touch /data/made && stat -c %u:%g /data/made && rm /data/made'

owners() { find "$work/data" -printf '%U:%G\n' | sort -un | paste -sd ' '; }

# plant BASE: a volume that is root's, and in it another user's directory that root may not enter without DAC_OVERRIDE.
plant() {
    rm -rf "$work/data"
    mkdir -p "$work/data/foreign"
    touch "$work/data/file" "$work/data/foreign/file"
    chmod 0777 "$work/data"
    chmod 0700 "$work/data/foreign"
    chown -R "$1:$1" "$work/data"
    chown -R "$(($1 + 4242)):$(($1 + 4242))" "$work/data/foreign"
}

# run_row ROW: gives it to the function `engine`, and expects what it foretells.
run_row() {
    local column columns=() options=() arguments=() word status=0 before
    IFS='|' read -ra columns <<<"$1|"
    for column in {0..5}; do read -r "columns[column]" <<<"${columns[column]:-}" || true; done
    for word in ${columns[0]}; do read -ra word <<<"${SHORT[$word]:-$word}" && options+=("${word[@]}"); done
    for word in ${columns[1]}; do
        if [[ $word == --* ]]; then arguments+=("$word"); else options+=(-e "GOSU_$word"); fi
    done

    before=$(owners)
    engine "${options[@]}" -v "$work/data:/data" "$image" "${arguments[@]}" sh -c "$who" \
        >"$work/stdout" 2>"$work/stderr" </dev/null 9>&- || status=$?
    expect_equal "exit code of: $1" "$status" "${columns[2]}"
    expect_equal "who it is in: $1" "$(paste -sd ' ' "$work/stdout")" "${columns[3]:+${columns[3]} ${columns[3]%% *}}"
    expect_equal "owners after: $1" "$(owners)" "${columns[4]/#same/$before}"
    if [[ -z ${columns[5]} ]]; then
        expect_equal "what it says in: $1" "$(<"$work/stderr")" ""
    else
        expect_match "what it says in: $1" "$(<"$work/stderr")" "${columns[5]}"
    fi
}

# run_rows BASE FUNCTION: every row that FUNCTION prints, on a volume of the uids from BASE on.
run_rows() {
    local row
    while IFS= read -ru 3 row; do
        [[ -n $row ]] || continue
        plant "$1"
        run_row "$row"
    done 3< <("$2")
}

# make_image BASE: nothing but stepdown and BASE.
make_image() {
    image=restricted-${1%%:*}
    mkdir -p "$work/image"
    printf '%s\n' "FROM $1" 'COPY --from=stepdown / /' 'RUN mkdir -p /srv && touch /srv/file' \
        'ENTRYPOINT ["stepdown"]' >"$work/image/Dockerfile"
    build_image "$image" "$work/image"
}

start_docker
start_podman
make_debian
make_busybox
make_stepdown
mkdir "$work/outside" # of no user whom the namespace knows

for base in busybox debian:bookworm-slim; do
    make_image "$base"
    podman_image "$image"

    engine() { docker run --rm --network none "$@"; }
    run_rows 0 docker_rows

    engine() {
        podman run --rm --network none --uidmap 0:100000:65536 --gidmap 0:100000:65536 \
            -v "$work/outside:/outside" "$@"
    }
    run_rows 100000 user_namespace_rows
done

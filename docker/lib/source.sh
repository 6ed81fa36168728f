# SPDX-License-Identifier: Apache-2.0
# Sourced, from the top of the source tree. Says of which version and revision the sources are, and packs them.
#
# A source archive holds "COMMIT SECONDS" in the file .revision: the commit it was made of ("-" where changes were not
# committed), and its time. In a working tree of git the file holds a placeholder, which `git archive` fills in
# (export-subst in gitattributes(5)).
# shellcheck shell=bash

# git asks who owns the tree, because the tree's configuration can name programs. A build runs the tree's programs anyway.
tree_git() { git --no-optional-locks -c safe.directory="$PWD" "$@" 2>/dev/null; }

# Says no in a source archive, even if it was unpacked inside a working tree of something else.
is_git_tree() { [[ $(tree_git rev-parse --show-toplevel) == "$(pwd -P)" ]]; }

# stored_revision: the line of a source archive, or nothing.
stored_revision() { grep -sE '^([0-9a-f]{7,40}|-) [0-9]+$' .revision || true; }

# source_version: that of CMakeLists.txt.
source_version() { sed -nE 's/^project\(stepdown VERSION ([0-9.]+) .*/\1/p' CMakeLists.txt; }

# source_revision: the commit, or nothing where the files are not those of a commit.
source_revision() {
    local stored changes
    stored=$(stored_revision)
    if [[ $stored ]]; then
        sed -E 's/ .*//; s/^-//' <<<"$stored"
    elif is_git_tree && changes=$(tree_git status --porcelain) && [[ -z $changes ]]; then
        tree_git rev-parse --verify HEAD
    fi
}

# source_time: the time that the files of a release bear, in seconds since 1970: SOURCE_DATE_EPOCH or that of the commit.
# Nothing where neither is known.
source_time() {
    local stored
    stored=$(stored_revision)
    if [[ ${SOURCE_DATE_EPOCH:-} ]]; then
        echo "$SOURCE_DATE_EPOCH"
    elif [[ $stored ]]; then
        echo "${stored#* }"
    elif is_git_tree; then
        tree_git log -1 --format=%ct || true
    fi
}

# source_files: the files of the tree, a line each. The directory build is none of them, nor is what git ignores.
source_files() {
    if is_git_tree; then
        tree_git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
            if [[ -e $file || -L $file ]]; then printf '%s\n' "$file"; fi
        done
    else
        find . -path ./build -prune -o -path ./.git -prune -o ! -type d -printf '%P\n'
    fi
}

# copy_source DIRECTORY: makes it a tree of the same files, which knows its revision without git.
copy_source() {
    local revision
    revision=$(source_revision)
    mkdir -p "$1"
    source_files | tar -c --no-recursion -T - | tar -C "$1" -x
    echo "${revision:--} $(source_time)" >"$1/.revision"
}

# pack_source ARCHIVE: a .tar.xz of them. The same files give the same bytes, wherever and by whomever it is made.
pack_source() {
    local work name
    name=stepdown-$(source_version)
    work=$(mktemp -d)
    copy_source "$work/$name"
    chmod -R u=rwX,go=rX "$work/$name"
    tar -C "$work" --sort=name --format=gnu --mtime="@$(source_time)" --owner=0 --group=0 --numeric-owner \
        -c "$name" | xz -9 --threads=1 >"$1"
    rm -rf "$work"
}

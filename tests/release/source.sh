#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The source archive, and the revision that a build names: tests/release/source.sh
# It works on a small tree of its own, which has the files that docker/lib/source.sh reads.
# shellcheck source=tests/release/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

unset SOURCE_DATE_EPOCH
tree=$work/tree
mkdir -p "$tree"/{docker/lib,build}
cp .gitattributes .gitignore "$tree"
cp docker/lib/{source,revision}.sh "$tree/docker/lib"
cd "$tree"
# shellcheck disable=SC2016 # for git to fill in
echo '$Format:%H %ct$' >.revision
echo 'project(stepdown VERSION 1.2.3 LANGUAGES CXX)' >CMakeLists.txt
echo text >'a file'
ln -s 'a file' link
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_{AUTHOR,COMMITTER}_{NAME,EMAIL}=nobody
export GIT_{AUTHOR,COMMITTER}_DATE=@1000000000
git init -q
git add .
git commit -qm first
commit=$(git rev-parse HEAD)

# expect_source WHAT REVISION: of the tree in the working directory.
expect_source() {
    expect_equal "the version of $1" "$(source_version)" 1.2.3
    expect_equal "the revision of $1" "$(source_revision)" "$2"
    expect_equal "the time of $1" "$(source_time)" 1000000000
    docker/lib/revision.sh build/revision.h
    expect_equal "the header of $1" "$(<build/revision.h)" "#define STEPDOWN_REVISION \"${2:+, ${2:0:7}}\""
}

expect_source "a clean tree" "$commit"
touch -d @1 build/revision.h
docker/lib/revision.sh build/revision.h
expect_equal "the time of a header that was right" "$(stat -c %Y build/revision.h)" 1
(cd docker && tree_git status >/dev/null && ! is_git_tree) || fail "a directory inside of a tree is taken for a tree"

pack_source "$work/first.tar.xz"
chmod -R go-rwx . && touch -d @5 link docker/lib/*
(umask 0077 && pack_source "$work/second.tar.xz")
expect_same "$work/first.tar.xz" "$work/second.tar.xz"
expect_equal "the archive" "$(TZ=UTC tar --numeric-owner --full-time -tvf "$work/first.tar.xz" | awk '{ $3 = ""; print }' | tr -s ' ')" \
    "drwxr-xr-x 0/0 2001-09-09 01:46:40 stepdown-1.2.3/
-rw-r--r-- 0/0 2001-09-09 01:46:40 stepdown-1.2.3/.gitattributes
-rw-r--r-- 0/0 2001-09-09 01:46:40 stepdown-1.2.3/.gitignore
-rw-r--r-- 0/0 2001-09-09 01:46:40 stepdown-1.2.3/.revision
-rw-r--r-- 0/0 2001-09-09 01:46:40 stepdown-1.2.3/CMakeLists.txt
-rw-r--r-- 0/0 2001-09-09 01:46:40 stepdown-1.2.3/a file
drwxr-xr-x 0/0 2001-09-09 01:46:40 stepdown-1.2.3/docker/
drwxr-xr-x 0/0 2001-09-09 01:46:40 stepdown-1.2.3/docker/lib/
-rwxr-xr-x 0/0 2001-09-09 01:46:40 stepdown-1.2.3/docker/lib/revision.sh
-rw-r--r-- 0/0 2001-09-09 01:46:40 stepdown-1.2.3/docker/lib/source.sh
lrwxrwxrwx 0/0 2001-09-09 01:46:40 stepdown-1.2.3/link -> a file"

# Unpacked inside of a tree of git, it is still that archive.
mkdir build/unpacked
tar -C build/unpacked -xf "$work/first.tar.xz"
mkdir build/unpacked/stepdown-1.2.3/build
(cd build/unpacked/stepdown-1.2.3 && expect_source "the archive" "$commit" && pack_source "$work/third.tar.xz" && ((!failures)))
expect_same "$work/first.tar.xz" "$work/third.tar.xz"

mkdir -p "$work/of-git/build"
git archive HEAD | tar -C "$work/of-git" -x
(cd "$work/of-git" && expect_source "an archive by git" "$commit" && ((!failures)))

echo more >>'a file'
expect_source "a changed tree" ""
pack_source "$work/changed.tar.xz"
expect_equal "what a changed tree packs" "$(tar -xOf "$work/changed.tar.xz" stepdown-1.2.3/{.revision,'a file'})" $'- 1000000000\ntext\nmore'
mkdir "$work/changed"
tar -C "$work/changed" -xf "$work/changed.tar.xz"
(cd "$work/changed/stepdown-1.2.3" && mkdir build && expect_source "the archive of a changed tree" "" && ((!failures)))
git checkout -q 'a file'
echo new >another
expect_source "a tree with a new file" ""
rm another 'a file'
expect_source "a tree without a file" ""
expect_equal "the files of a tree without a file" "$(source_files | grep file)" ""

rm -rf .git
expect_equal "the revision of a tree without git" "$(source_revision)" ""
expect_equal "the time of a tree without git" "$(source_time)" ""
expect_equal "the time that is given" "$(SOURCE_DATE_EPOCH=7 source_time)" 7
docker/lib/revision.sh build/revision.h
expect_equal "the header of a tree without git" "$(<build/revision.h)" '#define STEPDOWN_REVISION ""'

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The image of docker/Dockerfile: what is in it, both ways to copy from it, and the whole way from the source tree.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
source docker/lib/architectures.sh
source docker/lib/source.sh

start_docker
make_debian
make_busybox
make_stepdown

# files_of IMAGE: the files in it, less what Docker adds to every container.
files_of() {
    local container
    container=$(docker create --network none "$1" true)
    docker export "$container" | tar --numeric-owner -tvf - | awk '{ print $1, $2, $6, $7, $8 }' |
        sed 's/ *$//' | grep -vE ' (dev/|etc/|proc/|sys/|\.dockerenv)' | sort -k3
    docker rm "$container" >/dev/null
}

wanted='lrwxrwxrwx 0/0 gosu -> stepdown
-rwxr-xr-x 0/0 stepdown
lrwxrwxrwx 0/0 su-exec -> stepdown
drwxr-xr-x 0/0 usr/
drwxr-xr-x 0/0 usr/local/
drwxr-xr-x 0/0 usr/local/bin/
lrwxrwxrwx 0/0 usr/local/bin/gosu -> ../../../stepdown
lrwxrwxrwx 0/0 usr/local/bin/stepdown -> ../../../stepdown
lrwxrwxrwx 0/0 usr/local/bin/su-exec -> ../../../stepdown
drwxr-xr-x 0/0 usr/share/
drwxr-xr-x 0/0 usr/share/doc/
drwxr-xr-x 0/0 usr/share/doc/stepdown/
-rw-r--r-- 0/0 usr/share/doc/stepdown/LICENSE
-rw-r--r-- 0/0 usr/share/doc/stepdown/copyright'
expect_equal "what the image holds" "$(files_of stepdown)" "$wanted"
expect_exit 0 docker run --rm --network none stepdown --version
expect_match "the version" "$output" '^stepdown [0-9]+\.[0-9]+\.[0-9]+ \(musl(, [0-9a-f]{7})?\)$'
labels=$(docker image inspect -f '{{json .Config.Labels}}' stepdown)
expect_match "the labels" "$labels" '"org.opencontainers.image.licenses":"Apache-2.0"'
expect_match "the labels" "$labels" '"org.opencontainers.image.title":"stepdown"'

# copied BASE INSTRUCTION...: builds BASE with these instructions as the image `copied`.
copied() {
    mkdir -p "$work/copied"
    printf '%s\n' "FROM $1" "${@:2}" >"$work/copied/Dockerfile"
    build_image copied "$work/copied"
}

show='stepdown -u 1000:1000 sh -c "id -u; id -g"; gosu 1001:1001 id -u; su-exec 1002:1002 id -u'
for base in debian:bookworm-slim busybox; do
    copied "$base" 'COPY --from=stepdown / /'
    expect_exit 0 docker run --rm --network none copied sh -c "$show"
    expect_equal "ids after COPY / / onto $base" "$output" $'1000\n1000\n1001\n1002'

    copied "$base" 'COPY --from=stepdown /stepdown /usr/local/bin/' 'RUN ln -s stepdown /usr/local/bin/gosu'
    expect_exit 0 docker run --rm --network none copied sh -c "${show%;*}"
    expect_equal "ids after COPY /stepdown onto $base" "$output" $'1000\n1000\n1001'
done

# A source archive knows its revision, and git does not enter the build. The classic builder makes every stage.
copy_source "$work/source"
DOCKER_BUILDKIT=0 build_image stepdown-compiled "$work/source" -f "$work/source/docker/Dockerfile"
expect_equal "what the compiled image holds" "$(files_of stepdown-compiled)" "$wanted"
expect_exit 0 docker run --rm --network none stepdown-compiled --version
expect_equal "the version of the compiled image" "$output" "$(build/release-musl/stepdown --version)"

# The quick way of the README.
DOCKER_BUILDKIT=0 build_image stepdown-quick "$work/source" -f "$work/source/docker/Dockerfile" --build-arg LIBC=glibc
expect_equal "what the quick image holds" "$(files_of stepdown-quick)" "$wanted"
expect_exit 0 docker run --rm --network none stepdown-quick --version
expect_match "the version of the quick image" "$output" '^stepdown [0-9]+\.[0-9]+\.[0-9]+ \(glibc(, [0-9a-f]{7})?\)$'

# file_of IMAGE: its program, as a file of this machine.
file_of() {
    local container
    container=$(docker create --network none "$1" true)
    docker cp "$container:/stepdown" "$work/$1"
    docker rm "$container" >/dev/null
    echo "$work/$1"
}

expect_exit 0 cmp "$(file_of stepdown)" build/release-musl/stepdown
# The same packages make the same file. A machine that was not upgraded has older ones than the archive, and so than the
# image; the kernel's headers give no code.
# shellcheck disable=SC2154 # native is architectures.sh's
made_of="cat build/musl/$native/inputs build/sysroot/$native/packages | grep -v ^linux-libc-dev && dpkg-query -W binutils"
DOCKER_BUILDKIT=0 build_image stepdown-compiler "$work/source" -f "$work/source/docker/Dockerfile" --target build
if [[ $(docker run --rm --network none stepdown-compiler bash -c "$made_of") == "$(bash -c "$made_of")" ]]; then
    expect_exit 0 cmp "$(file_of stepdown-compiled)" build/release-musl/stepdown
else
    echo "The compiled image is not compared with build/release-musl/stepdown: the archive has other packages than this machine"
fi

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The archive of images that a release has, in real engines: of this machine and, under emulation, of arm64.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
source docker/lib/architectures.sh
source docker/lib/source.sh
source tests/support/scripts/emulation.sh

install_packages emulation release release-test
docker/build-all.sh arm64
trap 'status=$?; disable_emulations; (exit $status); finish' EXIT
enable_emulation arm64
start_docker
start_podman
make_busybox

version=$(source_version)
dist=$work/dist archive=$work/dist/stepdown-image.tar
mkdir "$dist"
for architecture in amd64 arm64; do
    install -m 0755 "build/$(preset_of "$architecture")/stepdown" "$dist/stepdown-$architecture"
done
docker/image.sh "$archive" "$dist"/stepdown-{amd64,arm64}

# load_into_docker ARCHITECTURE: as stepdown:ARCHITECTURE.
load_into_docker() {
    rm -f "$work/docker.tar"
    skopeo copy -q --override-os linux --override-arch "$1" "oci-archive:$archive" "docker-archive:$work/docker.tar:stepdown:$1"
    docker load -q -i "$work/docker.tar" >/dev/null
}

# check_file ENGINE IMAGE ARCHITECTURE: its file is the released one.
check_file() {
    local container
    container=$("$1" create --network none --platform "linux/$3" "$2" true)
    "$1" cp "$container:/stepdown" "$work/$1-$3"
    "$1" rm "$container" >/dev/null
    expect_exit 0 cmp "$work/$1-$3" "$dist/stepdown-$3"
}

declare -A machine=([amd64]=x86_64 [arm64]=aarch64)
for architecture in amd64 arm64; do
    load_into_docker "$architecture"
    check_file docker "stepdown:$architecture" "$architecture"
    expect_exit 0 docker run --rm --network none --platform "linux/$architecture" "stepdown:$architecture" --version
    expect_match "the version on $architecture" "$output" "^stepdown ${version//./\\.} \\(musl(, [0-9a-f]{7})?\\)\$"
    expect_equal "the image for $architecture" \
        "$(docker image inspect -f '{{.Architecture}} {{.Config.Entrypoint}} {{index .Config.Labels "org.opencontainers.image.version"}}' "stepdown:$architecture")" \
        "$architecture [/stepdown] $version"

    install -m 0755 "$(if [[ $architecture == "$native" ]]; then echo /bin/busybox; else echo "build/sysroot/$architecture/bin/busybox"; fi)" \
        "$work/busybox/busybox"
    printf '%s\n' 'FROM scratch' 'COPY busybox /bin/busybox' "COPY --from=stepdown:$architecture / /" \
        'RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin"]' 'ENTRYPOINT ["stepdown"]' >"$work/busybox/Dockerfile"
    build_image copied "$work/busybox" --platform "linux/$architecture"
    expect_exit 0 docker run --rm --network none --platform "linux/$architecture" -e GOSU_USER=1500:1600 copied \
        sh -c 'uname -m; id -u; id -g; stat -c %U /usr/share/doc/stepdown/copyright'
    expect_match "the machine, ids and the licences' owner after COPY on $architecture" "$output" \
        "^${machine[$architecture]}"$'\n1500\n1600\n'
done

podman load -q -i "$archive" >"$work/loaded"
expect_match "what podman loads" "$(<"$work/loaded")" "localhost/stepdown:$version"
check_file podman "localhost/stepdown:$version" "$native"
expect_exit 0 podman run --rm --network none "localhost/stepdown:$version" --version
expect_match "the version in podman" "$output" "^stepdown $version \\(musl"

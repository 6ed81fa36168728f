#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The build for arm64, in a container of arm64.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
source docker/lib/architectures.sh
source tests/support/scripts/emulation.sh

install_packages emulation
docker/build-all.sh arm64
trap 'status=$?; disable_emulations; (exit $status); finish' EXIT
enable_emulation arm64
start_docker

mkdir "$work/arm64"
cp build/sysroot/arm64/bin/busybox "build/$(preset_of arm64)/stepdown" "$work/arm64"
cat >"$work/arm64/Dockerfile" <<'END'
FROM scratch
COPY busybox /bin/busybox
COPY stepdown /bin/stepdown
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install -s /bin"]
RUN mkdir -p /etc /data/cache && touch /data/file && ln -s stepdown /bin/gosu && echo 'root:x:0:0::/root:/bin/sh' >/etc/passwd \
    && echo 'app:x:1500:1600::/srv/app:/bin/sh' >>/etc/passwd
ENTRYPOINT ["stepdown"]
END
build_image stepdown-arm64 "$work/arm64" --platform linux/arm64

run() { docker run --rm --network none --platform linux/arm64 "$@"; }

expect_equal "the machine in the container" \
    "$(run -e GOSU_USER=app stepdown-arm64 uname -m)" aarch64
# shellcheck disable=SC2016 # for the shell in the container
expect_equal "ids, HOME, capabilities and owners" \
    "$(run -e GOSU_USER=app -e GOSU_CHOWN=/data stepdown-arm64 \
        sh -c 'echo $(id -u) $(id -g) $HOME $(grep CapEff /proc/self/status) $(stat -c %u:%g /data /data/cache /data/file)')" \
    "1500 1600 /srv/app CapEff: 0000000000000000 1500:1600 1500:1600 1500:1600"
expect_equal "the user as gosu" "$(run --entrypoint gosu stepdown-arm64 app id -u)" 1500
expect_exit 125 run -e GOSU_USER=nobody-knows stepdown-arm64 true
expect_match "the refusal" "$output" 'cannot use GOSU_USER=nobody-knows'

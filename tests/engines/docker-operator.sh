#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A worker that is not root talks to the Docker daemon whose socket is mounted.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

start_docker
make_debian
make_busybox
make_stepdown
example docker-operator
build_image docker-operator "$example"

# The group that owns the socket here is one that no image knows.
export DOCKER_SOCKET=$work/docker.sock
chown 0:54321 "$DOCKER_SOCKET"

# worker OPTION... COMMAND...: what it prints, and nothing of docker-compose's.
worker() { compose "$example" run --rm "$@" 2>&1 | { grep -v '^Creating ' || true; }; }

expect_exit 0 worker worker id
expect_match "ids of the worker" "$output" 'uid=[1-9][0-9]*\(worker\) gid=[1-9][0-9]*\(worker\) groups=[0-9]+\(worker\),54321$'
expect_exit 0 worker worker docker version -f '{{.Server.Version}}'
expect_equal "version of the server" "$output" "$(docker version -f '{{.Server.Version}}')"
expect_exit 0 worker worker docker run --rm --network none busybox echo hello
expect_equal "output of a container of the worker's" "$output" hello

expect_exit 1 worker -e GOSU_GROUPS= worker docker version
expect_match "without the group" "$output" 'permission denied while trying to connect'

chown 0:0 "$DOCKER_SOCKET"
expect_exit 125 worker worker docker version
expect_match "a socket of group 0" "$output" 'stepdown: .*@/var/run/docker\.sock.*GOSU_GROUPS=0'

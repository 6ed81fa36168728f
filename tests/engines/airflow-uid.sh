#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# AIRFLOW_UID with group 0: volumes are given to it, and it installs packages into a venv that group 0 shares.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
source tests/engines/wheel.sh

start_docker
make_debian
make_stepdown
example airflow-uid
build_image airflow-uid "$example"
mkdir "$example/dags" "$example/wheels"
echo AIRFLOW_UID=1234 >"$example/.env"
cat >"$example/dags/hello.py" <<'END'
import greeting, os
print(greeting.__doc__, os.getresuid(), os.getresgid(), os.environ["HOME"])
END

worker() { compose "$example" run --rm -T "$@" 2>&1 | { grep -v '^Creating ' || true; }; }

make_wheel "$example/wheels"

# As Docker makes the missing directory: root's.
expect_exit 1 worker --user 1234:0 --entrypoint run-dag worker hello
expect_match "without stepdown" "$output" "PermissionError: .* '/opt/airflow/logs/hello'"

# shellcheck disable=SC2016 # the container's shell expands it
in_container='pip install --no-index --no-cache-dir /wheels/*.whl >/tmp/pip.log 2>&1 || cat /tmp/pip.log
run-dag hello
stat -c "%u:%g %A" /home/airflow/venv/lib/python3*/site-packages/greeting.py
touch "$HOME/mine"; stat -c "%u:%g %A" "$HOME/mine" "$HOME"
sed -n "/^Groups:/p;/^CapEff:/p;/^CapPrm:/p" /proc/self/status'
expect_exit 0 worker worker sh -c "$in_container"
expect_equal "in the container" "$output" '1234:0 -rw-rw-r--
1234:0 -rw-rw-r--
0:0 drwxrwxr-x
Groups:'$'\t 
CapPrm:\t0000000000000000\nCapEff:\t0000000000000000'
expect_equal "the task's log" "$(cat "$example/logs/hello/1.log")" "hello (1234, 1234, 1234) (0, 0, 0) /home/airflow"

# owners FORMAT: what find(1) prints of the volumes.
owners() { (cd "$example" && find dags logs -printf "$1\n" | LC_ALL=C sort); }
expect_equal "owners of the volumes" "$(owners '%U:%G %p')" '1234:0 dags
1234:0 dags/hello.py
1234:0 logs
1234:0 logs/hello
1234:0 logs/hello/1.log'
before=$(owners '%C@ %p')
expect_exit 0 worker worker true
expect_equal "changes of a second start" "$(owners '%C@ %p')" "$before"

AIRFLOW_UID="" expect_exit 0 worker worker id
expect_equal "ids by default" "$output" 'uid=50000 gid=0(root) groups=0(root)'

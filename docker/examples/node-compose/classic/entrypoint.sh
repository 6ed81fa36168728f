#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
set -e
umask "${GOSU_UMASK:-0027}"

# The directories that every container of this image has.
chown -R "$GOSU_USER" /srv/cache

# Those that this one has.
if [ -n "$GOSU_CHOWN" ]; then
    for directory in $GOSU_CHOWN; do
        chown -R "$GOSU_USER" "$directory"
    done
fi

if [ "$GOSU_USER" != 0:0 ]; then
    exec gosu "$GOSU_USER" "$@"
fi
exec "$@"

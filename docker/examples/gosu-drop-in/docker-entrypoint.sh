#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# In the style of the official images: as root, own the data and start again as the user; as the user, start the server.
set -e

if [ "${1#-}" != "$1" ]; then
    set -- redis-server "$@"
fi

if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
    find . ! -user redis -exec chown redis:redis {} +
    exec gosu redis "$0" "$@"
fi

if [ "$(umask)" = 0022 ]; then
    umask 0077
fi
exec "$@"

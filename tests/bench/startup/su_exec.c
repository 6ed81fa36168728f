/* SPDX-License-Identifier: Apache-2.0 */
/* su-exec USER COMMAND [ARG]...: what su-exec does for a user's name, by the same calls of libc and no more. It asks
 * once for the groups, where su-exec asks for their number first. Linked to musl, statically. */
#define _GNU_SOURCE
#include <err.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

enum { most_groups = 64 };

static void become(const struct passwd *account)
{
    gid_t groups[most_groups];
    int count = most_groups;

    if (getgrouplist(account->pw_name, account->pw_gid, groups, &count) < 0)
        errx(1, "too many groups");
    if (setgroups((size_t)count, groups) < 0)
        err(1, "setgroups");
    if (setgid(account->pw_gid) < 0)
        err(1, "setgid");
    if (setuid(account->pw_uid) < 0)
        err(1, "setuid");
}

int main(int argc, char **argv)
{
    const struct passwd *account;

    if (argc < 3)
        errx(1, "usage: su-exec USER COMMAND [ARG]...");
    account = getpwnam(argv[1]);
    if (account == NULL)
        errx(1, "no user %s", argv[1]);
    if (setenv("HOME", account->pw_dir, 1) < 0)
        err(1, "setenv");
    become(account);
    execvp(argv[2], argv + 2);
    err(1, "%s", argv[2]);
}

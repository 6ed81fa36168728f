// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/options.h"

namespace stepdown {

constexpr std::array<OptionDeclaration, option_count> declarations{{
    {Option::user, Topic::user, "-u,--user", "GOSU_USER", "SPEC", Repeated::last_counts, Honoured::always,
     "who to become: name, uid:gid or @PATH",
     "who to become: name, uid, name:group, uid:gid, or @PATH for the owner of PATH"},
    {Option::uid, Topic::user, "--uid", "GOSU_UID", "ID", Repeated::last_counts, Honoured::at_entrypoint,
     "give the user's account this uid",
     "give the account that the user setting names this uid, or that of @PATH's owner (-@PATH: if PATH exists)"},
    {Option::gid, Topic::user, "--gid", "GOSU_GID", "ID", Repeated::last_counts, Honoured::at_entrypoint,
     "give the user's account this gid",
     "give that account, and a primary group of its own, this gid, or that of @PATH's group (-@PATH: if PATH exists)"},
    {Option::groups, Topic::user, "-g,--groups", "GOSU_GROUPS", "LIST", Repeated::adds, Honoured::at_entrypoint,
     "further supplementary groups",
     "further supplementary groups: names, gids, @PATH for the group of PATH; a leading - on one: if it exists; none "
     "for none at all"},
    {Option::passwd_name, Topic::user, "--passwd-name", "GOSU_PASSWD_NAME", "NAME", Repeated::last_counts,
     Honoured::at_entrypoint, "", "if the uid has no entry in /etc/passwd, add one with this name"},
    {Option::compat, Topic::user, "--compat", "GOSU_COMPAT", "linuxserver|jupyter", Repeated::last_counts,
     Honoured::at_entrypoint, "",
     "take the variables of those images for stepdown's own that are not set: PUID, PGID, UMASK, or NB_UID, NB_GID, "
     "NB_UMASK and CHOWN_EXTRA"},
    {Option::mkdir, Topic::files, "-m,--mkdir", "GOSU_MKDIR", "PATHS", Repeated::adds, Honoured::at_entrypoint,
     "directories to create for the user", "directories to create, with their parents, for the user"},
    {Option::chown, Topic::files, "-c,--chown", "GOSU_CHOWN", "PATHS", Repeated::adds, Honoured::at_entrypoint,
     "trees to own, recursively", "trees to own recursively; a leading - on a path: if it exists"},
    {Option::chown_policy, Topic::files, "--chown-policy", "GOSU_CHOWN_POLICY", "on-mismatch|on-root-mismatch|top",
     Repeated::last_counts, Honoured::at_entrypoint, "",
     "what to look at: every entry, a tree's top first, or its top alone (default on-mismatch)"},
    {Option::chown_exclude, Topic::files, "--chown-exclude", "GOSU_CHOWN_EXCLUDE", "PATHS", Repeated::adds,
     Honoured::at_entrypoint, "",
     "what to leave alone in the trees, with everything below; a word without / is a name at any depth: .git"},
    {Option::chown_errors, Topic::files, "--chown-errors", "GOSU_CHOWN_ERRORS", "fail|warn", Repeated::last_counts,
     Honoured::at_entrypoint, "", "when some entry could not be changed (default fail)"},
    {Option::chown_hardlinks, Topic::files, "--chown-hardlinks", "GOSU_CHOWN_HARDLINKS", "auto|allow|refuse",
     Repeated::last_counts, Honoured::at_entrypoint, "",
     "files with several names, which a user may have planted (default auto: as the kernel protects)"},
    {Option::one_file_system, Topic::files, "--one-file-system", "GOSU_CHOWN_ONE_FILE_SYSTEM", "",
     Repeated::last_counts, Honoured::at_entrypoint, "", "do not enter mounts inside a tree"},
    {Option::home, Topic::environment, "--home", "GOSU_HOME", "DIR", Repeated::last_counts, Honoured::at_entrypoint,
     "HOME for the command", "HOME for the command (default: from /etc/passwd)"},
    {Option::umask, Topic::environment, "--umask", "GOSU_UMASK", "MODE", Repeated::last_counts, Honoured::always,
     "umask for the command, in octal",
     "umask for the command, octal, 0 to 0777 (default: inherited); a variable needs one digit or a leading 0: 0027"},
    {Option::stdio, Topic::environment, "--stdio", "GOSU_STDIO", "auto|own|keep", Repeated::last_counts,
     Honoured::at_entrypoint, "", "let the user open the standard streams (default auto)"},
    {Option::caps, Topic::privileges, "--caps", "GOSU_CAPS", "CAPS", Repeated::adds, Honoured::at_entrypoint,
     "the capabilities that survive, exactly", "the capabilities that survive, exactly; none for none"},
    {Option::no_new_privs, Topic::privileges, "--no-new-privs", "GOSU_NO_NEW_PRIVS", "", Repeated::last_counts,
     Honoured::always, "let no program gain privileges",
     "let no program that is executed gain privileges, by a set-uid bit for instance"},
    {Option::strict, Topic::behaviour, "--strict", "GOSU_STRICT", "", Repeated::last_counts, Honoured::always,
     "fail if a setting is not honoured", "a setting that cannot be honoured ends the start instead of warning"},
    {Option::log_level, Topic::behaviour, "--log-level", "GOSU_LOG_LEVEL", "error|warn|info|debug",
     Repeated::last_counts, Honoured::always, "", "what to report on stderr (default warn)"},
    {Option::log_format, Topic::behaviour, "--log-format", "GOSU_LOG_FORMAT", "text|json", Repeated::last_counts,
     Honoured::always, "", "how to report it (default text)"},
    {Option::dry_run, Topic::behaviour, "--dry-run", "GOSU_DRY_RUN", "", Repeated::last_counts, Honoured::always,
     "print the plan and what would fail",
     "print the plan and what would fail, change nothing, run nothing; with the value json: as one JSON object"},
    {Option::json, Topic::behaviour, "--json", "", "", Repeated::last_counts, Honoured::always, "",
     "with --dry-run: as one JSON object"},
    {Option::help, Topic::behaviour, "-h,--help", "", "", Repeated::last_counts, Honoured::always, "print this page",
     "print the common options, on one page"},
    {Option::help_all, Topic::behaviour, "--help-all", "", "", Repeated::last_counts, Honoured::always,
     "print every option, at length", "print every option, under headings"},
    {Option::version, Topic::behaviour, "-V,--version", "", "", Repeated::last_counts, Honoured::always,
     "print the version", "print the version"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < declarations.size(); ++i) {
        if (declarations[i].option != static_cast<Option>(i)) return false;
        if (i > 0 && declarations[i].topic < declarations[i - 1].topic) return false;
    }
    return true;
}
static_assert(in_order());

const std::array<OptionDeclaration, option_count> option_table = declarations;

std::string_view title_of(Topic topic) {
    switch (topic) {
        case Topic::user: return "User and groups";
        case Topic::files: return "Directories and their owners";
        case Topic::environment: return "Environment and streams";
        case Topic::privileges: return "Privileges";
        case Topic::behaviour: return "Behaviour and messages";
    }
    return "";
}

}  // namespace stepdown

// SPDX-License-Identifier: Apache-2.0
// The one declaration of every option: its flags, its variable, its help, and what the manual page and the completion
// say of it come from this table.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace stepdown {

enum class Option {
    user,
    uid,
    gid,
    groups,
    passwd_name,
    compat,
    mkdir,
    chown,
    chown_policy,
    chown_exclude,
    chown_errors,
    chown_hardlinks,
    one_file_system,
    home,
    umask,
    stdio,
    caps,
    no_new_privs,
    strict,
    log_level,
    log_format,
    dry_run,
    json,
    help,
    help_all,
    version,
};
inline constexpr std::size_t option_count = static_cast<std::size_t>(Option::version) + 1;

enum class Repeated { last_counts, adds };

// Which invocations honour the variable.
enum class Honoured {
    at_entrypoint,  // the container's start: a call ignores the variable
    always,
};

// The headings that options stand under, in the order of the table.
enum class Topic { user, files, environment, privileges, behaviour };
[[nodiscard]] std::string_view title_of(Topic topic);

struct OptionDeclaration {
    Option option;
    Topic topic;
    const char* flags;     // as CLI11 takes them: "-u,--user", or "--user" for one without a letter
    const char* variable;  // "" for none
    const char* argument;  // what its value is called, or the words that it may be: "text|json"; "" for a boolean
    Repeated repeated;
    Honoured scope;
    const char* brief;  // for --help, at most 39 bytes; "" where the option is not common
    const char* help;

    [[nodiscard]] constexpr bool is_boolean() const { return std::string_view(argument).empty(); }
    // "--user"
    [[nodiscard]] constexpr std::string_view long_flag() const {
        const std::string_view all(flags);
        return all.substr(all.find("--"));
    }
    // "user", as a C string: flags ends with it
    [[nodiscard]] constexpr const char* name() const { return long_flag().data() + 2; }
    // 'u', or '\0' where there is none
    [[nodiscard]] constexpr char short_flag() const { return flags[1] == '-' ? '\0' : flags[1]; }
};

// In the order of Option.
extern const std::array<OptionDeclaration, option_count> option_table;

}  // namespace stepdown

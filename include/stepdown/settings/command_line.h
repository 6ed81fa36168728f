// SPDX-License-Identifier: Apache-2.0
// The command line and the environment, read but not yet understood: which options have which text from where.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/settings/options.h"
#include "stepdown/system/kernel.h"
#include "stepdown/system/parent.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

enum class Origin { flag, variable };

struct RawValue {
    std::string value;  // never empty
    Origin origin = Origin::variable;
    std::string label;  // "GOSU_USER=app" or "--user=app", escaped: what a message names
};

// How stepdown was invoked. A call hands one command to a user inside somebody's container, as in a debug shell, and
// leaves the preparation that the container's start asks for alone.
enum class Invocation { entrypoint, call };

// The options whose value may come from a variable of other images (settings/compat_variables.h).
inline constexpr std::array compat_options{Option::uid, Option::gid, Option::umask, Option::chown};
// The variables that give them their values; "" where stepdown's own flag or variable does, or nothing.
using CompatNames = std::array<std::string_view, compat_options.size()>;

struct CommandLine {
    std::array<std::optional<RawValue>, option_count> options;
    CompatNames compat_names;
    bool overrides_user = false;  // -u is given although GOSU_USER is set
    Invocation invocation = Invocation::entrypoint;
    std::vector<const OptionDeclaration*> ignored;  // in a call: the options whose variables are set in vain
    StringVector command = nullptr;  // the words of the command, as they stand in argv; *command is null for none

    [[nodiscard]] const std::optional<RawValue>& operator[](Option option) const {
        return options[static_cast<std::size_t>(option)];
    }
    [[nodiscard]] bool has(Option option) const { return (*this)[option].has_value(); }
};

// Reads argv (argv[0] is skipped) and the variables of this process's environment. Flag beats variable; a variable
// that is empty counts as unset. Options end at the first word that is not one, or after "--". Errors (a usage error):
// an unknown option, a value that is missing or empty.
[[nodiscard]] Result<CommandLine> read_command_line(StringVector argv);

// Decides how a process with that parent was invoked (src/docs/settings.md, "The container's start, and calls inside
// it"). An invocation with -u that is not the container's start is a call if GOSU_USER is set too, or if the parent is
// Parent::other. The variables that a call ignores go from line.options to line.ignored.
void decide_invocation(CommandLine& line, Parent parent);

// Returns true if a call would ignore variables of line.
[[nodiscard]] bool has_entrypoint_variables(const CommandLine& line);

}  // namespace stepdown

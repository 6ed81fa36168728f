// The command line and the environment, read but not yet understood: which options have which text from where.
#pragma once

#include "stepdown/base/kernel.h"
#include "stepdown/base/result.h"
#include "stepdown/settings/options.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace stepdown {

enum class Origin { flag, variable };

struct Given {
    std::string value;  // never empty
    Origin origin = Origin::variable;
    std::string label;  // "GOSU_USER=app" or "--user=app", escaped: what a message names
};

// Whether stepdown is the container's start, or was called inside somebody's container (-u over a set GOSU_USER).
enum class Occasion { start, call };

struct CommandLine {
    std::array<std::optional<Given>, option_count> options;
    Occasion occasion = Occasion::start;
    std::vector<std::string> left_out;  // in a call: the variables of the container's start that are set, by name
    StringVector command = nullptr;     // the words of the command, as they stand in argv; *command is null for none

    [[nodiscard]] const std::optional<Given>& operator[](Option option) const {
        return options[static_cast<std::size_t>(option)];
    }
    [[nodiscard]] bool has(Option option) const { return (*this)[option].has_value(); }
};

// Reads argv (argv[0] is skipped) and the variables of this process's environment. Flag beats variable; a variable
// that is empty counts as unset; when the occasion is a call, the variables of the container's start are left out.
// Options end at the first word that is not one, or after "--". Errors (a usage error): an unknown option, a value
// that is missing or empty.
[[nodiscard]] Result<CommandLine> read_command_line(StringVector argv);

}  // namespace stepdown

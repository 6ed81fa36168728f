// SPDX-License-Identifier: Apache-2.0
// The settings, with every value checked.
#pragma once

#include "stepdown/base/choices.h"
#include "stepdown/base/log.h"
#include "stepdown/base/result.h"
#include "stepdown/settings/command_line.h"
#include "stepdown/settings/compat_variables.h"
#include "stepdown/settings/mistakes.h"
#include "stepdown/settings/setting_names.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/resolve.h"

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace stepdown {

enum class Run { command, dry };
enum class PageFormat { text, json };

struct GroupsSetting {
    std::vector<std::string> entries;  // empty: none at all
    RawValue given;                    // the text that they come from
};

struct ExcludeSetting {
    std::string name;  // of the setting: "GOSU_CHOWN_EXCLUDE" or "--chown-exclude"; "" where it is not given
    std::vector<std::string> names;
    std::vector<Operand> paths;
    std::vector<std::string> hints;  // a warning for each name that was probably meant otherwise
};

struct ChownSetting {
    std::vector<Operand> operands;
    ExcludeSetting excluded;
    std::string label;
    ChownPolicy policy = ChownPolicy::on_mismatch;
    std::optional<ChownErrors> errors;
    HardLinks hard_links = HardLinks::automatic;
    Mounts mounts = Mounts::enter;
};

struct CapabilitiesSetting {
    CapabilitySet kept;
    Origin origin = Origin::variable;
    std::string label;
};

struct Settings {
    Invocation invocation = Invocation::entrypoint;  // also of a call that would be no different
    std::optional<RawValue> user;
    std::optional<RawValue> uid;          // 1 to 4294967294, @PATH, or -@PATH: if PATH exists
    std::optional<RawValue> gid;          // 0 to 4294967294, @PATH, or -@PATH
    std::optional<RawValue> passwd_name;  // as name_for_passwd has it
    std::optional<Compat> compat;
    std::optional<GroupsSetting> groups;
    std::vector<std::string> directories;      // to create
    std::vector<std::string> directory_hints;  // one per directory (settings/path_hint.h)
    ChownSetting chown;
    std::optional<std::string> home;  // absolute
    std::optional<mode_t> umask;      // 0 to 0777
    StdioMode stdio = StdioMode::automatic;
    std::optional<CapabilitiesSetting> capabilities;
    bool no_new_privileges = false;
    Strictness strictness = Strictness::lenient;
    Run run = Run::command;
    PageFormat page = PageFormat::text;                       // of a dry run: json by --json, or by GOSU_DRY_RUN=json
    StringVector command = nullptr;                           // *command is null for none, which only a dry run allows
    std::array<std::optional<RawValue>, option_count> given;  // every setting as it was written
    SettingNames names;
    Mistakes mistakes;  // any of them ends the start; the settings that they are in count as not given

    [[nodiscard]] const std::optional<RawValue>& raw_value(Option option) const {
        return given[static_cast<std::size_t>(option)];
    }
};

struct LogSettings {
    LogLevel level = LogLevel::warn;
    LogFormat format = LogFormat::text;
    Mistakes mistakes{};
};

// Understands the values. A mistake of the settings names one that is bad by its label, its value and what would be
// accepted. No command where one is needed is a mistake, too, and so are those of the log settings.
[[nodiscard]] Settings read_settings(const CommandLine& line);
[[nodiscard]] Result<bool> is_asked_for(const CommandLine& line, Option option);  // help, help_all, version

// The default stands for a level that is a mistake, and early_log_format for a format.
[[nodiscard]] LogSettings read_log_settings(const CommandLine& line);

// The format that GOSU_LOG_FORMAT asks for, text if it is not understood: for errors before the settings are read.
[[nodiscard]] LogFormat early_log_format();

// 1 true yes on / 0 false no off, in any case.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

}  // namespace stepdown

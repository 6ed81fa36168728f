// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/settings.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/capability_list.h"
#include "stepdown/settings/command_hint.h"
#include "stepdown/settings/path_settings.h"
#include "stepdown/settings/shell_words.h"
#include "stepdown/settings/value_hint.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace stepdown {
namespace {

// A word, and the member of an enumeration that it stands for. Its type is left out, so that one function compares the
// words of all enumerations.
struct Choice {
    template <typename Value>
    constexpr Choice(std::string_view accepted, Value meant) : word(accepted), value(static_cast<int>(meant)) {}
    std::string_view word;
    int value;
};
using Choices = std::initializer_list<Choice>;

Result<int> choose_number(const RawValue& given, Choices choices) {
    std::vector<std::string> accepted;
    for (const Choice& each : choices) {
        if (each.word == given.value) return each.value;
        accepted.emplace_back(each.word);
    }
    return refuse_value(given, "it must be one of " + join(accepted, ", "));
}

template <typename Value>
Result<std::optional<Value>> choose(const std::optional<RawValue>& given, Choices choices) {
    if (!given) return std::optional<Value>();
    return std::optional<Value>(static_cast<Value>(TRY(choose_number(*given, choices))));
}

// more: the other words that this one takes, each after a comma.
Result<bool> boolean(const std::optional<RawValue>& given, std::string_view more = "") {
    if (!given) return false;
    const auto value = parse_boolean(given->value);
    if (!value) return refuse_value(*given, concat({"it must be one of 1, true, yes, on, 0, false, no, off", more}));
    return *value;
}

// YAML 1.1 reads an unquoted 0027 as a number and hands over "23", which is octal as well, and another mode. So what a
// variable holds is octal beyond doubt only if it is one digit or begins with 0. Nothing changes a flag on its way.
bool may_come_from_yaml(const RawValue& given) {
    return given.origin == Origin::variable && given.value.size() > 1 && !given.value.starts_with('0');
}

Result<std::optional<mode_t>> umask_mode(const std::optional<RawValue>& given) {
    if (!given) return std::optional<mode_t>();
    const std::string& text = given->value;
    mode_t mode = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    const bool is_octal = error == std::errc{} && end == text.data() + text.size() && mode <= 0777;
    if (may_come_from_yaml(*given) && (is_octal || is_number(text))) {
        return refuse_value(
            *given,
            concat({"it has no leading 0, and two octal digits are what YAML leaves of an unquoted 0027. Write ",
                    setting_name(*given), "=\"0027\", with the leading 0 and quotes"}));
    }
    if (!is_octal) return refuse_value(*given, "it must be an octal number from 0 to 0777, such as 0027");
    return std::optional<mode_t>(mode);
}

Result<std::optional<std::string>> home_directory(const std::optional<RawValue>& given) {
    if (!given) return std::optional<std::string>();
    if (given->value.front() != '/') return refuse_value(*given, "it must be an absolute path, such as /home/app");
    return std::optional<std::string>(given->value);
}

Result<std::optional<GroupsSetting>> group_entries(const std::optional<RawValue>& given) {
    if (!given) return std::optional<GroupsSetting>();
    GroupsSetting groups{split_list(given->value), *given};
    if (groups.entries.empty() && given->origin == Origin::flag) return refuse_value(*given, "it names no group");
    if (groups.entries.empty()) return std::optional<GroupsSetting>();
    if (std::find(groups.entries.begin(), groups.entries.end(), "none") != groups.entries.end()) {
        if (groups.entries.size() > 1) return refuse_value(*given, "\"none\" cannot be combined with other entries");
        groups.entries.clear();
    }
    return std::optional<GroupsSetting>(std::move(groups));
}

// "@PATH", or "-@PATH" for one that need not exist; read later, like that of a user.
bool is_owner_of_path(std::string_view text) {
    if (text.starts_with("-@")) text.remove_prefix(1);
    return text.front() == '@' && text.size() > 1;
}

Result<std::optional<RawValue>> new_id(const CommandLine& line, Option option, std::uint32_t lowest) {
    const auto& given = line[option];
    if (!given) return given;
    const auto id = parse_id(given->value);
    if (is_owner_of_path(given->value) || (id && *id >= lowest)) return given;
    if (id) {
        return refuse_value(*given, concat({"uid 0 is root, and no other account. To run as root ",
                                            clause_to_set(SettingNames(line)[Option::user], "root"), ", and leave ",
                                            setting_name(*given), " out"}));
    }
    return refuse_value(*given, "it must be a number from " + std::to_string(lowest) +
                                    " to 4294967294, or @PATH for the owner of PATH");
}

// The names that useradd(8) takes by default, so that no program stumbles over one: a number is no name, and there are
// no separators, blanks or control bytes.
Result<std::optional<RawValue>> name_for_passwd(const std::optional<RawValue>& given) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    constexpr std::string_view others = "0123456789.-";
    constexpr std::size_t longest = 32;
    if (!given) return given;
    const std::string_view name = given->value;
    const auto is_allowed = [&](char c) {
        return letters.find(c) != std::string_view::npos || others.find(c) != std::string_view::npos;
    };
    const bool starts_well = letters.find(name.front()) != std::string_view::npos;
    if (starts_well && name.size() <= longest && std::all_of(name.begin(), name.end(), is_allowed)) return given;
    return refuse_value(*given,
                        "it must be a name of at most 32 letters, digits, _, . and -, that starts with a letter or _");
}

Result<std::optional<CapabilitiesSetting>> capabilities_from(const std::optional<RawValue>& given) {
    if (!given) return std::optional<CapabilitiesSetting>();
    const std::vector<std::string> entries = split_list(given->value);
    if (entries.empty() && given->origin == Origin::flag) return refuse_value(*given, "it names no capability");
    if (entries.empty()) return std::optional<CapabilitiesSetting>();
    const auto kept = parse_capabilities(entries);
    if (!kept) return refuse_value(*given, kept.error().message);
    return std::optional(CapabilitiesSetting{*kept, given->origin, given->label});
}

Result<ChownSetting> chown_setting(const CommandLine& line) {
    ChownSetting chown;
    const auto& paths = line[Option::chown];
    chown.operands = TRY(operands_from(paths));
    if (paths) chown.label = paths->label;
    chown.excluded = TRY(exclude_setting(line[Option::chown_exclude]));
    const auto policy =
        TRY(choose<ChownPolicy>(line[Option::chown_policy], {{"on-mismatch", ChownPolicy::on_mismatch},
                                                             {"on-root-mismatch", ChownPolicy::on_root_mismatch},
                                                             {"top", ChownPolicy::top}}));
    chown.policy = policy.value_or(ChownPolicy::on_mismatch);
    const auto hard_links = TRY(choose<HardLinks>(
        line[Option::chown_hardlinks],
        {{"auto", HardLinks::automatic}, {"allow", HardLinks::allow}, {"refuse", HardLinks::refuse}}));
    chown.hard_links = hard_links.value_or(HardLinks::automatic);
    chown.errors = TRY(
        choose<ChownErrors>(line[Option::chown_errors], {{"fail", ChownErrors::fail}, {"warn", ChownErrors::warn}}));
    chown.mounts = TRY(boolean(line[Option::one_file_system])) ? Mounts::stay : Mounts::enter;
    return chown;
}

Result<StdioMode> stdio_setting(const std::optional<RawValue>& given) {
    const auto chosen = TRY(
        choose<StdioMode>(given, {{"auto", StdioMode::automatic}, {"own", StdioMode::own}, {"keep", StdioMode::keep}}));
    return chosen.value_or(StdioMode::automatic);
}

// Reads the command, and the choice between a start and a dry run.
Result<void> read_run(const CommandLine& line, Settings& settings) {
    const auto& dry = line[Option::dry_run];
    const bool is_json = dry && to_lower(dry->value) == "json";
    settings.run = is_json || TRY(boolean(dry, ", json")) ? Run::dry : Run::command;
    const auto& json = line[Option::json];
    settings.page = (json ? TRY(boolean(json)) : is_json) ? PageFormat::json : PageFormat::text;
    if (settings.page == PageFormat::json && settings.run == Run::command) {
        return fail(MessageId::option_invalid,
                    "cannot read the command line: option --json goes with --dry-run. See stepdown --help");
    }
    settings.command = line.command;
    if (*settings.command == nullptr && settings.run == Run::command) return refuse_without_command();
    return {};
}

Result<void> read_identity(const CommandLine& line, Settings& settings) {
    settings.user = line[Option::user];
    settings.uid = TRY(new_id(line, Option::uid, 1));
    settings.gid = TRY(new_id(line, Option::gid, 0));
    settings.passwd_name = TRY(name_for_passwd(line[Option::passwd_name]));
    settings.compat =
        TRY(choose<Compat>(line[Option::compat], {{"linuxserver", Compat::linuxserver}, {"jupyter", Compat::jupyter}}));
    settings.groups = TRY(group_entries(line[Option::groups]));
    return {};
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
    const std::string lower = to_lower(text);
    for (const char* yes : {"1", "true", "yes", "on"}) {
        if (lower == yes) return true;
    }
    for (const char* no : {"0", "false", "no", "off"}) {
        if (lower == no) return false;
    }
    return std::nullopt;
}

Result<bool> is_asked_for(const CommandLine& line, Option option) { return boolean(line[option]); }

LogFormat early_log_format() {
    const auto& declared = option_table[static_cast<std::size_t>(Option::log_format)];
    const char* value = ::getenv(declared.variable);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    return value != nullptr && std::string_view(value) == "json" ? LogFormat::json : LogFormat::text;
}

Result<Settings> read_settings(const CommandLine& line) {
    Settings settings;
    settings.invocation = line.invocation;
    settings.given = line.options;
    settings.names = SettingNames(line);
    TRY(read_identity(line, settings));
    TRY(read_directories(line[Option::mkdir], settings));
    settings.chown = TRY(chown_setting(line));
    settings.home = TRY(home_directory(line[Option::home]));
    settings.umask = TRY(umask_mode(line[Option::umask]));
    settings.stdio = TRY(stdio_setting(line[Option::stdio]));
    settings.capabilities = TRY(capabilities_from(line[Option::caps]));
    settings.no_new_privileges = TRY(boolean(line[Option::no_new_privs]));
    settings.strictness = TRY(boolean(line[Option::strict])) ? Strictness::strict : Strictness::lenient;
    TRY(read_run(line, settings));
    return settings;
}

Result<LogSettings> read_log_settings(const CommandLine& line) {
    const auto level = TRY(choose<LogLevel>(
        line[Option::log_level],
        {{"error", LogLevel::error}, {"warn", LogLevel::warn}, {"info", LogLevel::info}, {"debug", LogLevel::debug}}));
    const auto format =
        TRY(choose<LogFormat>(line[Option::log_format], {{"text", LogFormat::text}, {"json", LogFormat::json}}));
    return LogSettings{level.value_or(LogLevel::warn), format.value_or(LogFormat::text)};
}

}  // namespace stepdown

// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/settings.h"

#include "stepdown/base/append.h"
#include "stepdown/base/text.h"
#include "stepdown/settings/account_settings.h"
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

std::optional<mode_t> read_mode(const std::string& text, int base) {
    mode_t mode = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, base);
    if (error != std::errc{} || end != text.data() + text.size() || mode > 0777) return std::nullopt;
    return mode;
}

// before_yaml: the number that YAML may have written in decimal.
[[gnu::cold]] Failure refuse_without_zero(const RawValue& given, bool is_octal, std::optional<mode_t> before_yaml) {
    const std::string unquoted = before_yaml ? octal(*before_yaml) : "";
    return refuse_value(
        given, concat({"it has no leading 0",
                       before_yaml ? concat({", and YAML makes ", given.value, " of an unquoted ", unquoted}) : "",
                       ". Write ", setting_name(given), "=", is_octal ? concat({"\"0", given.value, "\""}) : "",
                       is_octal && before_yaml ? " or " : "", before_yaml ? concat({"\"", unquoted, "\""}) : "",
                       ", with the leading 0 and quotes"}));
}

Result<std::optional<mode_t>> umask_mode(const std::optional<RawValue>& given) {
    if (!given) return std::optional<mode_t>();
    const auto mode = read_mode(given->value, 8);
    const auto before_yaml = may_come_from_yaml(*given) ? read_mode(given->value, 10) : std::nullopt;
    if (before_yaml || (mode && may_come_from_yaml(*given))) {
        return refuse_without_zero(*given, mode.has_value(), before_yaml);
    }
    if (!mode) return refuse_value(*given, "it must be an octal number from 0 to 0777, such as 0027");
    return mode;
}

Result<std::optional<std::string>> home_directory(const std::optional<RawValue>& given) {
    if (!given) return std::optional<std::string>();
    if (given->value.front() != '/') return refuse_value(*given, "it must be an absolute path, such as /home/app");
    return std::optional<std::string>(given->value);
}

Result<std::optional<CapabilitiesSetting>> capabilities_from(const std::optional<RawValue>& given) {
    if (!given) return std::optional<CapabilitiesSetting>();
    const std::vector<std::string> entries = split_list(given->value);
    if (entries.empty() && given->origin == Origin::flag) return refuse_value(*given, "it names no capability");
    if (entries.empty()) return std::optional<CapabilitiesSetting>();
    const auto kept = parse_capabilities(entries);
    if (!kept) return refuse_value(*given, kept.error());
    return std::optional(CapabilitiesSetting{*kept, given->origin, given->label});
}

// Returns true if given is a boolean that says yes.
bool is_set(const CommandLine& line, Option option, Mistakes& mistakes) {
    return value_or_note(boolean(line[option]), option, mistakes);
}

ChownSetting chown_setting(const CommandLine& line, Mistakes& mistakes) {
    ChownSetting chown;
    const auto& paths = line[Option::chown];
    chown.operands = value_or_note(operands_from(paths), Option::chown, mistakes);
    if (paths) chown.label = paths->label;
    if (const auto& excluded = line[Option::chown_exclude]) {
        chown.excluded = value_or_note(exclude_setting(*excluded), Option::chown_exclude, mistakes);
    }
    const auto policy = value_or_note(
        choose<ChownPolicy>(line[Option::chown_policy], {{"on-mismatch", ChownPolicy::on_mismatch},
                                                         {"on-root-mismatch", ChownPolicy::on_root_mismatch},
                                                         {"top", ChownPolicy::top}}),
        Option::chown_policy, mistakes);
    chown.policy = policy.value_or(ChownPolicy::on_mismatch);
    const auto hard_links = value_or_note(
        choose<HardLinks>(line[Option::chown_hardlinks],
                          {{"auto", HardLinks::automatic}, {"allow", HardLinks::allow}, {"refuse", HardLinks::refuse}}),
        Option::chown_hardlinks, mistakes);
    chown.hard_links = hard_links.value_or(HardLinks::automatic);
    chown.errors = value_or_note(
        choose<ChownErrors>(line[Option::chown_errors], {{"fail", ChownErrors::fail}, {"warn", ChownErrors::warn}}),
        Option::chown_errors, mistakes);
    chown.mounts = is_set(line, Option::one_file_system, mistakes) ? Mounts::stay : Mounts::enter;
    return chown;
}

StdioMode stdio_setting(const CommandLine& line, Mistakes& mistakes) {
    const auto chosen = value_or_note(
        choose<StdioMode>(line[Option::stdio],
                          {{"auto", StdioMode::automatic}, {"own", StdioMode::own}, {"keep", StdioMode::keep}}),
        Option::stdio, mistakes);
    return chosen.value_or(StdioMode::automatic);
}

// Reads the command, and the choice between a start and a dry run. If that is not understood, neither the command nor
// --json can be judged.
Result<void> read_run(const CommandLine& line, Settings& settings) {
    settings.command = line.command;
    const auto& dry = line[Option::dry_run];
    const bool is_json = dry && to_lower(dry->value) == "json";
    settings.run = is_json || TRY(boolean(dry, ", json")) ? Run::dry : Run::command;
    const bool has_page = line.has(Option::json) ? is_set(line, Option::json, settings.mistakes) : is_json;
    settings.page = has_page ? PageFormat::json : PageFormat::text;
    if (settings.page == PageFormat::json && settings.run == Run::command) {
        return fail(MessageId::option_invalid,
                    "cannot read the command line: option --json goes with --dry-run. See stepdown --help");
    }
    if (*settings.command == nullptr && settings.run == Run::command) return refuse_without_command();
    return {};
}

void read_identity(const CommandLine& line, Settings& settings) {
    Mistakes& mistakes = settings.mistakes;
    settings.user = line[Option::user];
    settings.uid = value_or_note(new_id(line, Option::uid, 1), Option::uid, mistakes);
    settings.gid = value_or_note(new_id(line, Option::gid, 0), Option::gid, mistakes);
    settings.groups = value_or_note(group_entries(line[Option::groups]), Option::groups, mistakes);
    settings.passwd_name = value_or_note(name_for_passwd(line[Option::passwd_name]), Option::passwd_name, mistakes);
    settings.compat = value_or_note(
        choose<Compat>(line[Option::compat], {{"linuxserver", Compat::linuxserver}, {"jupyter", Compat::jupyter}}),
        Option::compat, mistakes);
}

void note(const Result<void>& read, Option option, Mistakes& mistakes) {
    if (!read) add_mistakes(mistakes, option, read.error());
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

Settings read_settings(const CommandLine& line) {
    Settings settings;
    Mistakes& mistakes = settings.mistakes;
    settings.invocation = line.invocation;
    settings.given = line.options;
    settings.names = SettingNames(line);
    read_identity(line, settings);
    note(read_directories(line[Option::mkdir], settings), Option::mkdir, mistakes);
    settings.chown = chown_setting(line, mistakes);
    settings.home = value_or_note(home_directory(line[Option::home]), Option::home, mistakes);
    settings.umask = value_or_note(umask_mode(line[Option::umask]), Option::umask, mistakes);
    settings.stdio = stdio_setting(line, mistakes);
    settings.capabilities = value_or_note(capabilities_from(line[Option::caps]), Option::caps, mistakes);
    settings.no_new_privileges = is_set(line, Option::no_new_privs, mistakes);
    settings.strictness = is_set(line, Option::strict, mistakes) ? Strictness::strict : Strictness::lenient;
    append(mistakes, read_log_settings(line).mistakes);
    note(read_run(line, settings), Option::dry_run, mistakes);
    return settings;
}

LogSettings read_log_settings(const CommandLine& line) {
    LogSettings log;
    const auto level = value_or_note(choose<LogLevel>(line[Option::log_level], {{"error", LogLevel::error},
                                                                                {"warn", LogLevel::warn},
                                                                                {"info", LogLevel::info},
                                                                                {"debug", LogLevel::debug}}),
                                     Option::log_level, log.mistakes);
    const auto format = value_or_note(
        choose<LogFormat>(line[Option::log_format], {{"text", LogFormat::text}, {"json", LogFormat::json}}),
        Option::log_format, log.mistakes);
    log.level = level.value_or(LogLevel::warn);
    log.format = format ? *format : early_log_format();
    return log;
}

}  // namespace stepdown

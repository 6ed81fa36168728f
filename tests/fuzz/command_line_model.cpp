// SPDX-License-Identifier: Apache-2.0

#include "fuzz/command_line_model.h"

#include "stepdown/settings/shell_words.h"

#include "fuzz/oracle.h"

#include <algorithm>
#include <utility>

namespace stepdown::fuzz {
namespace {

// capabilities(7), as of Linux 5.9.
const std::vector<std::string> capabilities{"audit_control",   "audit_read",   "audit_write",
                                            "block_suspend",   "bpf",          "checkpoint_restore",
                                            "chown",           "dac_override", "dac_read_search",
                                            "fowner",          "fsetid",       "ipc_lock",
                                            "ipc_owner",       "kill",         "lease",
                                            "linux_immutable", "mac_admin",    "mac_override",
                                            "mknod",           "net_admin",    "net_bind_service",
                                            "net_broadcast",   "net_raw",      "perfmon",
                                            "setfcap",         "setgid",       "setpcap",
                                            "setuid",          "sys_admin",    "sys_boot",
                                            "sys_chroot",      "sys_module",   "sys_nice",
                                            "sys_pacct",       "sys_ptrace",   "sys_rawio",
                                            "sys_resource",    "sys_time",     "sys_tty_config",
                                            "syslog",          "wake_alarm"};

bool is_any_of(const std::string& text, const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::string in_small_letters(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

const OptionDeclaration* declaration_of(const std::string& word) {
    for (const auto& each : option_table) {
        const auto flags = cut(each.flags, ",");
        if (std::find(flags.begin(), flags.end(), word) != flags.end()) return &each;
    }
    return nullptr;
}

}  // namespace

std::optional<ArgvReading> read_argv(const std::vector<std::string>& argv) {
    ArgvReading reading{{}, std::min<std::size_t>(1, argv.size())};
    while (reading.command < argv.size()) {
        const std::string& word = argv[reading.command];
        if (word.size() < 2 || word[0] != '-') return reading;
        ++reading.command;
        if (word == "--") return reading;
        const bool is_long = word[1] == '-';
        const auto end = is_long ? std::min(word.find('='), word.size()) : 2;
        const auto* option = declaration_of(word.substr(0, end));
        if (option == nullptr || (is_long && option->long_flag() != word.substr(0, end))) return std::nullopt;
        const auto* named = declaration_of("-" + word);  // "-user", which is not "-u ser"
        if (!is_long && word.size() > 2 && named != nullptr) return std::nullopt;
        std::optional<std::string> value;
        if (word.size() > end) value = word.substr(is_long ? end + 1 : end);
        if (option->is_boolean() && value && !is_long) return std::nullopt;
        if (option->is_boolean() && !value) value = "true";
        if (!value && reading.command < argv.size()) value = argv[reading.command++];
        if (!value || value->empty()) return std::nullopt;
        std::string& text = reading.values[option->option].text;
        text = option->repeated == Repeated::adds && !text.empty() ? text + "\n" + *value : *value;
    }
    return reading;
}

std::set<Option> Judge::mistakes(bool has_command) const {
    const bool is_dry = is_dry_run();
    const bool is_run_read = is_dry || is_boolean(Option::dry_run);
    const bool is_run_good = (has_command || is_dry) && (is_dry || !is_true(Option::json));
    const std::pair<Option, bool> verdicts[] = {
        {Option::uid, is_id(Option::uid, "1")},
        {Option::gid, is_id(Option::gid, "0")},
        {Option::groups, is_list(Option::groups)},
        {Option::passwd_name, is_name()},
        {Option::compat, is_one_of(Option::compat, {"linuxserver", "jupyter"})},
        {Option::mkdir, names_paths(Option::mkdir)},
        {Option::chown, names_paths(Option::chown)},
        {Option::chown_policy, is_one_of(Option::chown_policy, {"on-mismatch", "on-root-mismatch", "top"})},
        {Option::chown_exclude, names_paths(Option::chown_exclude)},
        {Option::chown_errors, is_one_of(Option::chown_errors, {"fail", "warn"})},
        {Option::chown_hardlinks, is_one_of(Option::chown_hardlinks, {"auto", "allow", "refuse"})},
        {Option::one_file_system, is_boolean(Option::one_file_system)},
        {Option::home, text(Option::home, "/")[0] == '/'},
        {Option::umask, is_umask()},
        {Option::stdio, is_one_of(Option::stdio, {"auto", "own", "keep"})},
        {Option::caps, is_list(Option::caps) && names_capabilities()},
        {Option::no_new_privs, is_boolean(Option::no_new_privs)},
        {Option::strict, is_boolean(Option::strict)},
        {Option::log_level, is_one_of(Option::log_level, {"error", "warn", "info", "debug"})},
        {Option::log_format, is_one_of(Option::log_format, {"text", "json"})},
        {Option::dry_run, is_run_read && is_run_good},
        {Option::json, !is_run_read || is_boolean(Option::json)},
    };
    std::set<Option> wrong;
    for (const auto& [option, is_good] : verdicts) {
        if (!is_good) wrong.insert(option);
    }
    return wrong;
}

std::string Judge::text(Option option, const std::string& otherwise) const {
    const auto found = values_.find(option);
    return found == values_.end() ? otherwise : found->second.text;
}

std::string Judge::lower(Option option) const { return in_small_letters(text(option, "no")); }

bool Judge::is_true(Option option) const { return is_any_of(lower(option), {"1", "true", "yes", "on"}); }

bool Judge::is_boolean(Option option) const {
    return is_true(option) || is_any_of(lower(option), {"0", "false", "no", "off"});
}

bool Judge::is_dry_run() const { return is_true(Option::dry_run) || lower(Option::dry_run) == "json"; }

// The option decides where it is given.
bool Judge::is_json() const {
    return values_.contains(Option::json) ? is_true(Option::json) : lower(Option::dry_run) == "json";
}

bool Judge::is_one_of(Option option, const std::vector<std::string>& words) const {
    return is_any_of(text(option, words[0]), words);
}

bool Judge::is_id(Option option, const std::string& lowest) const {
    const std::string value = text(option, "1");
    const std::string path = value[0] == '-' ? value.substr(1) : value;  // of -@PATH, which need not exist
    if (path.starts_with('@')) return path.size() > 1;
    const auto id = id_from(value);
    return id && (*id != "0" || lowest == "0");
}

bool Judge::is_name() const {
    const std::string name = text(Option::passwd_name, "app");
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return name.size() <= 32 && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
               return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
           });
}

// YAML turns an octal number of a variable into a decimal one, unless it is one digit or was quoted with its leading 0.
bool Judge::is_umask() const {
    const auto given = values_.find(Option::umask);
    if (given == values_.end()) return true;
    const std::string mode = given->second.text;
    const bool may_be_decimal = given->second.origin == Origin::variable && mode.size() > 1 && mode[0] != '0';
    if (may_be_decimal) return false;
    const auto first = std::min(mode.find_first_not_of('0'), mode.size());
    return mode.find_first_not_of("01234567") == std::string::npos && mode.size() - first <= 3;
}

// A flag names something; "none" stands alone.
bool Judge::is_list(Option option) const {
    const auto given = values_.find(option);
    if (given == values_.end()) return true;
    const auto entries = split_list(given->second.text);
    if (entries.empty()) return given->second.origin == Origin::variable;
    return entries.size() == 1 || !is_any_of("none", entries);
}

bool Judge::names_capabilities() const {
    const auto entries = split_list(text(Option::caps, ""));
    return std::all_of(entries.begin(), entries.end(), [](const std::string& entry) {
        const std::string name = in_small_letters(entry);
        return entry == "none" || is_any_of(name.starts_with("cap_") ? name.substr(4) : name, capabilities);
    });
}

// What is to be created cannot be optional. Without a slash, an excluded word is the name of an entry.
bool Judge::names_paths(Option option) const {
    const auto given = values_.find(option);
    if (given == values_.end()) return true;
    const auto words = split_words(given->second.text);
    if (!words) return false;
    if (words->empty()) return given->second.origin == Origin::variable;
    return std::all_of(words->begin(), words->end(), [option](const std::string& word) {
        const std::string path = word.substr(word.starts_with('-') ? 1 : 0);
        if (option == Option::chown_exclude && is_any_of(path, {".", ".."})) return false;
        return !path.empty() && (option != Option::mkdir || path == word);
    });
}

}  // namespace stepdown::fuzz

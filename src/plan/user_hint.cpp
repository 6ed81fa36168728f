// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/user_hint.h"

#include "stepdown/base/text.h"
#include "stepdown/identity/account_lines.h"
#include "stepdown/identity/identity.h"
#include "stepdown/identity/spec.h"
#include "stepdown/plan/unprivileged.h"
#include "stepdown/settings/shell_words.h"
#include "stepdown/settings/typo.h"
#include "stepdown/settings/value_hint.h"
#include "stepdown/system/resolve.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace stepdown {
namespace {

constexpr std::string_view user_variable = "GOSU_USER";

// The variables by which other images take the uid and the gid of their user: linuxserver.io, Jupyter, Paperless, .NET
// and scripts. In one text, because a start pays for each pointer of a table.
constexpr std::string_view foreign_variables =
    "PUID PGID NB_UID NB_GID USERMAP_UID USERMAP_GID LOCAL_USER_ID LOCAL_GROUP_ID USER_ID GROUP_ID HOST_UID HOST_GID "
    "APP_UID APP_GID UID GID";

std::optional<Identity> identity_of(const std::string& spec, const Accounts& accounts) {
    if (spec.empty()) return std::nullopt;
    constexpr uid_t root = 0;  // An empty user half is refused.
    auto identity = resolve_user(parse_user_spec(spec), accounts, root);
    if (!identity) return std::nullopt;
    return *std::move(identity);
}

// STEPDOWN_USER, or GOSU_USER in another case or with one typo.
bool resembles_user_variable(std::string_view name) {
    const std::string upper = to_upper(name);
    return name != user_variable &&
           (upper == user_variable || upper == "STEPDOWN_USER" || is_one_edit_apart(upper, user_variable));
}

std::string examples(const PlanInputs& inputs) {
    return concat({"GOSU_USER=1000:1000 or another user, or GOSU_USER=", spec_of_root(inputs.accounts)});
}

// "GOSU_USER=app" of "GOSU_USR=app"; "" where no variable resembles GOSU_USER.
std::string hint_of_typo(const PlanInputs& inputs, Plan& plan) {
    for (StringVector each = inputs.environment; *each != nullptr; ++each) {
        std::string_view value(*each);
        const std::string_view name = pop_piece(value, '=');
        if (!resembles_user_variable(name)) continue;
        const auto& user = option_table[static_cast<std::size_t>(Option::user)];
        std::erase(plan.warnings, unknown_setting(name, user));
        const std::string hint = concat({"The variable ", quote(name), " is not a setting. "});
        const std::vector<std::string> words = split_list(value);  // "GOSU_USER = app" has blanks
        const bool is_known = words.size() == 1 && identity_of(words.front(), inputs.accounts);
        if (is_known) return concat({hint, "Set ", user_variable, "=", quote(words.front())});
        return concat({hint, "Did you mean ", user_variable, "? Set ", examples(inputs)});
    }
    return "";
}

// The setting by which a variable counts all the same; "" where none does.
std::string compat_instead(std::string_view variable) {
    const std::string_view compat = variable == "PUID" ? "linuxserver" : variable == "NB_UID" ? "jupyter" : "";
    if (compat.empty()) return "";
    return concat({". Or set GOSU_COMPAT=", compat, " in the image, and ", user_variable, " to the name of its user"});
}

// "GOSU_USER=1000:1000" of "PUID=1000" and "PGID=1000".
std::string hint_of_foreign_variables(const PlanInputs& inputs) {
    for (std::string_view names = foreign_variables; !names.empty();) {
        const std::string_view uid_name = pop_piece(names, ' ');
        const std::string_view gid_name = pop_piece(names, ' ');
        const auto uid = find_variable(inputs.environment, uid_name);
        if (!uid || !parse_id(*uid)) continue;
        const auto gid = find_variable(inputs.environment, gid_name);
        const bool has_gid = gid && parse_id(*gid);
        const std::string spec = concat({*uid, ":", has_gid ? *gid : *uid});
        const auto identity = identity_of(spec, inputs.accounts);
        if (!identity || identity->uid == 0) continue;
        const std::string found = has_gid ? concat({uid_name, " and ", gid_name, " are no settings"})
                                          : concat({uid_name, " is not a setting"});
        return concat({found, " of stepdown. Set ", user_variable, "=", spec, compat_instead(uid_name)});
    }
    return "";
}

// The words of a command as one can type them; the last ones may be missing.
std::string typed(StringVector words) {
    constexpr std::size_t longest = 200;
    std::string text;
    for (; *words != nullptr; ++words) {
        if (text.size() > longest) return text + " ...";
        text.append(" ").append(quote(*words));
    }
    return text;
}

// "stepdown -u app id" of "stepdown app id", which gosu takes. A first word that is a command, too, is a user only
// where it stands there twice.
std::string hint_of_words(const PlanInputs& inputs, const Plan& plan) {
    if (plan.command == nullptr || plan.command[0] == nullptr || plan.command[1] == nullptr) return "";
    const std::string user(plan.command[0]);
    const std::string command(plan.command[1]);
    if (user != command && has_command(user, plan.path)) return "";
    if (!identity_of(user, inputs.accounts) || !has_command(command, plan.path)) return "";
    return concat({"Did you mean stepdown -u", typed(plan.command), "? Otherwise set ", examples(inputs)});
}

std::string hint_for_unset_user(const PlanInputs& inputs, Plan& plan) {
    std::string hint = hint_of_typo(inputs, plan);
    if (hint.empty()) hint = hint_of_foreign_variables(inputs);
    if (hint.empty()) hint = hint_of_words(inputs, plan);
    return hint.empty() ? "Set " + examples(inputs) : hint;
}

// The name of the first entry of an account file that differs from name by one typo, or by case; "" for none. Short
// names differ by little.
template <std::size_t Fields>
std::string similar_name(const Accounts& accounts, std::string_view name) {
    const std::string_view text = Fields == passwd_fields ? accounts.passwd() : accounts.group();
    constexpr std::size_t shortest = 4;
    std::string similar;
    for_each_account<Fields>(text, [&](const AccountFields<Fields>& fields) {
        const bool is_similar =
            (name.size() >= shortest && is_one_edit_apart(fields[0], name)) || to_lower(fields[0]) == to_lower(name);
        if (is_similar) similar = fields[0];
        return is_similar;
    });
    return similar;
}

// "33:33" for 2013, where both ids are in the files; "" for other numbers.
std::string from_base_60(std::string_view value, const Accounts& accounts) {
    constexpr std::uint32_t base = 60;
    const auto number = parse_id(value);
    if (!number || !accounts.user_with(*number / base) || !accounts.group_with(*number % base)) return "";
    if (*number < base) return "";
    return concat({std::to_string(*number / base), ":", std::to_string(*number % base)});
}

// "app:app" for "app.app", which chown(1) took in the past.
std::string with_colon(std::string value) {
    const auto dot = value.find('.');
    if (dot != std::string::npos) value[dot] = ':';
    return value;
}

// value with the nearest name for each half that is in no file; "" where no name is near.
std::string with_known_names(std::string_view value, const Accounts& accounts) {
    std::string_view group = value;
    const std::string_view user = pop_piece(group, ':');
    const bool is_user_known = is_number(user) || accounts.user_named(user);
    std::string known = is_user_known ? std::string(user) : similar_name<passwd_fields>(accounts, user);
    if (group.empty()) return known;
    const bool is_group_known = is_number(group) || accounts.group_named(group);
    const std::string known_group = is_group_known ? std::string(group) : similar_name<group_fields>(accounts, group);
    return known.empty() || known_group.empty() ? "" : concat({known, ":", known_group});
}

std::string user_that_is_meant(const RawValue& given, const Accounts& accounts) {
    const std::string ids = given.origin == Origin::variable ? from_base_60(given.value, accounts) : "";
    if (!ids.empty()) {
        return concat({"YAML 1.1 reads ", ids, " as the number ", given.value,
                       " where it has no quotes. If it is meant, ", "write \"", ids, "\" with the quotes"});
    }
    for (const std::string& candidate : {with_colon(given.value), with_known_names(given.value, accounts)}) {
        if (candidate != given.value && identity_of(candidate, accounts)) {
            return concat({"Did you mean ", quote(candidate), "?"});
        }
    }
    return "";
}

std::string group_that_is_meant(const std::string& entry, const Accounts& accounts) {
    if (is_number(entry) || entry.starts_with('@') || accounts.group_named(entry)) return "";
    const std::string meant = similar_name<group_fields>(accounts, entry);
    return meant.empty() ? "" : concat({"Did you mean ", quote(meant), "?"});
}

// A path after an @ that exists is what was meant, and its spelling is no typo.
bool may_hold_typo(const RawValue& given, const Fault& reason) {
    return given.value.find('@') == std::string::npos || is_missing(reason);
}

Failure refuse(const RawValue& given, const Fault& reason, const std::string& hint) {
    return fail(reason.id, concat({"cannot use ", given.label, ": ", reason.message, hint.empty() ? "" : ". ", hint}));
}

std::string hint_for_user(const RawValue& given, const Fault& reason, const Accounts& accounts) {
    if (!may_hold_typo(given, reason)) return "";
    std::string hint = value_hint(given);
    return hint.empty() ? user_that_is_meant(given, accounts) : hint;
}

// A name that is spelt wrong will not exist on other hosts either.
Failure refuse_group(const RawValue& given, const std::string& entry, const Error& reason, const Accounts& accounts) {
    if (!may_hold_typo(given, reason)) return refuse(given, reason, "");
    std::string hint = value_hint(given);
    if (hint.empty()) hint = group_that_is_meant(entry, accounts);
    if (hint.empty()) return refuse(given, reason, "");
    const std::string plain = reason.message.substr(0, reason.message.find(". If it need not exist"));
    return refuse(given, fail(reason.id, plain).value(), hint);
}

}  // namespace

void refuse_without_user(const PlanInputs& inputs, Plan& plan) {
    plan.errors.push_back(mistake_in(Option::user, MessageId::user_unset,
                                     "cannot start: no user is set, and running as root must be asked for by name. " +
                                         hint_for_unset_user(inputs, plan)));
}

Failure refuse_user(const RawValue& given, const Error& reasons, const Accounts& accounts) {
    Result<void> errors;
    for (std::size_t i = 0; i < reasons.count(); ++i) {
        const std::string hint = hint_for_user(given, reasons.at(i), accounts);
        add_error(errors, refuse(given, reasons.at(i), hint).value());
        if (!hint.empty()) break;
    }
    return Failure(std::move(errors).error());
}

Result<void> refuse_unless_skipped(const Settings& settings, const Process& process, const Error& reasons,
                                   const Accounts& accounts) {
    Result<void> left;
    for (std::size_t i = 0; i < reasons.count(); ++i) {
        if (!is_skippable(process, settings.user, reasons.at(i))) add_error(left, Error(reasons.at(i)));
    }
    if (left) return left;
    return refuse_user(*settings.user, left.error(), accounts);
}

Result<void> refuse_groups(const Settings& settings, const Process& process, const Accounts& accounts) {
    const RawValue& given = settings.groups->given;
    Result<void> errors;
    for (const std::string& entry : settings.groups->entries) {
        const auto group = groups_of_setting({&entry, 1}, accounts, settings.names[Option::groups]);
        if (group || is_skippable(process, given, group.error())) continue;
        add_error(errors, refuse_group(given, entry, group.error(), accounts).value());
        if (!value_hint(given).empty()) break;
    }
    return errors;
}

}  // namespace stepdown

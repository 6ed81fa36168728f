// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/new_ids.h"

#include "stepdown/base/text.h"
#include "stepdown/identity/identity.h"
#include "stepdown/identity/spec.h"
#include "stepdown/plan/user_hint.h"
#include "stepdown/settings/value_hint.h"
#include "stepdown/system/resolve.h"

#include <string>
#include <utility>
#include <vector>

namespace stepdown {
namespace {

Failure refuse_id(const std::string& labels, const std::string& reason) {
    return fail(MessageId::setting_invalid, "cannot use " + labels + ": " + reason);
}

std::string labels_of(const Settings& settings) { return join(labels_of_new_ids(settings), ", "); }

// The numbers given for uid and gid as a SPEC; 1500 where none is a number.
std::string as_user_spec(const Settings& settings) {
    const auto is_written = [](const std::optional<RawValue>& given) { return given && is_number(given->value); };
    const std::string uid = is_written(settings.uid)   ? settings.uid->value
                            : is_written(settings.gid) ? settings.gid->value
                                                       : "1500";
    return uid + ":" + (is_written(settings.gid) ? settings.gid->value : uid);
}

// "set GOSU_USER=1500:1500, and leave GOSU_UID out"
std::string ids_instead(const Settings& settings) {
    return concat({clause_to_set(settings.names[Option::user], as_user_spec(settings)), ", and leave ",
                   settings.uid ? settings.names.as_given(Option::uid) : "",
                   settings.uid && settings.gid ? " and " : "",
                   settings.gid ? settings.names.as_given(Option::gid) : "", " out"});
}

bool names_a_user(const UserSpec& spec) { return spec.user && std::holds_alternative<SpecName>(*spec.user); }

UserSpec user_spec(const Settings& settings) {
    return settings.user ? parse_user_spec(settings.user->value) : UserSpec{};
}

std::string if_it_need_not_exist(const Error& missing, const std::string& value) {
    return concat({missing.message, ". If it need not exist, write -", quote(value)});
}

}  // namespace

std::vector<std::string> labels_of_new_ids(const Settings& settings) {
    std::vector<std::string> labels;
    for (const auto* given : {&settings.uid, &settings.gid}) {
        if (*given) labels.push_back((*given)->label);
    }
    return labels;
}

Result<void> check_new_ids(const Settings& settings) {
    const UserSpec spec = user_spec(settings);
    if (!names_a_user(spec)) {
        return refuse_id(labels_of(settings),
                         concat({"it needs ", settings.names[Option::user], " to be a name. To run as ",
                                 as_user_spec(settings), " ", ids_instead(settings)}));
    }
    if (!settings.gid || !spec.group) return {};
    return refuse_id(settings.gid->label, concat({settings.user->label, " names a group already. Write ",
                                                  quote(std::get<SpecName>(*spec.user).text), " alone there, or leave ",
                                                  settings.names.as_given(Option::gid), " out"}));
}

Result<User> named_account(const Settings& settings, const Accounts& accounts) {
    const std::string name = std::get<SpecName>(*user_spec(settings).user).text;
    auto user = accounts.user_named(name);
    if (!user) {
        auto identity = resolve_user(user_spec(settings), accounts, 0);
        identity.error().message = "there is no user " + quote(name) + " in /etc/passwd. Write a name that is";
        return refuse_user(*settings.user, identity.error(), accounts);
    }
    if (name == "root" || user->uid == 0) {
        return refuse_id(labels_of(settings),
                         concat({"user ", quote(name), " has uid 0, and root keeps its ids. Name another user, or ",
                                 ids_instead(settings)}));
    }
    return *std::move(user);
}

Result<std::optional<id_t>> given_id(const std::optional<RawValue>& given, OverflowId which) {
    if (!given) return std::optional<id_t>();
    const bool optional = given->value.starts_with('-');
    const auto id = resolve_id(parse_part(std::string_view(given->value).substr(optional ? 1 : 0)), which);
    if (id) return std::optional(*id);
    if (!is_missing(id.error())) return refuse_id(given->label, id.error().message);
    if (!optional) return refuse_value(*given, if_it_need_not_exist(id.error(), given->value));
    return std::optional<id_t>();
}

[[gnu::cold]] Mistakes renumbering_mistakes(const Settings& settings, const Accounts& accounts) {
    Mistakes mistakes;
    const Option any = settings.uid ? Option::uid : Option::gid;
    if (const auto checked = check_new_ids(settings); !checked) {
        add_mistakes(mistakes, names_a_user(user_spec(settings)) ? Option::gid : any, checked.error());
        return mistakes;
    }
    const auto user = named_account(settings, accounts);
    const bool is_root = !user && user.error().id == MessageId::setting_invalid;
    if (!user) add_mistakes(mistakes, is_root ? any : Option::user, user.error());
    if (is_root) return mistakes;
    if (const auto identity = resolve_user(user_spec(settings), accounts, 0); user && !identity) {
        add_mistakes(mistakes, Option::user, refuse_user(*settings.user, identity.error(), accounts).value());
    }
    const auto uid = given_id(settings.uid, OverflowId::uid);
    if (!uid) add_mistakes(mistakes, Option::uid, uid.error());
    const auto gid = given_id(settings.gid, OverflowId::gid);
    if (!gid) add_mistakes(mistakes, Option::gid, gid.error());
    return mistakes;
}

}  // namespace stepdown

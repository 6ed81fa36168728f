// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/passwd_name_plan.h"

#include "stepdown/base/text.h"

#include <algorithm>

namespace stepdown {
namespace {

Failure refuse(const RawValue& name, const std::string& reason) {
    return fail(MessageId::setting_invalid, "cannot use " + name.label + ": " + reason);
}

bool can_stand_in_passwd(const std::string& field) {
    return std::none_of(field.begin(), field.end(), [](unsigned char c) { return c == ':' || c < ' ' || c == 0x7F; });
}

std::string free_name(const std::string& name, const Accounts& accounts) {
    const std::string base = name == "root" ? "app" : name;
    for (int suffix = 2;; ++suffix) {
        std::string proposal = base + std::to_string(suffix);
        if (!accounts.user_named(proposal)) return proposal;
    }
}

std::string name_is_taken(const RawValue& name, uid_t uid, const User& owner, const Accounts& accounts) {
    return concat({"uid ", std::to_string(uid), " gets no entry in /etc/passwd: uid ", std::to_string(owner.uid),
                   " has the name ", quote(owner.name), " already (", name.label, "). Write another one, such as ",
                   free_name(owner.name, accounts)});
}

Result<void> check_name(const RawValue& name, SettingName setting, uid_t uid) {
    const bool is_root = name.value == "root";
    if (is_root && uid != 0) return refuse(name, "only uid 0 may be root. Write another name, such as app");
    if (is_root || uid != 0) return {};
    return refuse(name, concat({"uid 0 is root. ", sentence_to_set(setting, "root"), ", or another user"}));
}

}  // namespace

std::string gets_no_name(gid_t gid, const Group& same_name) {
    return concat({"gid ", std::to_string(gid), " gets no name: group ", quote(same_name.name), " has gid ",
                   std::to_string(same_name.gid)});
}

[[gnu::cold]] Result<NewEntry> decide_new_entry(const Settings& settings, const Identity& identity,
                                                const std::string& home, const Accounts& accounts) {
    const RawValue& name = *settings.passwd_name;
    NewEntry entry;
    if (const auto owner = accounts.user_named(name.value)) {
        entry.not_honoured.push_back(mistake_in(Option::passwd_name, MessageId::name_taken,
                                                name_is_taken(name, identity.uid, *owner, accounts)));
        return entry;
    }
    TRY(check_name(name, settings.names[Option::passwd_name], identity.uid));
    if (!can_stand_in_passwd(home)) {
        return refuse(name, concat({"its home ", quote(home),
                                    " holds a colon or a control byte, which /etc/passwd cannot hold. Set another ",
                                    settings.names[Option::home]}));
    }
    entry.user = User{name.value, identity.uid, identity.gid, home};
    entry.group_name = identity.group_name;
    const auto group = accounts.group_with(identity.gid);
    const auto same_name = accounts.group_named(name.value);
    if (!group && same_name) {
        entry.warnings.push_back({MessageId::name_taken, gets_no_name(identity.gid, *same_name)});
    } else if (!group) {
        entry.group_name = name.value;
        entry.edits.push_back({"/etc/group", NewGroup{name.value, identity.gid}});
    }
    entry.edits.push_back({"/etc/passwd", NewUser{name.value, identity.uid, identity.gid, home}});
    return entry;
}

bool adds_user(const FileEdits& edits) {
    return std::any_of(edits.begin(), edits.end(),
                       [](const FileEdit& each) { return std::holds_alternative<NewUser>(each.edit); });
}

}  // namespace stepdown

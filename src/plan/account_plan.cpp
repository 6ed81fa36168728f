// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/account_plan.h"

#include "stepdown/base/text.h"
#include "stepdown/identity/identity.h"
#include "stepdown/identity/spec.h"
#include "stepdown/plan/passwd_name_plan.h"
#include "stepdown/plan/user_hint.h"
#include "stepdown/settings/value_hint.h"
#include "stepdown/system/resolve.h"
#include "stepdown/system/user_namespace.h"

#include <algorithm>
#include <utility>

namespace stepdown {
namespace {

const char* const passwd_path = "/etc/passwd";
const char* const group_path = "/etc/group";
constexpr std::string_view uid_word = "uid ";

Failure refuse_id(const std::string& labels, const std::string& reason) {
    return fail(MessageId::setting_invalid, "cannot use " + labels + ": " + reason);
}

// The labels of those that are set.
std::string labels_of(const Settings& settings) {
    std::vector<std::string> labels;
    for (const auto* given : {&settings.uid, &settings.gid}) {
        if (*given) labels.push_back((*given)->label);
    }
    return join(labels, ", ");
}

// "1500:1500": what to write instead, of the numbers that were given.
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

// The account that is to get other ids.
Result<User> named_account(const Settings& settings, const Accounts& accounts) {
    const std::string name = std::get<SpecName>(*user_spec(settings).user).text;
    auto user = accounts.user_named(name);
    if (!user) {
        const std::string reason = "there is no user " + quote(name) + " in /etc/passwd. Write a name that is";
        return refuse_user(*settings.user, fail(MessageId::user_unknown, reason).value(), accounts);
    }
    if (name == "root" || user->uid == 0) {
        return refuse_id(labels_of(settings),
                         concat({"user ", quote(name), " has uid 0, and root keeps its ids. Name another user, or ",
                                 ids_instead(settings)}));
    }
    return *std::move(user);
}

std::string if_it_need_not_exist(const Error& missing, const std::string& value) {
    return concat({missing.message, ". If it need not exist, write -", quote(value)});
}

class Renumberer {
  public:
    Renumberer(const Settings& settings, const Accounts& accounts) : settings_(settings), accounts_(accounts) {}

    Result<Renumbering> run() {
        const User user = TRY(named_account(settings_, accounts_));
        const uid_t uid = TRY(new_id(settings_.uid, OverflowId::uid, user.uid));
        const gid_t gid = TRY(new_id(settings_.gid, OverflowId::gid, user.gid));
        note_kept(user);
        group_text_ = accounts_.group();
        if (settings_.gid) change_groups(user, gid);
        std::string passwd_text = edited(passwd_path, NewIds{user.name, uid, gid}, accounts_.passwd());
        if (settings_.uid) note_shared_uid(user.name, uid);
        result_.accounts = Accounts(std::move(passwd_text), std::move(group_text_));
        return std::move(result_);
    }

  private:
    // An @PATH that root owns says nothing: Docker Desktop shows every bind mount as root's.
    Result<id_t> new_id(const std::optional<RawValue>& given, OverflowId which, id_t old) {
        if (!given) return old;
        const bool optional = given->value.starts_with('-');
        const SpecPart value = parse_part(std::string_view(given->value).substr(optional ? 1 : 0));
        const auto id = resolve_id(value, which);
        if (!id && is_missing(id.error())) {
            if (!optional) return refuse_value(*given, if_it_need_not_exist(id.error(), given->value));
            result_.notes.push_back(given->label + ": the path does not exist, which is allowed");
            return old;
        }
        if (!id) return refuse_id(given->label, id.error().message);
        if (*id != 0 || !std::holds_alternative<OwnerOf>(value)) return *id;
        kept_.push_back(concat({which == OverflowId::uid ? uid_word : "gid ", std::to_string(old)}));
        kept_labels_.push_back(given->label);
        return old;
    }

    void note_kept(const User& user) {
        if (kept_.empty()) return;
        const bool keeps_uid = kept_.front().starts_with(uid_word);
        result_.not_honoured.push_back(
            {MessageId::owner_unusable,
             concat({"user ", quote(user.name), " keeps its ", join(kept_, " and "), ": root owns the path of ",
                     join(kept_labels_, ", "), keeps_uid ? advice_for_root_outside() : ""})});
    }

    // Without root, a user that a flag names is refused, and strict refuses every other one.
    [[nodiscard, gnu::cold]] std::string advice_for_root_outside() const {
        const std::string root = who_root_is_outside();
        if (root.empty()) return "";
        const SettingName user = settings_.names[Option::user];
        const bool may_keep = !user.starts_with('-') && settings_.strictness == Strictness::lenient;
        std::vector<std::string> flags;
        for (const Option option : {Option::uid, Option::gid}) {
            const auto& given = settings_.raw_value(option);
            if (given && given->origin == Origin::flag) flags.emplace_back(settings_.names[option]);
        }
        return concat({". ", root, ". To run as that person, ", clause_to_set(user, spec_of_root(accounts_)),
                       flags.empty() ? "" : concat({" and leave ", join(flags, " and "), " out"}),
                       may_keep ? ", or " : "", may_keep ? start_with_keep_id() : ""});
    }

    void change_groups(const User& user, gid_t to) {
        const gid_t from = user.gid;
        const auto group = accounts_.group_with(from);
        const auto other = accounts_.other_group_with(to, group ? group->name : user.name);
        if (other && other->name != user.name) {
            note_shared("group " + quote(other->name), "gid " + std::to_string(to), settings_.gid->label);
        }
        if (from == to) return;
        if (group && to != 0 && is_own(*group, user)) {
            return edit_group(NewGid{group->name, from, to});
        }
        if (to != 0) name_new_gid(user.name, to);
        if (group) return stay_in(*group, user);
        if (from == 0 || accounts_.is_shared(from, user.name)) note_lost(user);
    }

    // No access of anybody else depends on its gid.
    [[nodiscard]] bool is_own(const Group& group, const User& user) const {
        const bool has_one_name = group.name == user.name && !accounts_.other_group_with(group.gid, group.name);
        return group.gid != 0 && has_one_name && !accounts_.is_shared(group.gid, user.name);
    }

    void name_new_gid(const std::string& name, gid_t gid) {
        if (accounts_.group_with(gid)) return;
        const auto same_name = accounts_.group_named(name);
        if (same_name) {
            result_.warnings.push_back({MessageId::name_taken, gets_no_name(gid, *same_name)});
        } else {
            edit_group(NewGroup{name, gid});
        }
    }

    // At the next start nothing but its member list tells that the user was in it.
    void stay_in(const Group& group, const User& user) {
        if (user.name.find(',') != std::string::npos) return note_lost(user);
        edit_group(NewMember{group.name, group.gid, user.name});
        result_.notes.push_back(
            concat({"user ", quote(user.name), " stays in group ", std::to_string(group.gid), " (", quote(group.name),
                    "): ", group.gid == 0 ? "the image gave it" : "the group keeps its gid"}));
    }

    void note_lost(const User& user) {
        result_.warnings.push_back(
            {MessageId::groups_lost, concat({"user ", quote(user.name), " leaves group ", std::to_string(user.gid),
                                             ", because /etc/group cannot list the user in it. Name it in ",
                                             settings_.names[Option::groups], " if the user needs it"})});
    }

    void note_shared_uid(const std::string& name, uid_t uid) {
        const auto other = accounts_.other_user_with(uid, name);
        if (other) note_shared("user " + quote(other->name), "uid " + std::to_string(uid), settings_.uid->label);
    }

    void note_shared(const std::string& who, const std::string& id, const std::string& label) {
        result_.warnings.push_back(
            {MessageId::id_shared, concat({who, " has ", id, ", too (", label, "): the two share all that it owns"})});
    }

    void edit_group(AccountEdit edit) { group_text_ = edited(group_path, std::move(edit), group_text_); }

    std::string edited(const char* path, AccountEdit edit, const std::string& text) {
        std::string changed = apply_edit(edit, text);
        if (changed != text) result_.edits.push_back({path, std::move(edit)});
        return changed;
    }

    const Settings& settings_;
    const Accounts& accounts_;
    std::vector<std::string> kept_;
    std::vector<std::string> kept_labels_;
    std::string group_text_;  // as edited so far
    Renumbering result_;
};

}  // namespace

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

Result<std::optional<Renumbering>> decide_renumbering(const Settings& settings, const Accounts& accounts) {
    if (!settings.uid && !settings.gid) return std::optional<Renumbering>();
    TRY(check_new_ids(settings));
    return std::optional(TRY(Renumberer(settings, accounts).run()));
}

bool keeps_old_group(const FileEdit& edit) { return std::holds_alternative<NewMember>(edit.edit); }

}  // namespace stepdown

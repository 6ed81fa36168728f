// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/account_plan.h"

#include "stepdown/base/text.h"
#include "stepdown/identity/identity.h"
#include "stepdown/identity/spec.h"
#include "stepdown/plan/new_ids.h"
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
        const auto id = TRY(given_id(given, which));
        if (!id) {
            result_.notes.push_back(given->label + ": the path does not exist, which is allowed");
            return old;
        }
        if (*id != 0 || is_number(given->value)) return *id;
        kept_.push_back(concat({which == OverflowId::uid ? uid_word : "gid ", std::to_string(old)}));
        kept_labels_.push_back(given->label);
        return old;
    }

    void note_kept(const User& user) {
        if (kept_.empty()) return;
        const bool keeps_uid = kept_.front().starts_with(uid_word);
        result_.not_honoured.push_back(mistake_in(
            Option::uid, MessageId::owner_unusable,
            concat({"user ", quote(user.name), " keeps its ", join(kept_, " and "), ": root owns the path of ",
                    join(kept_labels_, ", "), keeps_uid ? advice_for_root_outside() : ""})));
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

Result<std::optional<Renumbering>> decide_renumbering(const Settings& settings, const Accounts& accounts) {
    if (!settings.uid && !settings.gid) return std::optional<Renumbering>();
    TRY(check_new_ids(settings));
    return std::optional(TRY(Renumberer(settings, accounts).run()));
}

bool keeps_old_group(const FileEdit& edit) { return std::holds_alternative<NewMember>(edit.edit); }

}  // namespace stepdown

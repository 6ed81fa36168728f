#include "stepdown/plan/account_plan.h"

#include "stepdown/base/text.h"
#include "stepdown/identity/spec.h"
#include "stepdown/settings/value_hint.h"

#include <algorithm>
#include <utility>

namespace stepdown {
namespace {

const char* const passwd_path = "/etc/passwd";
const char* const group_path = "/etc/group";

std::string number(id_t id) { return std::to_string(id); }

Failure refuse_id(const std::string& labels, const std::string& reason) {
    return fail("cannot use " + labels + ": " + reason);
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
    const auto is_written = [](const std::optional<Given>& given) { return given && is_number(given->value); };
    const std::string uid = is_written(settings.uid)   ? settings.uid->value
                            : is_written(settings.gid) ? settings.gid->value
                                                       : "1500";
    return uid + ":" + (is_written(settings.gid) ? settings.gid->value : uid);
}

// The account that is to get other ids.
Result<User> named_account(const Settings& settings, const Accounts& accounts) {
    const UserSpec spec = settings.user ? parse_user_spec(settings.user->value) : UserSpec{};
    const auto* name = spec.user ? std::get_if<SpecName>(&*spec.user) : nullptr;
    if (name == nullptr) {
        const std::string ids = as_user_spec(settings);
        return refuse_id(labels_of(settings),
                         "it needs GOSU_USER to be a name. To run as " + ids + " write GOSU_USER=" + ids);
    }
    auto user = accounts.user_named(name->text);
    if (!user) {
        return refuse_value(*settings.user,
                            "there is no user " + quote(name->text) + " in /etc/passwd. Write a name that is");
    }
    if (name->text == "root" || user->uid == 0) {
        const std::string ids = as_user_spec(settings);
        return refuse_id(labels_of(settings),
                         "user " + quote(name->text) +
                             " has uid 0, and root keeps its ids. Name another user, or write GOSU_USER=" + ids);
    }
    return *std::move(user);
}

class Renumberer {
  public:
    Renumberer(const Settings& settings, const Accounts& accounts) : settings_(settings), accounts_(accounts) {}

    Result<Renumbering> run() {
        const User user = TRY(named_account(settings_, accounts_));
        const uid_t uid = TRY(new_id(settings_.uid, OverflowId::uid, user.uid));
        const gid_t gid = TRY(new_id(settings_.gid, OverflowId::gid, user.gid));
        note_kept(user);
        std::string group_text = renumber_group(user.gid, gid);
        std::string passwd_text = edited(passwd_path, NewIds{user.name, uid, gid}, accounts_.passwd());
        if (settings_.uid) note_shared_uid(user.name, uid);
        result_.accounts = Accounts(std::move(passwd_text), std::move(group_text));
        return std::move(result_);
    }

  private:
    // An @PATH that root owns says nothing: Docker Desktop shows every bind mount as root's.
    Result<id_t> new_id(const std::optional<Given>& given, OverflowId which, id_t old) {
        if (!given) return old;
        const SpecPart value = parse_part(given->value);
        const auto id = resolve_id(value, which);
        if (!id && is_missing(id.error())) return refuse_value(*given, id.error().message);
        if (!id) return refuse_id(given->label, id.error().message);
        if (*id != 0 || !std::holds_alternative<OwnerOf>(value)) return *id;
        kept_.push_back((which == OverflowId::uid ? "uid " : "gid ") + number(old));
        kept_labels_.push_back(given->label);
        return old;
    }

    void note_kept(const User& user) {
        if (kept_.empty()) return;
        result_.not_honoured.push_back("user " + quote(user.name) + " keeps its " + join(kept_, " and ") +
                                       ": root owns the path of " + join(kept_labels_, ", "));
    }

    // Group 0 stays root's alone: its line keeps its gid, and no other line, with its members, gets it.
    std::string renumber_group(gid_t from, gid_t to) {
        const auto group = accounts_.group_with(from);
        if (!group) return accounts_.group();
        const auto other = settings_.gid ? accounts_.other_group_with(to, group->name) : std::nullopt;
        if (other) note_shared("group " + quote(other->name), "gid " + number(to), settings_.gid->label);
        if (from == to || from == 0 || to == 0) return accounts_.group();
        return edited(group_path, NewGid{group->name, from, to}, accounts_.group());
    }

    void note_shared_uid(const std::string& name, uid_t uid) {
        const auto other = accounts_.other_user_with(uid, name);
        if (other) note_shared("user " + quote(other->name), "uid " + number(uid), settings_.uid->label);
    }

    void note_shared(const std::string& who, const std::string& id, const std::string& label) {
        result_.warnings.push_back(concat({who, " has ", id, ", too (", label, "): the two share all that it owns"}));
    }

    std::string edited(const char* path, AccountEdit edit, const std::string& text) {
        std::string changed = apply_edit(edit, text);
        if (changed != text) result_.edits.push_back({path, std::move(edit)});
        return changed;
    }

    const Settings& settings_;
    const Accounts& accounts_;
    std::vector<std::string> kept_;
    std::vector<std::string> kept_labels_;
    Renumbering result_;
};

bool can_stand_in_passwd(const std::string& field) {
    return std::none_of(field.begin(), field.end(), [](unsigned char c) { return c == ':' || c < ' ' || c == 0x7F; });
}

std::string free_name(const std::string& name, const Accounts& accounts) {
    for (int suffix = 2;; ++suffix) {
        std::string proposal = name + std::to_string(suffix);
        if (!accounts.user_named(proposal)) return proposal;
    }
}

Result<void> check_name(const std::string& name, uid_t uid, const Accounts& accounts) {
    const auto owner = accounts.user_named(name);
    if (owner) {
        return fail("uid " + number(owner->uid) + " has that name already. Write another one, such as " +
                    free_name(name, accounts));
    }
    if (name == "root" && uid != 0) return fail("only uid 0 may be root. Write another name, such as app");
    if (name != "root" && uid == 0) return fail("uid 0 is root. Write GOSU_PASSWD_NAME=root, or another user");
    return {};
}

}  // namespace

Result<std::optional<Renumbering>> decide_renumbering(const Settings& settings, const Accounts& accounts) {
    if (!settings.uid && !settings.gid) return std::optional<Renumbering>();
    return std::optional(TRY(Renumberer(settings, accounts).run()));
}

Result<NewEntry> decide_new_entry(const Given& name, const Identity& identity, const std::string& home,
                                  const Accounts& accounts) {
    const auto usable = check_name(name.value, identity.uid, accounts);
    if (!usable) return refuse_id(name.label, usable.error().message);
    if (!can_stand_in_passwd(home)) {
        return refuse_id(name.label, "its home " + quote(home) +
                                         " holds a colon or a control byte, which /etc/passwd "
                                         "cannot hold. Set another GOSU_HOME");
    }
    NewEntry entry{{name.value, identity.uid, identity.gid, home}, identity.group_name, {}, {}};
    const auto group = accounts.group_with(identity.gid);
    const auto same_name = accounts.group_named(name.value);
    if (!group && same_name) {
        entry.warnings.push_back("gid " + number(identity.gid) + " gets no name: group " + quote(name.value) +
                                 " has gid " + number(same_name->gid));
    } else if (!group) {
        entry.group_name = name.value;
        entry.edits.push_back({group_path, NewGroup{name.value, identity.gid}});
    }
    entry.edits.push_back({passwd_path, NewUser{name.value, identity.uid, identity.gid, home}});
    return entry;
}

bool adds_user(const FileEdits& edits) {
    return std::any_of(edits.begin(), edits.end(),
                       [](const FileEdit& each) { return std::holds_alternative<NewUser>(each.edit); });
}

}  // namespace stepdown

// SPDX-License-Identifier: Apache-2.0

#include "stepdown/identity/identity.h"

#include "stepdown/base/text.h"
#include "stepdown/system/resolve.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace stepdown {
namespace {

Failure malformed(std::string reason) {
    return Failure(Error{std::move(reason), ExitCode::failure, EINVAL, MessageId::setting_invalid});
}

// Of a name that is in no account file.
Failure missing(MessageId id, std::string message) {
    return Failure(Error{std::move(message), ExitCode::failure, ENOENT, id});
}

Result<id_t> id_from(const SpecNumber& number) {
    const auto id = parse_id(number.text);
    if (!id) return malformed(number.text + " is not an id: ids are 0 to 4294967294");
    return id_t{*id};
}

Result<struct stat> status_of(const OwnerOf& owner) {
    if (owner.path.empty()) return malformed("@ needs a path, such as @/data");
    auto object = resolve("read the owner of", owner.path);
    if (!object) return with_id(MessageId::owner_unusable, Failure(std::move(object).error()));
    struct stat status {};
    if (::fstat(object->fd.get(), &status) != 0)
        return system_error("cannot read the owner of " + quote(owner.path), errno);
    return status;
}

// The overflow id says either of two things, and only whoever wrote the setting knows which.
Failure ambiguous(const OwnerOf& owner, OverflowId which, id_t id, std::string_view advice) {
    const bool user = which == OverflowId::uid;
    return fail(MessageId::owner_unusable,
                concat({quote(owner.path), " shows ", user ? "the owner " : "the group ", std::to_string(id),
                        ", which may stand for one that is not mapped in this user namespace. Write ", advice}));
}

// Root cannot be meant by a path. Under a rootless engine it is the person whose files the path shows.
[[gnu::cold]] Failure owned_by_root(const OwnerOf& owner, const Accounts& accounts, uid_t current_uid) {
    const std::string root = who_root_is_outside();
    if (root.empty()) {
        return fail(MessageId::owner_unusable,
                    quote(owner.path) +
                        " belongs to root (Docker makes a missing bind mount as root). Give it to a user on the host, "
                        "or write the ids, such as 1000:1000");
    }
    return fail(
        MessageId::owner_unusable,
        concat({quote(owner.path), " belongs to root. ", root, ". To run as that person, ",
                current_uid == 0 ? concat({"write ", spec_of_root(accounts), ", or "}) : "", start_with_keep_id()}));
}

Result<uid_t> owning_user(const OwnerOf& owner, const struct stat& status) {
    if (may_have_no_mapping(OverflowId::uid, status.st_uid)) {
        return ambiguous(owner, OverflowId::uid, status.st_uid, "the ids, such as 1000:1000");
    }
    return status.st_uid;
}

[[gnu::cold]] Failure owned_by_group_0(const OwnerOf& owner, std::string_view advice) {
    const auto outside = id_outside(OverflowId::gid, 0);
    const std::string known = outside ? concat({" (gid ", std::to_string(*outside), " outside)"}) : "";
    return fail(MessageId::owner_unusable, concat({quote(owner.path), " belongs to group 0", known, ". ", advice}));
}

Result<gid_t> owning_group(const OwnerOf& owner, const struct stat& status, std::string_view zero_advice) {
    if (status.st_gid == 0) return owned_by_group_0(owner, zero_advice);
    if (may_have_no_mapping(OverflowId::gid, status.st_gid)) {
        return ambiguous(owner, OverflowId::gid, status.st_gid, "the gid");
    }
    return status.st_gid;
}

// The user half, and what it tells about the group where the spec has no other half.
struct UserHalf {
    uid_t uid = 0;
    std::optional<User> entry;
    std::optional<gid_t> gid;
};

class UserResolver {
  public:
    UserResolver(const Accounts& accounts, uid_t current_uid, bool takes_group)
        : accounts_(accounts), current_uid_(current_uid), takes_group_(takes_group) {}

    Result<UserHalf> operator()(const SpecName& name) const {
        auto entry = accounts_.user_named(name.text);
        if (!entry && name.text == "root") {
            return fail(MessageId::user_unknown, "there is no user root in /etc/passwd. To run as root write 0:0");
        }
        if (!entry) {
            return missing(MessageId::user_unknown, "there is no user " + quote(name.text) +
                                                        " in /etc/passwd. Write a name that is, or UID:GID");
        }
        if (entry->uid == 0 && name.text != "root") {
            return fail(MessageId::root_unnamed, "user " + quote(name.text) + " has uid 0. To run as root write root");
        }
        const User& user = *entry;
        return UserHalf{user.uid, user, user.gid};
    }

    Result<UserHalf> operator()(const SpecNumber& number) const {
        const uid_t uid = TRY(id_from(number));
        if (uid == 0 && number.text != "0") return malformed(number.text + " is uid 0. To run as root write 0");
        return with_entry(uid);
    }

    Result<UserHalf> operator()(const OwnerOf& owner) const {
        const struct stat status = TRY(status_of(owner));
        if (status.st_uid == 0) return owned_by_root(owner, accounts_, current_uid_);
        UserHalf half = with_entry(TRY(owning_user(owner, status)));
        if (takes_group_) half.gid = TRY(owning_group(owner, status, "Write the group, such as 1000:1000"));
        return half;
    }

    [[nodiscard]] UserHalf with_entry(uid_t uid) const {
        auto entry = accounts_.user_with(uid);
        const std::optional<gid_t> gid = entry ? std::optional(entry->gid) : std::nullopt;
        return UserHalf{uid, std::move(entry), gid};
    }

  private:
    const Accounts& accounts_;
    uid_t current_uid_;
    bool takes_group_;
};

Result<UserHalf> resolve_user_half(const UserSpec& spec, const Accounts& accounts, uid_t current_uid) {
    const UserResolver resolver(accounts, current_uid, !spec.group);
    if (spec.user) return std::visit(resolver, *spec.user);
    if (current_uid == 0) {
        return fail(MessageId::root_unnamed,
                    "the user before the colon is empty, which would mean root. To run as root write 0:GID");
    }
    return resolver.with_entry(current_uid);
}

Result<gid_t> group_half(const SpecPart& part, const Accounts& accounts) {
    return resolve_group(part, accounts, "Write the gid, such as 1000");
}

// The error of the user half, and that of the group half where there is one. An @PATH that stands in both is one error.
[[gnu::cold]] Failure refuse_halves(Error user, const UserSpec& spec, const Accounts& accounts) {
    const bool is_same_path = spec.user && std::holds_alternative<OwnerOf>(*spec.user) && spec.group == spec.user;
    if (!spec.group || is_same_path) return Failure(std::move(user));
    auto group = group_half(*spec.group, accounts);
    if (!group) add_error(user, group.error());
    return Failure(std::move(user));
}

}  // namespace

[[gnu::cold]] std::string_view spec_of_root(const Accounts& accounts) {
    const auto root = accounts.user_named("root");
    return root && root->uid == 0 ? "root" : "0:0";
}

bool is_malformed(const Fault& fault) { return fault.number == EINVAL; }

Result<gid_t> resolve_group(const SpecPart& entry, const Accounts& accounts, std::string_view zero_advice) {
    if (const auto* number = std::get_if<SpecNumber>(&entry)) return id_from(*number);
    if (const auto* owner = std::get_if<OwnerOf>(&entry)) {
        return owning_group(*owner, TRY(status_of(*owner)), zero_advice);
    }
    const std::string& name = std::get<SpecName>(entry).text;
    const auto group = accounts.group_named(name);
    if (!group) {
        return missing(MessageId::group_unknown,
                       "there is no group " + quote(name) + " in /etc/group. Write a name that is, or a gid");
    }
    return group->gid;
}

Result<id_t> resolve_id(const SpecPart& value, OverflowId which) {
    if (const auto* number = std::get_if<SpecNumber>(&value)) return id_from(*number);
    const auto* owner = std::get_if<OwnerOf>(&value);
    if (owner == nullptr) return fail(MessageId::setting_invalid, "it is neither a number nor @PATH");
    const struct stat status = TRY(status_of(*owner));
    const id_t id = which == OverflowId::uid ? status.st_uid : status.st_gid;
    if (may_have_no_mapping(which, id)) return ambiguous(*owner, which, id, "the number");
    return id;
}

Result<Identity> resolve_user(const UserSpec& spec, const Accounts& accounts, uid_t current_uid) {
    auto half = resolve_user_half(spec, accounts, current_uid);
    if (!half) return refuse_halves(std::move(half).error(), spec, accounts);
    if (spec.group) half->gid = TRY(group_half(*spec.group, accounts));
    if (!half->gid) {
        const std::string uid = std::to_string(half->uid);
        return fail(MessageId::group_unknown,
                    "uid " + uid + " has no entry in /etc/passwd, so its group is unknown. Write " + uid + ":GID");
    }
    const auto group = accounts.group_with(*half->gid);
    return Identity{half->uid, *half->gid, std::move(half->entry), group ? group->name : ""};
}

}  // namespace stepdown

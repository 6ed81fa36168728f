// SPDX-License-Identifier: Apache-2.0
// Who a spec means. The input is a spec, a list of groups, the text of a passwd(5) and that of a group(5), with lines
// "--" between them.
#include "stepdown/identity/spec.h"

#include "stepdown/base/text.h"
#include "stepdown/compat/identity.h"
#include "stepdown/identity/groups.h"
#include "stepdown/identity/identity.h"
#include "stepdown/settings/shell_words.h"

#include "fuzz/account_model.h"
#include "fuzz/oracle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <map>

namespace {

using namespace stepdown;
using namespace stepdown::fuzz;

// The files that @PATH may name, with their owners; without root all are the caller's own.
struct OwnedFile {
    uid_t uid;
    gid_t gid;
};
std::map<std::string, OwnedFile> owned_files{
    {"app", {1000, 1001}}, {"root", {0, 0}}, {"mixed", {1000, 0}}, {"wheel", {0, 10}}, {"nobody", {65534, 65534}}};

const std::string& make_files() {
    const std::string& directory = scratch_directory();
    for (auto& [name, owner] : owned_files) {
        const std::string path = directory + "/" + name;
        ::close(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        if (::lchown(path.c_str(), owner.uid, owner.gid) == 0) continue;
        owner = {::geteuid(), ::getegid()};
    }
    return directory;
}

enum class Half { user, group };

// What the contract says that a half of a spec means.
struct Meaning {
    bool is_certain = true;          // not so for an @PATH to some other file
    std::optional<std::string> id;   // nothing: it is refused
    std::optional<std::string> gid;  // that the account, or the file, has beside
};

// In the first user namespace 65534 is nobody; in every other it may be an id that is not mapped.
bool maps_every_id() {
    std::ifstream uids("/proc/self/uid_map");
    std::ifstream gids("/proc/self/gid_map");
    std::uint64_t first = 1;
    std::uint64_t outside = 1;
    std::uint64_t count = 0;
    for (std::ifstream* map : {&uids, &gids}) {
        if (!(*map >> first >> outside >> count) || first != 0 || outside != 0 || count != 4294967295) return false;
    }
    return true;
}

std::optional<std::string> owner_id(id_t id) {
    constexpr id_t overflow = 65534;
    static const bool is_ordinary = maps_every_id();
    return id == 0 || (id == overflow && !is_ordinary) ? std::nullopt : std::optional(std::to_string(id));
}

Meaning meaning_of_path(const std::string& path, Half half) {
    const auto file = owned_files.find(path);
    if (file == owned_files.end()) return {false, {}, {}};
    const auto [uid, gid] = file->second;
    return half == Half::group ? Meaning{true, owner_id(gid), {}} : Meaning{true, owner_id(uid), owner_id(gid)};
}

class Model {
  public:
    Model(std::string_view passwd, std::string_view group)
        : users_(passwd_lines(passwd)), groups_(group_lines(group)) {}

    [[nodiscard]] Meaning user(const std::string& text, uid_t current) const {
        if (text.empty()) return current == 0 ? Meaning{} : with_line(std::to_string(current));
        if (text[0] == '@') return meaning_of_path(text.substr(1), Half::user);
        if (const auto number = number_from(text)) {
            const auto id = id_from(text);
            return !id || (*id == "0" && text != "0") ? Meaning{} : with_line(*id);
        }
        const auto* line = line_named(users_, text);
        if (line == nullptr || (line->uid == "0" && text != "root")) return {};
        return {true, line->uid, line->gid};
    }

    [[nodiscard]] Meaning group(const std::string& text) const {
        if (text[0] == '@') return meaning_of_path(text.substr(1), Half::group);
        if (number_from(text)) return {true, id_from(text), {}};
        const auto* line = line_named(groups_, text);
        return line == nullptr ? Meaning{} : Meaning{true, line->gid, {}};
    }

    // Of a number, the gid if a line has it.
    [[nodiscard]] Meaning listed_gid(const std::string& text) const {
        const auto id = id_from(text);
        return id && line_with(groups_, *id) != nullptr ? Meaning{true, id, {}} : Meaning{};
    }

    // Whether the peers may take text for id: they find root under any name, and signs before numbers.
    [[nodiscard]] bool peers_may_mean(const std::string& text, const std::string& id, Half half,
                                      const char* largest) const {
        const bool is_signed = text.starts_with('+') || (text.starts_with('-') && id == "0");
        const auto number = number_from(is_signed ? text.substr(1) : text);
        if (number) return *number == id && is_at_most(*number, largest);
        if (half == Half::user) return line_named(users_, text) != nullptr && line_named(users_, text)->uid == id;
        return line_named(groups_, text) != nullptr && line_named(groups_, text)->gid == id;
    }
    [[nodiscard]] const PasswdLine* user_line(const std::string& uid) const { return line_with(users_, uid); }
    [[nodiscard]] const PasswdLine* line_of(const std::string& name) const { return line_named(users_, name); }

  private:
    [[nodiscard]] Meaning with_line(const std::string& uid) const {
        const auto* line = line_with(users_, uid);
        return {true, uid, line == nullptr ? std::nullopt : std::optional(line->gid)};
    }

    std::vector<PasswdLine> users_;
    std::vector<GroupLine> groups_;
};

struct Halves {
    std::string user;
    std::string group;
};

Halves halves_of(const std::string& spec) {
    const auto colon = std::min(spec.find(':'), spec.size());
    return {spec.substr(0, colon), spec.substr(std::min(colon + 1, spec.size()))};
}

void check_identity(const std::string& spec, const Model& model, const Accounts& accounts, uid_t current) {
    const auto [user_text, group_text] = halves_of(spec);
    const Meaning user = model.user(user_text, current);
    const Meaning group = group_text.empty() ? Meaning{user.is_certain, user.gid, {}} : model.group(group_text);
    const auto found = resolve_user(parse_user_spec(spec), accounts, current);
    expect(found || is_clean(found.error().message), "a refusal has a reason", {spec});
    if (!found && (!user.is_certain || !group.is_certain)) return;
    const bool is_meant = (!user.is_certain || user.id) && (!group.is_certain || group.id);
    expect(found.has_value() == is_meant, "a spec is taken or refused as it is meant", {spec});
    if (!found) return;
    const std::string uid = std::to_string(found->uid);
    const std::string gid = std::to_string(found->gid);
    expect(found->uid != 0 || user_text == "root" || user_text == "0", "only root or 0 is uid 0", {spec});
    expect(!user.is_certain || uid == user.id, "the uid is the one that is meant", {spec, uid});
    expect(group.is_certain ? gid == group.id : gid != "0", "the gid is the one that is meant", {spec, gid});
}

// With a leading '-' a group need not exist; what exists and is refused stays refused.
void check_group(const std::string& entry, const Model& model, const Groups* groups, std::size_t& next) {
    const bool optional = entry.starts_with('-');
    const std::string text = entry.substr(optional ? 1 : 0);
    if (text.empty() || (optional && text[0] == '-')) {
        return expect(groups == nullptr, "a - needs a group behind it", {entry});
    }
    const Meaning meant = optional && number_from(text) ? model.listed_gid(text) : model.group(text);
    const bool may_lack = optional && meant.is_certain && !meant.id;
    if (groups == nullptr) return;
    expect(!meant.is_certain || meant.id || may_lack, "what is no group is refused", {entry});
    if (std::find(groups->absent.begin(), groups->absent.end(), entry) != groups->absent.end()) {
        return expect(optional && (!meant.is_certain || !meant.id), "only what need not exist is absent", {entry});
    }
    const std::string gid = std::to_string(groups->members.at(next++).gid);
    expect(meant.is_certain ? gid == meant.id : gid != "0", "the gid is the one that is meant", {entry, gid});
}

void check_groups(const std::string& list, const Model& model, const Accounts& accounts) {
    const auto entries = split_list(list);
    const auto groups = groups_of_setting(entries, accounts, "GOSU_GROUPS");
    expect(groups || is_clean(groups.error().message), "a refusal has a reason", {list});
    std::size_t next = 0;
    for (const std::string& entry : entries) check_group(entry, model, groups ? &*groups : nullptr, next);
    if (!groups) return;
    Groups sum;
    add_groups(sum, *groups, 1000);
    const auto gids = gids_of(sum);
    expect(std::is_sorted(gids.begin(), gids.end()) && std::adjacent_find(gids.begin(), gids.end()) == gids.end(),
           "each gid is there once, in order", {list});
    expect(std::find(gids.begin(), gids.end(), 1000) == gids.end(), "the primary gid is not repeated", {list});
}

// Of the groups that the process has, those of root's are left out, whatever the file says.
void check_groups_of_container(const std::string& text, const Accounts& accounts) {
    const auto lines = group_lines(text);
    CurrentGroups current{7, {0, 7, 1000, 65534}};
    for (const GroupLine& line : lines) current.supplementary.push_back(static_cast<gid_t>(std::stoul(line.gid)));
    const Groups groups = groups_of_container(current, accounts);
    for (const Membership& member : groups.members) {
        const std::string gid = std::to_string(member.gid);
        expect(gid != "0" && gid != "7" && gid != "65534", "a group of root's is not inherited", {gid});
        for (const GroupLine& line : lines) {
            const bool lists_root = std::find(line.members.begin(), line.members.end(), "root") != line.members.end();
            expect(line.gid != gid || !lists_root, "a group that lists root is not inherited", {gid});
        }
    }
    expect(groups.members.size() + groups.ignored.size() == current.supplementary.size(), "no group is forgotten");
}

void check_peer(const std::string& spec, const Halves& halves, const Model& model,
                const Result<CompatIdentity>& identity, CurrentIds current, const char* largest) {
    if (!identity) return;
    const std::string uid = std::to_string(identity->uid);
    const std::string gid = std::to_string(identity->gid);
    const bool is_current = halves.user.empty() && identity->uid == current.uid;
    expect(is_current || model.peers_may_mean(halves.user, uid, Half::user, largest), "a peer's uid is in the spec",
           {spec, uid});
    if (!halves.group.empty()) {
        expect(model.peers_may_mean(halves.group, gid, Half::group, largest), "a peer's gid is in the spec",
               {spec, gid});
        return;
    }
    const auto* by_name = number_from(halves.user) ? nullptr : model.line_of(halves.user);
    const auto* line = by_name != nullptr ? by_name : model.user_line(uid);
    expect(gid == (line == nullptr ? std::to_string(current.gid) : line->gid), "a peer's gid is the account's", {spec});
}

void check_peers(const std::string& spec, const Model& model, const Accounts& accounts) {
    constexpr CurrentIds current{0, 7};
    Halves halves = halves_of(spec);
    check_peer(spec, halves, model, resolve_as_su_exec(spec, accounts, current), current, "4294967294");
    halves.group = cut(halves.group, ":")[0];
    check_peer(spec, halves, model, resolve_as_gosu(spec, accounts, current), current, "2147483647");
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const std::string& directory = make_files();
    auto texts = cut({reinterpret_cast<const char*>(data), size}, "\n--\n");
    texts.resize(4);
    const auto& [spec, list, passwd, group] = std::tie(texts[0], texts[1], texts[2], texts[3]);
    if (spec.empty() || (spec + list).find('\0') != std::string::npos) return -1;
    const Model model(passwd, group);
    const Accounts accounts(passwd, group);
    const WorkingDirectory here(directory);
    for (const uid_t current : {0U, 1000U}) check_identity(spec, model, accounts, current);
    check_groups(list, model, accounts);
    check_groups_of_container(group, accounts);
    check_peers(spec, model, accounts);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Account files. The input is the text of a passwd(5), a line "--", and that of a group(5).
#include "stepdown/identity/accounts.h"

#include "fuzz/account_model.h"
#include "fuzz/oracle.h"

#include <algorithm>
#include <cstdint>
#include <set>

namespace {

using namespace stepdown;
using namespace stepdown::fuzz;

// What is asked for: everything that stands anywhere in the text.
std::set<std::string> pieces_of(std::string_view text) {
    std::set<std::string> pieces;
    for (const std::string& line : cut(text, "\n")) {
        for (const std::string& field : cut(line, ":")) {
            for (std::string& piece : cut(field, ",")) pieces.insert(std::move(piece));
        }
    }
    pieces.erase("");
    return pieces;
}

// The ids that the numbers among pieces could be taken for: themselves, and where they would wrap; and what garbage
// could be.
std::set<id_t> ids_among(const std::set<std::string>& pieces) {
    std::set<id_t> ids{0, 4294967295};
    for (const std::string& piece : pieces) {
        if (!number_from(piece)) continue;
        std::uint64_t value = 0;
        for (const char c : piece) value = value * 10 + static_cast<std::uint64_t>(c - '0');
        ids.insert(static_cast<id_t>(value));
    }
    return ids;
}

void check_user(const std::optional<User>& user, const PasswdLine* meant, const std::string& asked) {
    expect(user.has_value() == (meant != nullptr), "a user is found where a line tells it", {asked});
    if (!user) return;
    expect(user->name == meant->name && user->home == meant->home, "it is the first line's", {asked, user->name});
    expect(std::to_string(user->uid) == meant->uid, "the uid is the one in the line", {asked, meant->uid});
    expect(std::to_string(user->gid) == meant->gid, "the gid is the one in the line", {asked, meant->gid});
}

void check_group(const std::optional<Group>& group, const GroupLine* meant, const std::string& asked) {
    expect(group.has_value() == (meant != nullptr), "a group is found where a line tells it", {asked});
    if (!group) return;
    expect(group->name == meant->name, "it is the first line's", {asked, group->name});
    expect(std::to_string(group->gid) == meant->gid, "the gid is the one in the line", {asked, meant->gid});
}

void check_listing(const Accounts& accounts, const std::vector<GroupLine>& lines, const std::string& user) {
    std::vector<Group> found = accounts.groups_listing(user);
    std::reverse(found.begin(), found.end());
    for (const GroupLine& line : lines) {
        if (std::find(line.members.begin(), line.members.end(), user) == line.members.end()) continue;
        expect(!found.empty() && found.back().name == line.name && std::to_string(found.back().gid) == line.gid,
               "every group that lists a user is found, in order", {user, line.name});
        found.pop_back();
    }
    expect(found.empty(), "no group lists a user that it does not name", {user});
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    auto texts = cut({reinterpret_cast<const char*>(data), size}, "\n--\n");
    texts.resize(2);
    const Accounts accounts(texts[0], texts[1]);
    const auto users = passwd_lines(texts[0]);
    const auto groups = group_lines(texts[1]);
    const auto pieces = pieces_of(texts[0] + "\n" + texts[1]);
    for (const std::string& name : pieces) {
        check_user(accounts.user_named(name), line_named(users, name), name);
        check_group(accounts.group_named(name), line_named(groups, name), name);
        check_listing(accounts, groups, name);
    }
    for (const id_t id : ids_among(pieces)) {
        const std::string number = std::to_string(id);
        check_user(accounts.user_with(id), line_with(users, number), number);
        check_group(accounts.group_with(id), line_with(groups, number), number);
    }
    return 0;
}

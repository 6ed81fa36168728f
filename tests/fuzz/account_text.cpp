// SPDX-License-Identifier: Apache-2.0
// Edits of account files. The input is a line "KIND NAME ID ID HOME", and the text of a passwd(5) or a group(5).
#include "stepdown/prepare/account_text.h"

#include "stepdown/base/text.h"

#include "fuzz/account_model.h"
#include "fuzz/oracle.h"

#include <algorithm>

namespace {

using namespace stepdown;
using namespace stepdown::fuzz;

// As prepare/account_text.h wants it, and the settings see to.
bool can_be_field(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c == ':' || c < ' ' || c == 0x7F; });
}
bool can_be_name(std::string_view text) {
    return can_be_field(text) && !text.empty() && std::string_view("#+-").find(text[0]) == std::string_view::npos;
}

std::optional<AccountEdit> edit_from(const std::string& line) {
    auto words = cut(line, " ");
    words.resize(5);
    const auto first = parse_id(words[2]);
    const auto second = parse_id(words[3]);
    if (!first || !second || !can_be_name(words[1]) || !can_be_field(words[4])) return std::nullopt;
    if (words[0] == "user") return NewUser{words[1], *first, *second, words[4]};
    if (words[0] == "group") return NewGroup{words[1], *first};
    if (words[0] == "ids") return NewIds{words[1], *first, *second};
    if (words[0] == "member" && can_be_name(words[4]) && words[4].find(',') == std::string::npos) {
        return NewMember{words[1], *first, words[4]};
    }
    if (words[0] == "gid") return NewGid{words[1], *first, *second};
    return std::nullopt;
}

bool is_line_end(std::string_view text) { return text == "\n" || text == "\r\n"; }

// after is before and one line more, which is all that is new to a reader.
void check_appended(std::string_view before, std::string_view after, const std::string& line) {
    expect(after.substr(0, before.size()) == before, "what was there stays, byte for byte", {before, after});
    const std::string_view more = after.substr(before.size());
    const auto at = more.find(line);
    expect(at != std::string_view::npos, "the new line is there, as it is meant", {line, after});
    const std::string_view link = more.substr(0, at);
    const bool was_ended = before.empty() || before.back() == '\n';
    expect(was_ended ? link.empty() : is_line_end(link), "the line before is ended once", {before, after});
    expect(is_line_end(more.substr(at + line.size())), "the new line is ended", {after});
}

// Every line but that of index is the same; that one is the same but for the fields from first on, which are fields.
void check_changed(std::string_view before, std::string_view after, std::size_t index, std::size_t first,
                   const std::vector<std::string>& fields) {
    auto lines = cut(before, "\n");
    std::string& line = lines[index];
    const bool has_return = line.ends_with('\r');
    if (has_return) line.pop_back();
    auto parts = cut(line, ":");
    std::copy(fields.begin(), fields.end(), parts.begin() + static_cast<std::ptrdiff_t>(first));
    line = join(parts, ":") + (has_return ? "\r" : "");
    expect(after == join(lines, "\n"), "the ids of the first entry change, and no other byte", {before, after});
}

struct Oracle {
    std::string_view before;
    std::string_view after;

    void unchanged() const { expect(before == after, "what is right already is left alone", {before, after}); }

    void operator()(const NewUser& user) const {
        auto users = passwd_lines(before);
        const std::string uid = std::to_string(user.uid);
        const std::string gid = std::to_string(user.gid);
        if (line_named(users, user.name) != nullptr || line_with(users, uid) != nullptr) return unchanged();
        check_appended(
            before, after,
            join(std::vector<std::string>{user.name, "x", uid, gid, user.name, user.home, "/sbin/nologin"}, ":"));
        const auto now = passwd_lines(after);
        users.push_back({user.name, uid, gid, user.home, now.empty() ? 0 : now.back().line});
        expect(now == users, "the new user is read as the last one", {before, after});
    }
    void operator()(const NewGroup& group) const {
        auto groups = group_lines(before);
        const std::string gid = std::to_string(group.gid);
        if (line_named(groups, group.name) != nullptr || line_with(groups, gid) != nullptr) return unchanged();
        check_appended(before, after, group.name + ":x:" + gid + ":");
        const auto now = group_lines(after);
        groups.push_back({group.name, gid, {""}, now.empty() ? 0 : now.back().line});
        expect(now == groups, "the new group is read as the last one", {before, after});
    }
    void operator()(const NewIds& user) const {
        const auto users = passwd_lines(before);
        const std::string uid = std::to_string(user.uid);
        const std::string gid = std::to_string(user.gid);
        const auto* line = line_named(users, user.name);
        if (line == nullptr || (line->uid == uid && line->gid == gid)) return unchanged();
        check_changed(before, after, line->line, 2, {uid, gid});
    }
    void operator()(const NewGid& group) const {
        const auto groups = group_lines(before);
        const auto* line = line_named(groups, group.name);
        if (line == nullptr || line->gid != std::to_string(group.from) || group.from == group.to) return unchanged();
        check_changed(before, after, line->line, 2, {std::to_string(group.to)});
    }
    void operator()(const NewMember& member) const {
        const auto groups = group_lines(before);
        const std::string gid = std::to_string(member.gid);
        const auto line = std::find_if(groups.begin(), groups.end(), [&](const GroupLine& each) {
            return each.name == member.group && each.gid == gid;
        });
        if (line == groups.end()) return unchanged();
        const auto& members = line->members;
        if (std::find(members.begin(), members.end(), member.user) != members.end()) return unchanged();
        const auto now = group_lines(after);
        expect(now.size() == groups.size() && after.size() > before.size(), "no line is added or lost",
               {before, after});
        const auto& grown = now.at(static_cast<std::size_t>(line - groups.begin())).members;
        expect(std::find(grown.begin(), grown.end(), member.user) != grown.end(), "the user is a member", {after});
        expect(after.size() - before.size() <= member.user.size() + 2, "nothing else is added", {before, after});
    }
};

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(input.find('\n'), input.size());
    const auto edit = edit_from(std::string(input.substr(0, end)));
    if (!edit) return -1;
    const std::string before(input.substr(std::min(end + 1, input.size())));
    const std::string after = apply_edit(*edit, before);
    std::visit(Oracle{before, after}, *edit);
    expect(apply_edit(*edit, after) == after, "a second application changes nothing", {before, after});
    expect(is_clean(in_words(*edit)), "the edit can be told in words", {in_words(*edit)});
    return 0;
}

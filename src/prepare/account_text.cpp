// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/account_text.h"

#include "stepdown/base/text.h"
#include "stepdown/identity/account_lines.h"
#include "stepdown/identity/accounts.h"

#include <algorithm>
#include <cstddef>

namespace stepdown {
namespace {

std::string ids(id_t uid, id_t gid) { return std::to_string(uid) + ":" + std::to_string(gid); }

// The end of each line of text; the first line speaks for all.
std::string_view line_end(std::string_view text) {
    const auto feed = text.find('\n');
    const std::string_view first = text.substr(0, feed);
    return first.ends_with('\r') ? "\r\n" : "\n";
}

class Editor {
  public:
    explicit Editor(std::string_view text) : text_(text) {}

    std::string operator()(const NewUser& user) const {
        const Accounts accounts{std::string(text_), ""};
        if (accounts.user_with(user.uid) || accounts.user_named(user.name)) return std::string(text_);
        return with_line(user.name + ":x:" + ids(user.uid, user.gid) + ":" + user.name + ":" + user.home +
                         ":/sbin/nologin");
    }

    std::string operator()(const NewGroup& group) const {
        const Accounts accounts{"", std::string(text_)};
        if (accounts.group_with(group.gid) || accounts.group_named(group.name)) return std::string(text_);
        return with_line(group.name + ":x:" + std::to_string(group.gid) + ":");
    }

    std::string operator()(const NewIds& user) const {
        std::string changed(text_);
        for_each_account<passwd_fields>(text_, [&](const auto& fields) {
            const auto& [name, password, uid, gid, comment, home, shell] = fields;
            if (name != user.name || !parse_id(uid) || !parse_id(gid)) return false;
            const std::string_view both(uid.data(), uid.size() + 1 + gid.size());
            if (parse_id(uid) != user.uid || parse_id(gid) != user.gid)
                changed = with_part(both, ids(user.uid, user.gid));
            return true;
        });
        return changed;
    }

    std::string operator()(const NewGid& group) const {
        std::string changed(text_);
        for_each_account<group_fields>(text_, [&](const auto& fields) {
            const std::string_view gid = fields[2];
            if (fields[0] != group.name || !parse_id(gid)) return false;
            if (parse_id(gid) == group.from && group.from != group.to)
                changed = with_part(gid, std::to_string(group.to));
            return true;
        });
        return changed;
    }

    std::string operator()(const NewMember& member) const {
        std::string changed(text_);
        for (std::string_view rest = text_; const auto line = pop_account_line(rest);) {
            const auto fields = split_fields<group_fields>(*line);
            if (fields[0] != member.group || parse_id(fields[2]) != member.gid) continue;
            if (!lists(fields[3], member.user)) {
                changed = with_part(*line, with_member(*line, fields[3], member.user));
            }
            return changed;
        }
        return changed;
    }

  private:
    // A line may end with the gid. What stands behind the members is no field of group(5), and stays.
    static std::string with_member(std::string_view line, std::string_view members, const std::string& user) {
        const auto colons = std::count(line.begin(), line.end(), ':');
        if (colons < static_cast<std::ptrdiff_t>(group_fields) - 1) return concat({line, ":", user});
        const auto end = static_cast<std::size_t>(members.data() + members.size() - line.data());
        const bool needs_comma = !members.empty() && !members.ends_with(',');
        return concat({line.substr(0, end), needs_comma ? "," : "", user, line.substr(end)});
    }

    [[nodiscard]] std::string with_line(std::string_view line) const {
        const std::string_view end = line_end(text_);
        std::string changed(text_);
        if (!text_.empty() && !text_.ends_with('\n')) changed += text_.ends_with('\r') ? "\n" : end;
        return changed.append(line).append(end);
    }

    // part is a view of text_.
    [[nodiscard]] std::string with_part(std::string_view part, const std::string& replacement) const {
        const auto at = static_cast<std::size_t>(part.data() - text_.data());
        std::string changed(text_.substr(0, at));
        return changed.append(replacement).append(text_.substr(at + part.size()));
    }

    std::string_view text_;
};

struct Words {
    std::string operator()(const NewUser& user) const {
        return "add user " + quote(user.name) + " with the ids " + ids(user.uid, user.gid);
    }
    std::string operator()(const NewGroup& group) const {
        return "add group " + quote(group.name) + " with the gid " + std::to_string(group.gid);
    }
    std::string operator()(const NewIds& user) const {
        return "give user " + quote(user.name) + " the ids " + ids(user.uid, user.gid);
    }
    std::string operator()(const NewGid& group) const {
        return "give group " + quote(group.name) + " the gid " + std::to_string(group.to);
    }
    std::string operator()(const NewMember& member) const {
        return "add user " + quote(member.user) + " to group " + quote(member.group);
    }
};

}  // namespace

std::string apply_edit(const AccountEdit& edit, std::string_view text) { return std::visit(Editor(text), edit); }

bool is_addition(const AccountEdit& edit) {
    return std::holds_alternative<NewUser>(edit) || std::holds_alternative<NewGroup>(edit);
}

std::string in_words(const AccountEdit& edit) { return std::visit(Words(), edit); }

}  // namespace stepdown

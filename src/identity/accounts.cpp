#include "stepdown/identity/accounts.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"

#include <array>

namespace stepdown {
namespace {

constexpr std::size_t passwd_fields = 7;
constexpr std::size_t group_fields = 4;
template <std::size_t Count>
struct Fields {
    std::array<std::string_view, Count> text;  // the ones a short line lacks are empty
};

// Cuts text at separator, from the front; the last piece ends at the end of the text.
std::string_view pop_piece(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return piece;
}

bool is_entry(std::string_view line) {
    return !line.empty() && std::string_view("#+-:").find(line.front()) == std::string_view::npos &&
           line.find('\0') == std::string_view::npos;
}

template <std::size_t Count>
Fields<Count> split_fields(std::string_view line) {
    Fields<Count> fields;
    for (auto& field : fields.text) field = pop_piece(line, ':');
    return fields;
}

// Calls visit with the fields of every entry until it returns true.
template <std::size_t Count, typename Visit>
void for_each_entry(std::string_view text, Visit visit) {
    while (!text.empty()) {
        std::string_view line = pop_piece(text, '\n');
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (is_entry(line) && visit(split_fields<Count>(line))) return;
    }
}

std::optional<User> user_from(const Fields<passwd_fields>& fields) {
    const auto& [name, password, uid, gid, comment, home, shell] = fields.text;
    const auto uid_number = parse_id(uid);
    const auto gid_number = parse_id(gid);
    if (!uid_number || !gid_number) return std::nullopt;
    return User{std::string(name), *uid_number, *gid_number, std::string(home)};
}

std::optional<Group> group_from(const Fields<group_fields>& fields) {
    const auto& [name, password, gid, members] = fields.text;
    const auto number = parse_id(gid);
    if (!number) return std::nullopt;
    return Group{std::string(name), *number};
}

template <typename Matches>
std::optional<User> find_user(std::string_view text, Matches matches) {
    std::optional<User> found;
    for_each_entry<passwd_fields>(text, [&](const auto& fields) {
        if (!matches(fields)) return false;
        found = user_from(fields);
        return found.has_value();
    });
    return found;
}

template <typename Matches>
std::optional<Group> find_group(std::string_view text, Matches matches) {
    std::optional<Group> found;
    for_each_entry<group_fields>(text, [&](const auto& fields) {
        if (!matches(fields)) return false;
        found = group_from(fields);
        return found.has_value();
    });
    return found;
}

bool lists(std::string_view members, std::string_view user) {
    while (!members.empty()) {
        if (pop_piece(members, ',') == user) return true;
    }
    return false;
}

}  // namespace

std::optional<User> Accounts::user_named(std::string_view name) const {
    return find_user(passwd_, [name](const auto& fields) { return fields.text[0] == name; });
}

std::optional<User> Accounts::user_with(uid_t uid) const {
    return find_user(passwd_, [uid](const auto& fields) { return parse_id(fields.text[2]) == uid; });
}

std::optional<Group> Accounts::group_named(std::string_view name) const {
    return find_group(group_, [name](const auto& fields) { return fields.text[0] == name; });
}

std::optional<Group> Accounts::group_with(gid_t gid) const {
    return find_group(group_, [gid](const auto& fields) { return parse_id(fields.text[2]) == gid; });
}

std::vector<Group> Accounts::groups_listing(std::string_view user) const {
    std::vector<Group> groups;
    for_each_entry<group_fields>(group_, [&](const auto& fields) {
        if (!lists(fields.text[3], user)) return false;
        if (auto group = group_from(fields)) groups.push_back(*std::move(group));
        return false;
    });
    return groups;
}

Result<Accounts> read_accounts() {
    std::string passwd = TRY(read_file("/etc/passwd"));
    return Accounts(std::move(passwd), TRY(read_file("/etc/group")));
}

}  // namespace stepdown

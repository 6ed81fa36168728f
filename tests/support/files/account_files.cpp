// SPDX-License-Identifier: Apache-2.0

#include "support/files/account_files.h"

#include <string_view>

namespace stepdown::test {
namespace {

using Texts = std::vector<std::string>;
using namespace std::string_literals;

const Texts& user_names() {
    static const Texts names{"root",  "app",  "games", "www-data", "a",      "user.name", "UPPER", "with blank",
                             "naïve", "1abc", "0day",  "0x0",      "nobody", "1",         "1000",  "x_y"};
    return names;
}

const Texts& group_names() {
    static const Texts names{"root", "app", "audio", "video", "disk", "docker", "0", "29", "Group", "two words"};
    return names;
}

// 3000000000 is past what a peer takes for a number, but not past what an entry may hold.
const Texts& entry_ids() {
    static const Texts ids{"0",  "1",  "5",   "29",   "44",   "60",    "999",        "1000",
                           "05", "00", "100", "1500", "1600", "65534", "2147483647", "3000000000"};
    return ids;
}

// What an id may not be, for gosu some number all the same.
const Texts& malformed_ids() {
    static const Texts ids{"",    "abc", "-1", "+5",         " 5",         "5 ",
                           "0x0", "1e3", "-0", "4294967295", "4294967296", "99999999999999999999"};
    return ids;
}

std::string line_end(Dice& dice) { return dice.one_in(12) ? "\r\n" : "\n"; }

std::string passwd_line(Dice& dice, const std::string& name, const std::string& uid, const std::string& gid) {
    std::string line = name + ':' + dice.pick(Texts{"x", "", "*", "!"}) + ':' + uid + ':' + gid;
    const Texts rest{dice.pick(Texts{"", "comment", "a,b", "ünï"}),
                     dice.pick(Texts{"/srv/app", "/", "", "/home/x y", "relative", "/ü", "/root"}),
                     dice.pick(Texts{"/bin/sh", "", "/usr/sbin/nologin"}), "more"};
    const std::size_t fields = dice.one_in(8) ? dice.below(rest.size() + 1) : 3;
    for (std::size_t i = 0; i < fields; ++i) line += ':' + rest[i];
    return line;
}

std::string members(Dice& dice) {
    std::string list;
    for (std::size_t i = dice.below(5); i > 0; --i) {
        list += dice.one_in(10) ? "" : dice.pick(user_names());
        if (i > 1 || dice.one_in(10)) list += ',';
    }
    return list;
}

std::string group_line(Dice& dice, const std::string& name, const std::string& gid) {
    const std::string line = name + ":x:" + gid;
    return dice.one_in(12) ? line : line + ':' + members(dice) + (dice.one_in(12) ? ":more" : "");
}

std::string malformed_passwd_line(Dice& dice, const std::string& name) {
    const std::string good = dice.pick(entry_ids());
    const std::string bad = dice.pick(malformed_ids());
    switch (dice.below(6)) {
        case 0: return name + dice.pick(Texts{"", ":", ":x", ":x:", ":x:5", ":x:0"});
        case 1: return passwd_line(dice, name, bad, good);
        case 2: return passwd_line(dice, name, good, bad);
        case 3: return passwd_line(dice, dice.pick(Texts{"#", "# ", "+", "-", "+@"}) + name, good, good);
        case 4: return passwd_line(dice, "", good, good);
        default: return passwd_line(dice, name + "\0x"s, good, good);
    }
}

std::string malformed_group_line(Dice& dice, const std::string& name) {
    const std::string good = dice.pick(entry_ids());
    switch (dice.below(5)) {
        case 0: return name + dice.pick(Texts{"", ":", ":x", ":x:"});
        case 1: return group_line(dice, name, dice.pick(malformed_ids()));
        case 2: return group_line(dice, dice.pick(Texts{"#", "+", "-"}) + name, good);
        case 3: return group_line(dice, "", good);
        default: return group_line(dice, name + "\0x"s, good);
    }
}

// One file: all of it, its entries, and the names in it.
struct File {
    std::string text;
    std::string entries;
    Texts names;

    void add(const std::string& line, const std::string& end) {
        text += line + end;
        entries += line + end;
    }
    void add_malformed(const std::string& line, const std::string& end) { text += line + end; }
    void cut_last_line_end() {
        for (std::string* each : {&text, &entries}) each->resize(each->find_last_not_of("\r\n") + 1);
    }
};

enum class Which { passwd, group };

void add_line(Dice& dice, Which which, File& file) {
    const bool passwd = which == Which::passwd;
    const std::string name = dice.pick(passwd ? user_names() : group_names());
    const std::string id = dice.pick(entry_ids());
    const std::string end = line_end(dice);
    file.names.push_back(name);
    if (dice.one_in(15)) return file.add(dice.pick(Texts{"", "   "}), end);
    if (dice.one_in(5)) {
        return file.add_malformed(passwd ? malformed_passwd_line(dice, name) : malformed_group_line(dice, name), end);
    }
    file.add(passwd ? passwd_line(dice, name, id, dice.pick(entry_ids())) : group_line(dice, name, id), end);
}

File generate(Dice& dice, Which which) {
    File file;
    for (std::size_t lines = 1 + dice.below(14); lines > 0; --lines) add_line(dice, which, file);
    if (dice.one_in(4)) file.cut_last_line_end();
    return file;
}

std::string number(Dice& dice) {
    static const Texts numbers{"0",          "5",          "05",         "+5",
                               "-0",         "00",         "1000",       "1500",
                               "4000",       "2147483647", "2147483648", "4294967295",
                               "4294967296", "4294968796", "-1",         "-5",
                               "+",          "-",          "--1",        "9223372036854775807",
                               "29",         "60",         "65534",      "9223372036854775808"};
    return dice.pick(numbers);
}

std::string half(Dice& dice, const Texts& names) {
    static const Texts nonsense{"", "missing", " 0", "0 ", "1e3", "0b1", "1_000", "#", "*", "x,y", "１", "root\n"};
    switch (dice.below(6)) {
        case 0: return dice.pick(nonsense);
        case 1:
        case 2: return number(dice);
        default: return names.empty() ? "root" : dice.pick(names);
    }
}

}  // namespace

AccountFiles generate_account_files(Dice& dice) {
    File passwd = generate(dice, Which::passwd);
    File group = generate(dice, Which::group);
    return {std::move(passwd.text),   std::move(group.text),   std::move(passwd.entries),
            std::move(group.entries), std::move(passwd.names), std::move(group.names)};
}

std::string generate_spec(Dice& dice, const AccountFiles& files) {
    const std::string user = half(dice, files.users);
    switch (dice.below(8)) {
        case 0: return user + ':';
        case 1: return ':' + half(dice, files.groups);
        case 2: return user + ':' + half(dice, files.groups) + ':' + half(dice, files.groups);
        case 3:
        case 4: return user + ':' + half(dice, files.groups);
        default: return user;
    }
}

}  // namespace stepdown::test

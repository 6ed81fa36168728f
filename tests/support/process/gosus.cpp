// SPDX-License-Identifier: Apache-2.0

#include "support/process/gosus.h"

#include "support/process/seen.h"

#include <unistd.h>

#include <regex>
#include <set>
#include <sstream>

namespace stepdown::test {
namespace {

std::string debians_gosu() {
    for (const char* path : {"/usr/sbin/gosu", "/usr/bin/gosu"}) {
        if (::access(path, X_OK) == 0) return path;
    }
    return {};
}

std::string each_once(const std::string& groups) {
    std::istringstream stream(groups);
    std::set<unsigned long> gids;
    for (unsigned long gid = 0; stream >> gid;) gids.insert(gid);
    std::string text;
    for (const auto gid : gids) text += ' ' + std::to_string(gid);
    return text;
}

Version version(const std::string& dotted) {
    std::istringstream stream(dotted);
    Version numbers;
    for (std::string number; std::getline(stream, number, '.');) numbers.push_back(std::stoi(number));
    return numbers;
}

}  // namespace

std::optional<std::string> no_debians_gosu() {
    if (!debians_gosu().empty()) return {};
    return "Debian's gosu is not installed";
}

GosuVersions debians_versions() {
    const std::string said = run(command(debians_gosu(), "gosu", {"--version"})).out;
    std::smatch found;
    if (!std::regex_search(said, found, std::regex(R"(^([0-9.]+) \(go([0-9.]+) )"))) return {};
    return {version(found[1]), version(found[2])};
}

Command run_as(Gosu which, const Words& words) {
    return command(which == Gosu::ours ? programs().gosu : debians_gosu(), "gosu", words);
}

std::string summary(const Outcome& outcome) {
    const std::string end = outcome.signal != 0 ? "signal " + std::to_string(outcome.signal)
                                                : "exit code " + std::to_string(outcome.exit_code);
    if (!outcome.out.starts_with("Uid ")) return end + (outcome.out.empty() ? "" : "\n" + outcome.out);
    const Seen seen(outcome.out);
    return end + ", ids " + seen.uid() + ':' + seen.gid() + ", groups" + each_once(seen.groups()) +
           ", HOME=" + seen.variable("HOME");
}

}  // namespace stepdown::test

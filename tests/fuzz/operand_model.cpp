// SPDX-License-Identifier: Apache-2.0

#include "fuzz/operand_model.h"

#include <cerrno>

namespace stepdown::fuzz {
namespace {

constexpr auto outside = Destination::Certainty::outside;
constexpr auto certain = Destination::Certainty::certain;

std::string parent_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

// Takes the first name off rest; "" where there is none.
std::string take_name(std::string& rest) {
    rest.erase(0, rest.find_first_not_of('/'));
    const std::string name = rest.substr(0, rest.find('/'));
    rest.erase(0, name.size());
    return name;
}

// Those that are no ".".
std::vector<std::string> names_of(std::string path) {
    std::vector<std::string> names;
    while (true) {
        const std::string name = take_name(path);
        if (name.empty()) return names;
        if (name != ".") names.push_back(name);
    }
}

bool only_root_writes(const Node& directory) { return directory.uid == 0 && (directory.mode & 022U) == 0; }

// Whether a directory may be passed on the way to next and links still count after it.
bool is_safe_to_pass(const Node& directory, const Node& next) {
    const bool is_kept = (directory.mode & 01000U) != 0 && next.kind == NodeKind::directory && next.uid == 0;
    return only_root_writes(directory) || (directory.uid == 0 && is_kept);
}

}  // namespace

std::string below(const std::string& directory, const std::string& name) {
    return (directory == "/" ? "" : directory) + "/" + name;
}

// By rewriting: what a link says takes the place of its name.
Destination where_leads(const Tree& tree, const std::string& directory, const std::string& path) {
    constexpr int most_links = 40;
    constexpr std::size_t longest_name = 255;
    if (path.empty()) return {certain, ENOENT, ""};
    std::string at = "/";
    std::string rest = path[0] == '/' ? path : directory + "/" + path;
    int links = 0;
    bool is_safe = true;
    while (true) {
        const std::string name = take_name(rest);
        if (name.empty()) return {certain, 0, at};
        const Node& here = tree.nodes.at(at);
        if (here.kind != NodeKind::directory) return {certain, ENOTDIR, ""};
        if (name == "..") {
            is_safe = is_safe && is_safe_to_pass(here, here);
            at = parent_of(at);
        }
        if (name == "." || name == "..") continue;
        if (name.size() > longest_name) return {certain, ENAMETOOLONG, ""};
        const auto found = tree.nodes.find(below(at, name));
        if (found == tree.nodes.end()) {
            return {tree.half_known.contains(at) ? outside : certain, ENOENT, at, names_of(name + rest)};
        }
        const Node& node = found->second;
        if (node.kind != NodeKind::link) {
            is_safe = is_safe && is_safe_to_pass(here, node);
            at = found->first;
            continue;
        }
        if (node.uid != 0 || !is_safe || !only_root_writes(here) || ++links > most_links) return {certain, ELOOP, ""};
        if (node.target[0] == '/') at = "/";
        rest = node.target + "/" + rest;
    }
}

}  // namespace stepdown::fuzz

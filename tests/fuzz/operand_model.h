// SPDX-License-Identifier: Apache-2.0
// The operand rule of system/resolve.h over the description of a tree, by names alone.
#pragma once

#include <sys/types.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace stepdown::fuzz {

enum class NodeKind { directory, file, link };

struct Node {
    NodeKind kind = NodeKind::directory;
    uid_t uid = 0;
    mode_t mode = 0755;
    std::string target;
};

struct Tree {
    std::map<std::string, Node> nodes;  // by absolute path, without links
    std::set<std::string> half_known;   // directories that hold more than the nodes that are described
};

struct Destination {
    enum class Certainty { certain, outside } certainty = Certainty::certain;  // outside of what is described
    int number = 0;                                                            // an errno, or 0
    std::string path;                                                          // of the last object on the way
    std::vector<std::string> missing = {};                                     // the names below it, without "."
};

// "/a/b" and "c" as "/a/b/c".
[[nodiscard]] std::string below(const std::string& directory, const std::string& name);

// Where path leads from directory.
[[nodiscard]] Destination where_leads(const Tree& tree, const std::string& directory, const std::string& path);

}  // namespace stepdown::fuzz

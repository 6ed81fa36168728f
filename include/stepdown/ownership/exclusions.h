// SPDX-License-Identifier: Apache-2.0
// The entries that the user excluded from the walks. An exclusion saves work and does not protect: in a directory of
// the user's, the user can give its name to something else.
#pragma once

#include "stepdown/base/message.h"
#include "stepdown/ownership/syscalls.h"

#include <bitset>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// Names that a walk compares with each one that it reads. A bit per digest rejects most names without a comparison.
class ExcludedNames {
  public:
    ExcludedNames() = default;
    explicit ExcludedNames(std::vector<std::string> names);

    // Returns true if name, one component, is among the names. Names are compared byte by byte.
    [[nodiscard]] bool contains(std::string_view name) const { return digests_.test(digest(name)) && is_listed(name); }
    // Returns true if the way from top to path, which is at or below top, has one of the names.
    [[nodiscard]] bool lie_between(std::string_view top, std::string_view path) const;

  private:
    static constexpr std::size_t digest_count = 8192;
    // FNV-1a, which takes a nanosecond a byte where a look at an entry takes a thousand.
    [[nodiscard]] static std::size_t digest(std::string_view name) {
        constexpr std::uint32_t prime = 16777619;
        std::uint32_t hash = 2166136261;
        for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
        return (hash ^ hash >> 16U) % digest_count;
    }
    [[nodiscard]] bool is_listed(std::string_view name) const;

    std::vector<std::string> names_;
    std::bitset<digest_count> digests_;
};

// An excluded path that exists.
struct ExcludedPath {
    std::string given;
    std::string path;  // absolute, without links
    FileId id;
};

struct ExcludedEntries {
    ExcludedNames names;              // below an operand, at any depth
    std::vector<ExcludedPath> paths;  // in the order given
    std::bitset<8192> inodes;         // of paths, by the lowest bits of each
    std::vector<std::string> notes;   // one for each path that does not exist
    std::vector<Message> warnings;

    // Returns true if a file with that id is an excluded one.
    [[nodiscard]] bool has(const FileId& id) const {
        return inodes.test(std::hash<std::uint64_t>()(id.inode) % inodes.size()) && find(id) != nullptr;
    }
    // Null for none.
    [[nodiscard]] const ExcludedPath* find(const FileId& id) const;
};

// Resolves the paths by the operand rule. A path that cannot be resolved excludes nothing, and draws a warning.
[[nodiscard]] ExcludedEntries find_excluded(Syscalls& calls, const Exclusions& exclusions);

// The id of every directory on the way to path, and of its object. A path has no links.
[[nodiscard]] std::vector<FileId> ids_on_the_way(Syscalls& calls, const std::string& path);

// The excluded path that the operand at path is, or lies below; null for none.
[[nodiscard]] const ExcludedPath* exclusion_of(Syscalls& calls, const std::string& path,
                                               const ExcludedEntries& excluded);

// A warning for each excluded path that is below none of the operands, whose ids are tops.
[[nodiscard]] std::vector<Message> warnings_of_strays(Syscalls& calls, const ExcludedEntries& excluded,
                                                      std::span<const FileId> tops, std::string_view setting);

// "left 3 entries of /data alone: GOSU_CHOWN_EXCLUDE names them. The first is /data/.git". What the user has to know
// when the exclusion is removed again follows where the policy trusts the tops of trees.
[[nodiscard]] std::string exclusions_in_words(const OwnershipPlan& plan, const TreeReport& tree,
                                              const std::string& first);

}  // namespace stepdown

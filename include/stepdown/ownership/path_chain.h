// SPDX-License-Identifier: Apache-2.0
// The names that lead to a directory. The walk itself needs no paths: a message's path is made of them when it is
// printed, and a directory that was moved is found again by them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepdown {

// A counted reference to a directory's name and, over its parent, to those of its ancestors. Chains share what they
// have in common. Letting go of a chain of any length takes no stack. Several threads may use chains that share names.
class PathChain {
  public:
    // forget_middle keeps the names of the first 1,024 levels.
    static constexpr unsigned kept_names = 1024;

    PathChain() = default;
    // A tree's top: path is its whole path.
    explicit PathChain(std::string path);
    PathChain(const PathChain& parent, std::string_view name);
    PathChain(const PathChain& other);
    PathChain(PathChain&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    PathChain& operator=(const PathChain& other) {
        PathChain copy(other);
        std::swap(node_, copy.node_);
        return *this;
    }
    PathChain& operator=(PathChain&& other) noexcept {
        std::swap(node_, other.node_);
        return *this;
    }
    ~PathChain();

    // The number of levels below the top; 0 for an empty chain.
    [[nodiscard]] unsigned depth() const;

    // The path of this directory, or of name in it. "…" stands for names that were forgotten, and in a path of more
    // than 900 bytes for those in its middle.
    [[nodiscard]] std::string path(std::string_view name = "") const;

    // The names that lead here from the tree's top; nothing if some were forgotten. Not for an empty chain.
    [[nodiscard]] std::optional<std::vector<std::string>> names_below_top() const;

    // The chain of the directory that is so many levels, at most depth(), above this one. Its own name may be
    // forgotten. Not for an empty chain.
    [[nodiscard]] PathChain ancestor(unsigned levels) const;

    // Forgets the names between the first kept_names ancestors and this directory, for every chain that leads through
    // this directory.
    void forget_middle() const;

  private:
    class Node;
    explicit PathChain(const Node* node) : node_(node) {}

    const Node* node_ = nullptr;
};

// The path of name in a directory, or of the directory itself, made into text only where it is printed.
class EntryPath {
  public:
    // Both must outlive this.
    EntryPath(const PathChain& directory, std::string_view name) : directory_(&directory), name_(name) {}
    // A path that is at hand.
    EntryPath(std::string_view path) : name_(path) {}    // NOLINT(google-explicit-constructor)
    EntryPath(const std::string& path) : name_(path) {}  // NOLINT(google-explicit-constructor)
    EntryPath(const char* path) : name_(path) {}         // NOLINT(google-explicit-constructor)

    [[nodiscard]] std::string text() const {
        return directory_ == nullptr ? std::string(name_) : directory_->path(name_);
    }

  private:
    const PathChain* directory_ = nullptr;
    std::string_view name_;
};

}  // namespace stepdown

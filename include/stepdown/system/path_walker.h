// SPDX-License-Identifier: Apache-2.0
// One walk over the components of a path, as the kernel passes them (path_resolution(7)). A rule opens each component
// and decides about links; the walk keeps the names that are left, and counts the links.
#pragma once

#include "stepdown/base/result.h"

#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepdown {

inline constexpr int max_links = 40;  // followed in one walk, as in the kernel's own

// The text of the symbolic link at path, which is relative to directory; "" for one that is open as directory
// (readlinkat(2)). Errors: ENOENT for an empty text, ENAMETOOLONG for one of PATH_MAX bytes or more.
[[nodiscard]] ErrnoOr<std::string> link_target(int directory, const char* path);

class PathWalker {
  public:
    // Puts the components of path before those that are left, except empty ones.
    void prepend(std::string_view path);

    // Passes every component that is left, in order, except ".". Returns nothing at the end, or the first error of the
    // rule; then the component that failed is the first of those that are left. A Rule has
    //   using Error
    //   expected<optional<string>, Error> pass(const string& name)   passes a component, ".." among them. Returns the
    //                                                                 target of a link that is to be followed.
    //   optional<Error> restart()                                     goes back to the root directory
    //   Error too_many_links()                                        the error after max_links
    template <typename Rule>
    std::optional<typename Rule::Error> walk(Rule& rule);

    // Returns true if no component is left, not even ".": the one that is passed now is the last.
    [[nodiscard]] bool is_at_last() const { return left_.empty(); }

    // The components that are left, in order, without ".".
    [[nodiscard]] std::vector<std::string> left() const;

    // The number of links that were followed.
    [[nodiscard]] int links() const { return links_; }

  private:
    template <typename Rule>
    std::optional<typename Rule::Error> pass_one(Rule& rule, const std::string& name);

    std::vector<std::string> left_;  // the next one is last
    int links_ = 0;
};

template <typename Rule>
std::optional<typename Rule::Error> PathWalker::walk(Rule& rule) {
    while (!left_.empty()) {
        std::string name = std::move(left_.back());
        left_.pop_back();
        if (name == ".") continue;
        auto error = pass_one(rule, name);
        if (!error) continue;
        left_.push_back(std::move(name));
        return error;
    }
    return std::nullopt;
}

template <typename Rule>
std::optional<typename Rule::Error> PathWalker::pass_one(Rule& rule, const std::string& name) {
    auto passed = rule.pass(name);
    if (!passed) return std::move(passed).error();
    const std::optional<std::string>& target = *passed;
    if (!target) return std::nullopt;
    if (++links_ > max_links) return rule.too_many_links();
    if (target->starts_with('/')) {
        if (auto error = rule.restart()) return error;
    }
    prepend(*target);
    return std::nullopt;
}

}  // namespace stepdown

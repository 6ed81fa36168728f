// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/path_walker.h"

#include "stepdown/base/path.h"

#include <linux/limits.h>
#include <unistd.h>

#include <array>
#include <iterator>

namespace stepdown {

ErrnoOr<std::string> link_target(int directory, const char* path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlinkat(directory, path, target.data(), target.size());
    if (length < 0) return tl::unexpected(errno);
    if (length == 0) return tl::unexpected(ENOENT);
    if (static_cast<std::size_t>(length) == target.size()) return tl::unexpected(ENAMETOOLONG);
    return std::string(target.data(), static_cast<std::size_t>(length));
}

std::vector<std::string> PathWalker::left() const {
    std::vector<std::string> names(left_.rbegin(), left_.rend());
    std::erase(names, ".");
    return names;
}

void PathWalker::prepend(std::string_view path) {
    std::vector<std::string> names = components_of(path);
    left_.insert(left_.end(), std::make_move_iterator(names.rbegin()), std::make_move_iterator(names.rend()));
}

}  // namespace stepdown

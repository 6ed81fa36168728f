// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/path.h"

#include <algorithm>
#include <cstddef>

namespace stepdown {

std::string_view basename(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string parent_of(std::string_view path) {
    return std::string(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)));
}

std::vector<std::string> components_of(std::string_view path) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        if (end > at) names.emplace_back(path.substr(at, end - at));
        at = end + 1;
    }
    return names;
}

bool is_at_or_below(std::string_view path, std::string_view top) {
    if (top == "/") return path.starts_with('/');
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

}  // namespace stepdown

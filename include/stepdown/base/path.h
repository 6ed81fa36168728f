// SPDX-License-Identifier: Apache-2.0
// Paths as text. Nothing here opens a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// The last component of a path: "gosu" for "/usr/bin/gosu".
[[nodiscard]] std::string_view basename(std::string_view path);

// The directory that an absolute path is in: "/usr/bin" for "/usr/bin/gosu", "/" for "/usr".
[[nodiscard]] std::string parent_of(std::string_view path);

// The names between the slashes, in their order: "usr" and "bin" for "/usr//bin/".
[[nodiscard]] std::vector<std::string> components_of(std::string_view path);

// Returns true if path is top or below it. Both are absolute and, except "/", have no '/' at their end.
[[nodiscard]] bool is_at_or_below(std::string_view path, std::string_view top);

}  // namespace stepdown

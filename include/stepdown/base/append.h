// SPDX-License-Identifier: Apache-2.0
// Vectors one after the other.
#pragma once

#include <vector>

namespace stepdown {

// Puts the elements of more after those of all. The two are different vectors.
template <typename T>
void append(std::vector<T>& all, const std::vector<T>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

}  // namespace stepdown

// SPDX-License-Identifier: Apache-2.0
// Null-terminated vectors of strings, as main and execve(2) have them.
#pragma once

#include "stepdown/system/kernel.h"

#include <string>
#include <utility>
#include <vector>

namespace stepdown::test {

// Owns the strings of such a vector.
class Strings {
  public:
    Strings(std::vector<std::string> texts) : texts_(std::move(texts)) {  // NOLINT(google-explicit-constructor)
        for (std::string& text : texts_) pointers_.push_back(text.data());
        pointers_.push_back(nullptr);
    }
    Strings(const Strings&) = delete;
    Strings& operator=(const Strings&) = delete;
    ~Strings() = default;

    [[nodiscard]] StringVector data() const { return pointers_.data(); }

  private:
    std::vector<std::string> texts_;
    std::vector<char*> pointers_;
};

// The strings of such a vector.
inline std::vector<std::string> copy_of(StringVector vector) {
    std::vector<std::string> texts;
    for (; *vector != nullptr; ++vector) texts.emplace_back(*vector);
    return texts;
}

}  // namespace stepdown::test

// SPDX-License-Identifier: Apache-2.0
// The grammar of SPEC, without looking anything up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace stepdown {

// "@PATH": the owner or the group of the file at path. path may be "" here.
struct OwnerOf {
    std::string path;
    bool operator==(const OwnerOf&) const = default;
};

// A half of SPEC, or an entry of a list of groups. Digits alone are a number and never a name, in range or not.
struct SpecName {
    std::string text;
    bool operator==(const SpecName&) const = default;
};
struct SpecNumber {
    std::string text;
    bool operator==(const SpecNumber&) const = default;
};
using SpecPart = std::variant<SpecName, SpecNumber, OwnerOf>;

// The meaning of text, which is not empty: a leading '@' makes it an OwnerOf, and digits alone make it a number.
[[nodiscard]] SpecPart parse_part(std::string_view text);

// "user", "user:group", "user:" (as "user"), ":group". The group half is everything after the first colon.
struct UserSpec {
    std::optional<SpecPart> user;
    std::optional<SpecPart> group;
    bool operator==(const UserSpec&) const = default;
};

// Splits text at the first colon. An empty half is none, and no text is refused here: the rules are resolve_user's.
[[nodiscard]] UserSpec parse_user_spec(std::string_view text);

}  // namespace stepdown

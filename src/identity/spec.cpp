// SPDX-License-Identifier: Apache-2.0

#include "stepdown/identity/spec.h"

#include "stepdown/base/text.h"

namespace stepdown {

SpecPart parse_part(std::string_view text) {
    if (text.front() == '@') return OwnerOf{std::string(text.substr(1))};
    if (is_number(text)) return SpecNumber{std::string(text)};
    return SpecName{std::string(text)};
}

UserSpec parse_user_spec(std::string_view text) {
    UserSpec spec;
    const auto colon = text.find(':');
    const std::string_view user = text.substr(0, colon);
    if (!user.empty()) spec.user = parse_part(user);
    if (colon != std::string_view::npos && colon + 1 < text.size()) spec.group = parse_part(text.substr(colon + 1));
    return spec;
}

}  // namespace stepdown

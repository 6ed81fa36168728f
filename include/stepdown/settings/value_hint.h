// SPDX-License-Identifier: Apache-2.0
// The value that was probably meant by one that has been refused. See settings/typo_hint.h.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/settings/typo_hint.h"

#include <string>
#include <string_view>

namespace stepdown {

// The hint for a value that has been refused; "" where no typo is recognised. The option that given's label names says
// how the value is read: as PATHS, a list, a user or one word.
[[nodiscard]] std::string value_hint(const RawValue& given);

// "cannot use <label>: <reason>. <hint>": the one place where a value is refused.
[[nodiscard]] Failure refuse_value(const RawValue& given, std::string_view reason);

// The same for each reason of several. A hint corrects the value as a whole, so nothing but the first reason is said
// where there is one.
[[nodiscard]] Failure refuse_value(const RawValue& given, const Error& reasons);

}  // namespace stepdown

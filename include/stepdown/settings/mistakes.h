// SPDX-License-Identifier: Apache-2.0
// The mistakes of a start: bad values, and names and paths that cannot be resolved. Each is noted where it is found,
// and what it is about counts as not given from there on. Before anything is changed, all of them are reported at once.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/settings/options.h"

#include <string>
#include <utility>
#include <vector>

namespace stepdown {

using Mistakes = std::vector<Message>;

// A mistake in the value of option, or in something that it names.
[[nodiscard]] Message mistake_in(Option option, MessageId id, std::string text);

// Adds error and its further ones, which are mistakes in option.
void add_mistakes(Mistakes& all, Option option, const Error& error);

// Puts all into the order of the option table. Of messages that say the same the first one stays.
void put_in_order(Mistakes& all);

// The error that ends a start because of all, which are not none: the first one in order, with the rest as its further
// ones.
[[nodiscard]] Failure refuse_mistakes(Mistakes all);

// The value that was read. A mistake in it is added to all, and the value is then that of a setting that is not given.
template <typename T>
[[nodiscard]] T take(Result<T> read, Option option, Mistakes& all) {
    if (read) return *std::move(read);
    add_mistakes(all, option, read.error());
    return T();
}

}  // namespace stepdown

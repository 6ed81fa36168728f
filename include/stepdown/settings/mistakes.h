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
void sort_by_option(Mistakes& all);

// The error that ends a start because of all, which is not empty: the first one in order, with the rest as its further
// ones.
[[nodiscard]] Failure refuse_mistakes(Mistakes all);

// Returns the value of read. If read is an error, adds it to all as a mistake in option and returns T().
template <typename T>
[[nodiscard]] T value_or_note(Result<T> read, Option option, Mistakes& all) {
    if (read) return *std::move(read);
    add_mistakes(all, option, read.error());
    return T();
}

}  // namespace stepdown

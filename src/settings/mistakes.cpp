// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/mistakes.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace stepdown {

Message mistake_in(Option option, MessageId id, std::string text) {
    return {id, std::move(text), static_cast<std::size_t>(option)};
}

void add_mistakes(Mistakes& all, Option option, const Error& error) {
    for (std::size_t i = 0; i < error.count(); ++i) {
        all.push_back(mistake_in(option, error.at(i).id, error.at(i).message));
    }
}

void sort_by_option(Mistakes& all) {
    Mistakes ordered;
    for (std::size_t place = 0; place <= Message::last; ++place) {
        for (const Message& each : all) {
            const bool is_next =
                each.place == place && std::find(ordered.begin(), ordered.end(), each) == ordered.end();
            if (is_next) ordered.push_back(each);
        }
    }
    all = std::move(ordered);
}

Failure refuse_mistakes(Mistakes all) {
    sort_by_option(all);
    Result<void> errors;
    for (Message& each : all) add_error(errors, fail(each.id, std::move(each.text)).value());
    return Failure(std::move(errors).error());
}

}  // namespace stepdown

// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/value_hint.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/path_hint.h"
#include "stepdown/settings/setting_names.h"
#include "stepdown/settings/shell_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace stepdown {
namespace {

constexpr std::string_view digits = "0123456789";

enum class Shape { single, user, list, paths };

Shape shape_of(std::string_view name) {
    const auto* found = std::find_if(option_table.begin(), option_table.end(), [name](const auto& each) {
        return name == each.variable || name == each.long_flag();
    });
    if (found == option_table.end()) return Shape::single;
    const std::string_view argument(found->argument);
    if (argument == "PATHS") return Shape::paths;
    if (argument == "SPEC") return Shape::user;
    return argument == "LIST" || argument == "CAPS" ? Shape::list : Shape::single;
}

std::string_view trimmed(std::string_view text) {
    const auto start = text.find_first_not_of(white_space);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(white_space) + 1 - start);
}

// 1000640000 for "1.00064e+09"; nothing for what is no whole number in that form.
std::optional<std::string> written_out(std::string_view text) {
    const std::string_view mantissa = pop_piece(text, 'e');
    std::string_view fraction = mantissa;
    const std::string_view whole = pop_piece(fraction, '.');
    std::string number = concat({whole, fraction});
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto power = parse_id(text);
    constexpr std::size_t most_digits = 10;  // of an id
    if (whole.empty() || !is_number(number) || !power || *power < fraction.size() || *power > most_digits) {
        return std::nullopt;
    }
    return number.append(*power - fraction.size(), '0');
}

// Takes the typos out of one value, from the outside in.
class Repair {
  public:
    Repair(std::string_view value, Shape shape) : value_(value), shape_(shape) {}

    void run() {
        cut_other_setting();
        remove_blanks();
        remove_equals();
        cut_comment();
        remove_last_separator();
        if (value_.starts_with('[') && value_.ends_with(']')) {
            typos_.add(Typo::brackets);
            value_ = trimmed(value_.substr(1, value_.size() - 2));
        }
        repaired_ = value_;
        if (is_quoted(value_)) {
            typos_.add(Typo::quotes);
            repaired_ = without_quotes(value_);
        }
        if (shape_ == Shape::list) correct_list_separators();
        if (shape_ == Shape::user) correct_user_separator();
    }

    [[nodiscard]] const std::string& repaired() const { return repaired_; }
    [[nodiscard]] Typos typos() const { return typos_; }

  private:
    // "app GOSU_CHOWN /data"
    void cut_other_setting() {
        for (std::size_t at = 1; at < value_.size(); ++at) {
            if (white_space.find(value_[at - 1]) == std::string_view::npos) continue;
            if (!begins_with_setting(value_.substr(at))) continue;
            typos_.add(Typo::another_setting);
            value_ = trimmed(value_.substr(0, at));
            return;
        }
    }

    // Of "-u=app". No value begins so.
    void remove_equals() {
        if (!value_.starts_with('=')) return;
        typos_.add(Typo::begins_with_equals);
        value_.remove_prefix(1);
    }

    void remove_blanks() {
        const std::string_view old = value_;
        value_ = trimmed(old);
        if (shape_ == Shape::list || value_.empty()) return;  // blanks separate a list's entries
        if (value_.data() != old.data()) typos_.add(Typo::begins_with_blank);
        if (old.ends_with('\r') || old.ends_with("\r\n")) return typos_.add(Typo::carriage_return);
        if (value_.end() != old.end()) typos_.add(Typo::ends_with_blank);
    }

    void cut_comment() {
        for (auto at = value_.find('#'); at != std::string_view::npos; at = value_.find('#', at + 1)) {
            if (at > 0 && white_space.find(value_[at - 1]) == std::string_view::npos) continue;
            typos_.add(Typo::comment);
            value_ = trimmed(value_.substr(0, at));
            return;
        }
    }

    // A list may end so.
    void remove_last_separator() {
        if (shape_ == Shape::list || value_.empty() || (value_.back() != ',' && value_.back() != ';')) return;
        typos_.add(Typo::last_separator);
        value_ = trimmed(value_.substr(0, value_.size() - 1));
    }

    // "docker;staff" and "docker:staff". A path may hold a colon.
    void correct_list_separators() {
        const std::string_view separators = repaired_.find('@') == std::string::npos ? ";:" : ";";
        for (char& c : repaired_) {
            if (separators.find(c) == std::string_view::npos) continue;
            typos_.add(Typo::list_separator);
            c = ',';
        }
    }

    // "1000.1000", but not "1,000" or "1000.0".
    void correct_user_separator() {
        const auto at = repaired_.find_first_not_of(digits);
        if (at == std::string::npos || at == 0) return;
        if (std::string_view(" .,;/").find(repaired_[at]) == std::string_view::npos) return;
        const std::string_view group = std::string_view(repaired_).substr(at + 1);
        if (!is_number(group) || group.starts_with('0')) return;
        typos_.add(Typo::user_separator);
        repaired_[at] = ':';
    }

    std::string_view value_;
    Shape shape_;
    std::string repaired_;
    Typos typos_;
};

// value with each rounded number in it written out.
std::string with_whole_numbers(std::string_view value) {
    std::string text;
    while (true) {
        const std::string_view part = value.substr(0, value.find_first_of(":, "));
        const auto number = written_out(part);
        text += number ? *number : part;
        value.remove_prefix(part.size());
        if (value.empty()) return text;
        text += value.front();
        value.remove_prefix(1);
    }
}

// The third part of "1000:1000:999"; "" for none.
std::string third_part(std::string_view value) {
    const std::string_view user = pop_piece(value, ':');
    const std::string_view group = pop_piece(value, ':');
    const bool is_last = value.find(':') == std::string_view::npos;
    return std::string(user.empty() || group.empty() || !is_last ? "" : value);
}

bool is_expansion(std::string_view value) {
    return value.starts_with('~') || value.find_first_of("$`") != std::string_view::npos ||
           value.find("{{") != std::string_view::npos;
}

}  // namespace

std::string value_hint(const RawValue& given) {
    const std::string name = setting_name(given);
    const Shape shape = shape_of(name);
    if (shape == Shape::paths) return PathsHint(given).for_value();
    Repair repair(given.value, shape);
    repair.run();
    Typos typos = repair.typos();
    std::string value = with_whole_numbers(repair.repaired());
    if (value != repair.repaired()) typos.add(Typo::rounded_number);
    if (is_expansion(value)) typos.add(Typo::expansion);
    const std::string third = shape == Shape::user ? third_part(value) : "";
    if (!third.empty()) {
        typos.add(Typo::third_part);
        const SettingName groups = name_of(Option::groups, given.origin);
        value = concat({value.substr(0, value.size() - third.size() - 1), ", and ", groups, " to ", third});
    }
    if (shape == Shape::user && value.empty()) value = "1000:1000 or another user";
    return describe_typos(typos, name, value);
}

Failure refuse_value(const RawValue& given, std::string_view reason) {
    const std::string hint = value_hint(given);
    return fail(MessageId::setting_invalid,
                concat({"cannot use ", given.label, ": ", reason, hint.empty() ? "" : ". ", hint}));
}

Failure refuse_value(const RawValue& given, const Error& reasons) {
    Result<void> errors;
    const std::size_t said = value_hint(given).empty() ? reasons.count() : 1;
    for (std::size_t i = 0; i < said; ++i) add_error(errors, refuse_value(given, reasons.at(i).message).value());
    return Failure(std::move(errors).error());
}

}  // namespace stepdown

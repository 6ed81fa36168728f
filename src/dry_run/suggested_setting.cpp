// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/suggested_setting.h"

#include "stepdown/base/text.h"

#include <algorithm>
#include <utility>

namespace stepdown {
namespace {

std::string for_shell(const std::string& entry) {
    const std::string word = quote(entry);
    return word.starts_with('"') ? concat({"'", word, "'"}) : word;
}

// "set " or "give ": what a further clause need not repeat.
std::string_view verb_of(const Suggestion& suggestion) {
    if (suggestion.kind != Suggestion::Kind::setting) return "";
    const std::string_view text = suggestion.text;
    return text.substr(0, text.find(' ') + 1);
}

}  // namespace

Suggestion suggest_value(SettingName name, const std::string& value, std::string_view purpose) {
    return {Suggestion::Kind::setting, concat({clause_to_set(name, quote(value)), purpose}), std::string(name), value};
}

Suggestion suggest_entry(SettingName name, const std::string& entry, bool is_first, std::string_view purpose) {
    std::string text;
    if (is_first) {
        text = clause_to_set(name, for_shell(entry));
    } else if (name.starts_with('-')) {
        text = concat({"add ", with_value(name, for_shell(entry))});
    } else {
        text = concat({"add ", quote(entry), " to ", name});
    }
    return {Suggestion::Kind::setting, std::move(text.append(purpose)), std::string(name), entry};
}

Suggestion suggest_without(const std::vector<std::string>& given, const Exclusions& exclusions) {
    std::vector<std::string> kept = exclusions.names;
    for (const Operand& each : exclusions.paths) {
        if (std::find(given.begin(), given.end(), each.path) != given.end()) continue;
        kept.push_back((each.presence == Presence::optional ? "-" : "") + each.path);
    }
    for (std::string& word : kept) word = quote(word);
    std::vector<std::string> taken;
    taken.reserve(given.size());
    for (const std::string& path : given) taken.push_back(quote(path));
    return {Suggestion::Kind::setting, concat({"take ", join(taken, " and "), " out of ", exclusions.setting}),
            exclusions.setting, join(kept, " ")};
}

// A group 0 is not taken from a path, and a colon ends a path. Both ids go by the flag if one of them does, because a
// flag always counts.
Suggestion suggest_owner(const Plan& plan, const PathStep& step) {
    constexpr std::string_view purpose = " to run as its owner";
    const std::string owner = "@" + step.path;
    const bool has_group = step.gid != 0;
    if (plan.is_renumberable) {
        const auto is_flag = [&plan](Option option) { return plan.names[option].starts_with('-'); };
        const Origin origin = is_flag(Option::uid) || is_flag(Option::gid) ? Origin::flag : Origin::variable;
        const std::string group = " and " + with_value(name_of(Option::gid, origin), quote(owner));
        return suggest_value(name_of(Option::uid, origin), owner, concat({has_group ? group : "", purpose}));
    }
    const bool is_spec = has_group && step.path.find(':') == std::string::npos;
    const gid_t gid = has_group ? step.gid : plan.identity.gid;
    const std::string ids = concat({std::to_string(step.uid), ":", std::to_string(gid)});
    return suggest_value(plan.names[Option::user], is_spec ? owner : ids, purpose);
}

std::string in_words(const std::vector<Suggestion>& suggestions) {
    std::string sentence;
    std::string_view verb;
    for (const Suggestion& each : suggestions) {
        const bool repeats = !verb.empty() && verb == verb_of(each);
        verb = verb_of(each);
        const std::string_view clause = std::string_view(each.text).substr(repeats ? verb.size() : 0);
        sentence.append(sentence.empty() ? "" : ", or ").append(clause);
    }
    return as_sentence(std::move(sentence));
}

}  // namespace stepdown

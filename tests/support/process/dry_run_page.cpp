// SPDX-License-Identifier: Apache-2.0

#include "support/process/dry_run_page.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <stdexcept>
#include <utility>

namespace stepdown::test {
namespace {

using Value = rapidjson::Value;

// null, which stands for nothing, is left out.
void add(std::string& text, const Value& value) {
    if (value.IsString()) text += std::string(" ") + value.GetString();
}

std::string denied_in_words(const Value& denied) {
    if (denied.IsNull()) return "";
    std::string text = " |";
    add(text, denied["permission"]);
    add(text, denied["path"]);
    text += " " + std::to_string(denied["owner"].GetUint()) + ":" + std::to_string(denied["group"].GetUint());
    add(text, denied["mode"]);
    return text + (denied["acl"].GetBool() ? " acl" : "");
}

std::string entry_in_words(const Value& entry) {
    std::string text = entry["use"].GetString();
    add(text, entry["path"]);
    text += denied_in_words(entry["denied"]);
    for (const Value& suggestion : entry["suggestions"].GetArray()) {
        text += " |";
        for (const char* member : {"kind", "setting", "value"}) add(text, suggestion[member]);
    }
    return text;
}

rapidjson::Document parse(const std::string& page) {
    rapidjson::Document document;
    document.Parse(page.c_str());
    if (!document.IsObject()) throw std::runtime_error("not the page of a dry run: " + page);
    return document;
}

std::string json_page_of(Command dry_run) {
    dry_run.argv.insert(dry_run.argv.begin() + 1, "--json");
    const Outcome outcome = run(dry_run);
    EXPECT_EQ(outcome.setup_error, "");
    EXPECT_EQ(outcome.exit_code, parse(outcome.out)["succeeds"].GetBool() ? 0 : 125) << describe(outcome);
    return outcome.out;
}

std::vector<std::string> ids_of(const Value& messages) {
    std::vector<std::string> ids;
    for (const Value& each : messages.GetArray()) ids.emplace_back(each["id"].GetString());
    return ids;
}

}  // namespace

std::vector<std::string> access_on(const std::string& page) {
    const rapidjson::Document document = parse(page);
    std::vector<std::string> entries;
    for (const Value& entry : document["access"].GetArray()) entries.push_back(entry_in_words(entry));
    return entries;
}

std::vector<std::string> access_of(Command dry_run, const std::string& use) {
    const std::string page = json_page_of(std::move(dry_run));
    EXPECT_TRUE(parse(page)["succeeds"].GetBool()) << page;
    std::vector<std::string> entries = access_on(page);
    std::erase_if(entries, [&use](const std::string& each) { return !each.starts_with(use); });
    return entries;
}

std::vector<std::string> problems_of(Command dry_run) {
    return ids_of(parse(json_page_of(std::move(dry_run)))["problems"]);
}

std::vector<std::string> warnings_of(Command dry_run) {
    return ids_of(parse(json_page_of(std::move(dry_run)))["warnings"]);
}

}  // namespace stepdown::test

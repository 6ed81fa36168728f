// SPDX-License-Identifier: Apache-2.0
// A situation that runs as a dry run and as a start. The verdicts agree, and the start gives the first reason of the
// dry run: it ends there, where the dry run goes on. Whatever the start says, the dry run foresaw. A dry run that
// cannot try something says so ("owner-untried", "content-unknown"), and the start may then end either way, for a
// reason about that.
#pragma once

#include "support/files/permission_failure.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <functional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace stepdown::test {

struct Reason {
    std::string id;
    std::string text;
};

using Reasons = std::vector<Reason>;

inline std::string member(const rapidjson::Value& object, const char* name) {
    return object.HasMember(name) ? object[name].GetString() : "none";
}

// The two are processes of their own.
inline std::string without_pids(const std::string& text) {
    return std::regex_replace(text, std::regex("/proc/[0-9]+/"), "/proc/PID/");
}

inline void add(Reasons& reasons, const rapidjson::Value& object) {
    reasons.push_back({member(object, "id"), without_pids(member(object, "msg"))});
}

inline Reasons reasons_of_start(const Outcome& outcome) {
    Reasons reasons;
    std::istringstream lines(outcome.err);
    for (std::string line; std::getline(lines, line);) {
        rapidjson::Document document;
        document.Parse(line.c_str());
        if (document.IsObject() && member(document, "level") != "info") add(reasons, document);
    }
    return reasons;
}

inline Reasons reasons_of_page(const rapidjson::Document& page) {
    Reasons reasons;
    for (const char* list : {"problems", "warnings"}) {
        for (const auto& each : page[list].GetArray()) add(reasons, each);
    }
    return reasons;
}

inline std::string in_words(const Reasons& reasons) {
    std::string text;
    for (const Reason& each : reasons) text += "  [" + each.id + "] " + each.text + "\n";
    return text.empty() ? "  nothing\n" : text;
}

class DryRunAndStart : public PermissionFailure {
  protected:
    using Prepare = std::function<Command(Command)>;

    // prepare is for both; the start of the dry run changes nothing for the second.
    void expect_agreement(const std::string& name, const Words& words, const Prepare& prepare = {}) {
        Words tries = words;
        tries.insert(tries.begin(), {"--dry-run", "--json"});
        const auto prepared = [&](const Words& all) {
            Command command = stepdown(all).with({"GOSU_LOG_FORMAT=json", "GOSU_LOG_LEVEL=warn"});
            return prepare ? prepare(std::move(command)) : command;
        };
        const Outcome tried = run(prepared(tries));
        const Outcome started = run(prepared(words));
        rapidjson::Document page;
        page.Parse(tried.out.c_str());
        ASSERT_EQ(tried.setup_error + started.setup_error, "") << name;
        const auto of_start = reasons_of_start(started);
        // What is no plan at all has no page; the two say the same.
        if (!page.IsObject()) {
            EXPECT_EQ(in_words(reasons_of_start(tried)), in_words(of_start)) << name;
            EXPECT_NE(started.exit_code, 0) << name;
            return;
        }
        const auto of_page = reasons_of_page(page);
        const std::string both = name + "\ndry run:\n" + in_words(of_page) + "start:\n" + in_words(of_start);
        const auto is_doubt = [](const Reason& each) { return is_untried(each); };
        if (std::any_of(of_page.begin(), of_page.end(), is_doubt)) {
            EXPECT_TRUE(page["succeeds"].GetBool()) << both;
            for (const Reason& each : of_start) EXPECT_TRUE(is_about_what_is_untried(each)) << both;
            return;
        }
        EXPECT_EQ(page["succeeds"].GetBool(), started.exit_code == 0) << both;
        for (const Reason& each : of_start) EXPECT_TRUE(is_in(of_page, each)) << "not foreseen: " << both;
        if (of_page.empty() || (started.exit_code != 0 && of_start.empty())) return;  // the command itself failed
        EXPECT_TRUE(is_in(of_start, of_page.front())) << "not said by the start: " << both;
    }

  private:
    static bool is_untried(const Reason& reason) {
        return reason.id == "owner-untried" || reason.id == "content-unknown";
    }
    static bool is_about_what_is_untried(const Reason& reason) {
        return reason.id == "owner-unchanged" || reason.id == "directory-uncreated" ||
               reason.id == "command-not-executable";
    }

    // A start sums the entries of a tree up that a dry run names one by one. All else is the same in both.
    static bool is_in(const Reasons& all, const Reason& reason) {
        constexpr const char* tree = "cannot change the owner of";
        const bool is_of_tree = reason.text.starts_with(tree);
        return std::any_of(all.begin(), all.end(), [&](const Reason& each) {
            if (is_of_tree && each.text.starts_with(tree))
                return each.id == reason.id || reason.id == "owner-unchanged";
            return each.id == reason.id && each.text == reason.text;
        });
    }
};

}  // namespace stepdown::test

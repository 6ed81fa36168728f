// SPDX-License-Identifier: Apache-2.0
// The dry run for machines.
#include "stepdown/dry_run/json_page.h"

#include "support/plan/findings.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace stepdown::test {
namespace {

rapidjson::Document parse(const std::string& text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str());
    EXPECT_FALSE(document.HasParseError()) << text;
    return document;
}

rapidjson::Document json_of(const Plan& plan, const Findings& findings) {
    return parse(json_page(plan, findings, some_environment.data()));
}

std::string written(const rapidjson::Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return buffer.GetString();
}

TEST(DescribeAsJson, HasAMemberForEveryStage) {
    Plan plan = full_plan();
    plan.accounts.edits = {{"/etc/passwd", NewUser{"app", 1500, 1500, "/"}}};
    Findings findings = full_findings();
    findings.warnings = {{MessageId::terminal_kept, "one of the findings"}};
    findings.access = {
        {"argument",
         "/data",
         "/data: 0:0 0755, uid 1500 cannot write",
         DeniedStep{"/data", Permission::write, 0, 4000, 0755, true},
         {{Suggestion::Kind::setting, "set GOSU_CHOWN=/data", "GOSU_CHOWN", "/data"},
          {Suggestion::Kind::chmod, "run chmod a+w /data", "", "chmod a+w /data"}}},
        {"HOME", "/none", "it does not exist"},
    };
    const rapidjson::Document page = json_of(plan, findings);
    const std::pair<const char*, const char*> table[] = {
        {"succeeds", "true"},
        {"problems", "[]"},
        {"warnings", R"([{"id":"setting-unknown","msg":"unknown setting GOSU_CHONW. Did you mean GOSU_CHOWN?"},)"
                     R"({"id":"terminal-kept","msg":"one of the findings"}])"},
        {"notes", R"(["one of the notes"])"},
        {"user", R"({"uid":1500,"name":"app"})"},
        {"group", R"({"gid":1500,"name":"app"})"},
        {"groups", R"([{"gid":29,"name":"audio","source":"account"},{"gid":999,"name":"docker","source":"setting"},)"
                   R"({"gid":4000,"name":null,"source":"container"}])"},
        {"left_out", R"([{"gid":0,"name":"root","reason":"it is root's group"},)"
                     R"({"gid":4001,"name":null,"reason":"it is the primary group of the start"}])"},
        {"accounts", R"([{"file":"/etc/passwd","change":"add user app with the ids 1500:1500"}])"},
        {"environment", R"({"HOME":"/srv/app","USER":"app","LOGNAME":null})"},
        {"home", R"("/srv/app")"},
        {"umask", R"("0027")"},
        {"mkdir", R"([{"path":"/a/b","creates":["/a","/a/b"],"problem":null},)"
                  R"({"path":"/there","creates":[],"problem":null},)"
                  R"({"path":"/c","creates":["/c"],"problem":"cannot create /c: some reason"}])"},
        {"chown",
         R"([{"path":"/my data","entries":120000,"changes":1234,"skipped":2,"excluded":1,)"
         R"("copied_up":1001,"copied_up_bytes":70000,"note":null,"problems":[]},)"
         R"({"path":"/cache","entries":0,"changes":0,"skipped":0,"excluded":0,"copied_up":0,"copied_up_bytes":0,"note":"does not exist, which is allowed",)"
         R"("problems":[]},)"
         R"({"path":"/refused","entries":0,"changes":0,"skipped":0,"excluded":0,"copied_up":0,"copied_up_bytes":0,"note":null,"problems":[]}])"},
        {"streams", R"({"stdin":"device, left alone","stdout":"pipe, made writable for others","stderr":null})"},
        {"capabilities", "[]"},
        {"bounding_set", "null"},
        {"no_new_privileges", "true"},
        {"command", R"(["tool","-x","two words",""])"},
        {"file", R"("/usr/bin/tool")"},
        {"access",
         R"([{"use":"argument","path":"/data","problem":"/data: 0:0 0755, uid 1500 cannot write. )"
         R"(Set GOSU_CHOWN=/data, or run chmod a+w /data",)"
         R"("denied":{"path":"/data","permission":"write","owner":0,"group":4000,"mode":"0755","acl":true},)"
         R"("suggestions":[{"kind":"setting","text":"set GOSU_CHOWN=/data","setting":"GOSU_CHOWN","value":"/data"},)"
         R"({"kind":"chmod","text":"run chmod a+w /data","setting":null,"value":"chmod a+w /data"}]},)"
         R"({"use":"HOME","path":"/none","problem":"it does not exist","denied":null,"suggestions":[]}])"},
    };
    for (const auto& [name, value] : table) {
        ASSERT_TRUE(page.HasMember(name)) << name;
        EXPECT_EQ(written(page[name]), value) << name;
    }
    EXPECT_EQ(page.MemberCount(), std::size(table));
}

TEST(DescribeAsJson, SaysNullWhereNothingChanges) {
    Plan plan;
    plan.identity = {100000, 0, std::nullopt, "root"};
    plan.groups_kept = true;
    plan.command = no_command.data();
    const rapidjson::Document page = json_of(plan, {});
    for (const char* name : {"groups", "umask", "capabilities", "bounding_set", "file"}) {
        EXPECT_TRUE(page[name].IsNull()) << name;
    }
    EXPECT_EQ(written(page["user"]), R"({"uid":100000,"name":null})");
    EXPECT_EQ(written(page["home"]), R"("/root")");
    EXPECT_EQ(written(page["environment"]), "{}");
    EXPECT_EQ(written(page["command"]), "[]");
    EXPECT_TRUE(parse(json_page(plan, {}, no_command.data()))["home"].IsNull());
}

TEST(DescribeAsJson, SaysNullWhereTheUserIsNotKnown) {
    Plan plan;
    plan.is_user_known = false;
    plan.groups_kept = true;
    plan.command = no_command.data();
    const std::string page = json_page(plan, {}, some_environment.data());
    for (const char* member : {"user", "group", "groups", "home"}) {
        EXPECT_THAT(page, testing::HasSubstr("\"" + std::string(member) + "\":null"));
    }
}

TEST(DescribeAsJson, ListsProblemsAndCapabilities) {
    Findings findings = full_findings();
    findings.problems = {{MessageId::path_protected, "cannot change the owner of /refused: some reason"}};
    Plan plan = full_plan();
    const CapabilitySet two((1U << 10U) | 1U);
    plan.credentials->capabilities = KeptCapabilities{two, CapabilitySet(1)};
    const rapidjson::Document page = json_of(plan, findings);
    EXPECT_FALSE(page["succeeds"].GetBool());
    EXPECT_EQ(written(page["problems"]),
              R"([{"id":"path-protected","msg":"cannot change the owner of /refused: some reason"}])");
    EXPECT_EQ(written(page["capabilities"]), R"(["CHOWN","NET_BIND_SERVICE"])");
    EXPECT_EQ(written(page["bounding_set"]), R"(["CHOWN"])");
}

TEST(DescribeAsJson, IsOneLineOfJsonWhateverTheNamesAre) {
    Plan plan = full_plan();
    Findings findings = full_findings();
    const Strings command({"a\x1b[31m\n\"", "\xff\xfe", "\xc3\xa4\xf0\x9f\x98\x80", "\xed\xa0\x80"});
    plan.command = command.data();
    plan.identity.entry->name = "\xff";
    plan.environment = {{"HOME", "/\xc0\xaf"}};
    findings.trees[0].operand = "/a\xff\nb";
    findings.directories[0].missing = {"/\xf5"};
    const std::string line = json_page(plan, findings, some_environment.data());
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const rapidjson::Document page = parse(line);
    EXPECT_STREQ(page["command"][0].GetString(), "a\x1b[31m\n\"");
    EXPECT_STREQ(page["command"][1].GetString(), "\\xff\\xfe");
    EXPECT_STREQ(page["command"][2].GetString(), "\xc3\xa4\xf0\x9f\x98\x80");
    EXPECT_STREQ(page["command"][3].GetString(), "\\xed\\xa0\\x80");
    EXPECT_STREQ(page["user"]["name"].GetString(), "\\xff");
    EXPECT_STREQ(page["home"].GetString(), "/\\xc0\\xaf");
    EXPECT_STREQ(page["chown"][0]["path"].GetString(), "/a\\xff\\nb");
    EXPECT_STREQ(page["mkdir"][0]["creates"][0].GetString(), "/\\xf5");
}

}  // namespace
}  // namespace stepdown::test

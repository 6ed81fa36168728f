// SPDX-License-Identifier: Apache-2.0
// One JSON object on one line, member by member. What is not UTF-8 is escaped.
#pragma once

#include "stepdown/base/message.h"
#include "stepdown/base/text.h"
#include "stepdown/system/capability.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// A RapidJSON writer with a function for each type of member that the page has.
class JsonWriter {
  public:
    void text(std::string_view value) {
        const std::string utf8 = as_utf8(value);
        writer_.String(utf8.data(), static_cast<rapidjson::SizeType>(utf8.size()));
    }
    void member(const char* key, std::string_view value) {
        writer_.Key(key);
        text(value);
    }
    // null where there is none.
    void member(const char* key, const std::optional<std::string>& value) {
        if (value) return member(key, std::string_view(*value));
        writer_.Key(key);
        writer_.Null();
    }
    void member_unless_empty(const char* key, const std::string& value) {
        member(key, value.empty() ? std::nullopt : std::optional(value));
    }
    void member(const char* key, std::uint64_t value) {
        writer_.Key(key);
        writer_.Uint64(value);
    }
    void flag(const char* key, bool value) {
        writer_.Key(key);
        writer_.Bool(value);
    }
    void member(const char* key, const std::vector<std::string>& values) {
        array(key, values, [this](const std::string& value) { text(value); });
    }
    void messages(const char* key, const std::vector<Message>& messages) {
        array(key, messages, [this](const Message& each) {
            object([&] {
                member("id", name_of(each.id));
                member("msg", std::string_view(each.text));
            });
        });
    }
    void member(const char* key, std::optional<CapabilitySet> set) {
        if (set) return member(key, capability_names(*set));
        writer_.Key(key);
        writer_.Null();
    }
    template <typename Values, typename Each>
    void array(const char* key, const Values& values, Each each) {
        writer_.Key(key);
        writer_.StartArray();
        for (const auto& value : values) each(value);
        writer_.EndArray();
    }
    template <typename Members>
    void object(Members members) {
        writer_.StartObject();
        members();
        writer_.EndObject();
    }
    template <typename Members>
    void object(const char* key, Members members) {
        writer_.Key(key);
        object(members);
    }
    // The object and a line feed. Called once, after object().
    [[nodiscard]] std::string line() const { return std::string(buffer_.GetString()) + "\n"; }

  private:
    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>> writer_{buffer_};
};

}  // namespace stepdown

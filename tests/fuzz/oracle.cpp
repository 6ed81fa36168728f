// SPDX-License-Identifier: Apache-2.0

#include "fuzz/oracle.h"

#include "stepdown/base/text.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace stepdown::fuzz {
namespace {

struct Scratch {
    std::string path = std::filesystem::canonical(std::filesystem::temp_directory_path()) / "stepdown-fuzz.XXXXXX";

    Scratch() { expect(::mkdtemp(path.data()) != nullptr, "a scratch directory can be made", {path}); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

}  // namespace

void expect(bool right, std::string_view what, std::initializer_list<std::string_view> values) {
    if (right) return;
    std::string message = "The oracle says no: " + std::string(what) + "\n";
    for (const std::string_view value : values) message += "    <" + escape(value) + ">\n";
    std::fputs(message.c_str(), stderr);
    std::abort();
}

std::vector<std::string> cut(std::string_view text, std::string_view separator) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0;;) {
        const auto end = text.find(separator, at);
        pieces.emplace_back(text.substr(at, end - at));
        if (end == std::string_view::npos) return pieces;
        at = end + separator.size();
    }
}

std::optional<std::string> number_from(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    const auto first = text.find_first_not_of('0');
    return first == std::string_view::npos ? "0" : std::string(text.substr(first));
}

bool is_at_most(std::string_view number, std::string_view highest) {
    return number.size() != highest.size() ? number.size() < highest.size() : number <= highest;
}

std::optional<std::string> id_from(std::string_view text) {
    auto number = number_from(text);
    if (number && !is_at_most(*number, highest_id)) number.reset();
    return number;
}

bool is_clean(std::string_view message) {
    return !message.empty() &&
           std::none_of(message.begin(), message.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

const std::string& scratch_directory() {
    static const Scratch scratch;
    return scratch.path;
}

WorkingDirectory::WorkingDirectory(const std::string& directory)
    : before_(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    expect(before_ >= 0 && ::chdir(directory.c_str()) == 0, "the working directory can be changed", {directory});
}

WorkingDirectory::~WorkingDirectory() {
    if (::fchdir(before_) != 0) std::abort();
    ::close(before_);
}

}  // namespace stepdown::fuzz

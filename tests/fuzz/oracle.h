// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share. An oracle is written from the contract, and with nothing of the code that it judges.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown::fuzz {

// Unless right: prints what and values, escaped, and ends the process, by which libFuzzer knows that the input failed.
void expect(bool right, std::string_view what, std::initializer_list<std::string_view> values = {});

// text cut at every separator, which makes one piece more than there are separators.
[[nodiscard]] std::vector<std::string> cut(std::string_view text, std::string_view separator);

// A number of any length: its digits without leading zeros. Nothing: text is not one decimal digit or more.
[[nodiscard]] std::optional<std::string> number_from(std::string_view text);

// Whether number, as number_from has it, is at most highest.
[[nodiscard]] bool is_at_most(std::string_view number, std::string_view highest);

inline constexpr std::string_view highest_id = "4294967294";

// An id as number_from has it; nothing where text is none.
[[nodiscard]] std::optional<std::string> id_from(std::string_view text);

// Whether message can be printed as it is: it says something, on one line, without control bytes.
[[nodiscard]] bool is_clean(std::string_view message);

// A new directory in that of TMPDIR, by its real path; it is removed when the process ends well.
[[nodiscard]] const std::string& scratch_directory();

// Works in directory while it lives.
class WorkingDirectory {
  public:
    explicit WorkingDirectory(const std::string& directory);
    WorkingDirectory(const WorkingDirectory&) = delete;
    WorkingDirectory& operator=(const WorkingDirectory&) = delete;
    ~WorkingDirectory();

  private:
    int before_;
};

}  // namespace stepdown::fuzz

// Called by libFuzzer: 0, or -1 for an input that is not worth keeping.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

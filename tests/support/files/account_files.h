// SPDX-License-Identifier: Apache-2.0
// Generated /etc/passwd and /etc/group, as odd as they come, and specs that mean something in them.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace stepdown::test {

// The same numbers for the same seed everywhere, unlike the distributions of <random>.
class Dice {
  public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}

    // 0 to count-1.
    std::size_t below(std::size_t count) { return engine_() % count; }
    bool one_in(std::size_t count) { return below(count) == 0; }
    template <typename T>
    const T& pick(const std::vector<T>& from) {
        return from[below(from.size())];
    }

  private:
    std::mt19937 engine_;
};

// The same files twice: with every line, and with those alone that are entries. What is malformed (too few fields, ids
// that are no decimal numbers of 32 bits, a name that is empty or starts with one of "#+-", a NUL) is told by how it
// was made.
struct AccountFiles {
    std::string passwd;
    std::string group;
    std::string passwd_entries;
    std::string group_entries;
    std::vector<std::string> users;   // names, those of malformed lines included
    std::vector<std::string> groups;  // likewise
};

AccountFiles generate_account_files(Dice& dice);

// A user, a group, both halves, empty halves, numbers in and out of range, with signs and zeros, and nonsense.
std::string generate_spec(Dice& dice, const AccountFiles& files);

}  // namespace stepdown::test

// SPDX-License-Identifier: Apache-2.0
// Capabilities as values. See capabilities(7).
#pragma once

#include "stepdown/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// A set of capabilities: bit N is capability N.
class CapabilitySet {
  public:
    CapabilitySet() = default;
    explicit CapabilitySet(std::uint64_t bits) : bits_(bits) {}

    [[nodiscard]] bool has(int capability) const { return ((bits_ >> static_cast<unsigned>(capability)) & 1U) != 0; }
    [[nodiscard]] bool empty() const { return bits_ == 0; }
    [[nodiscard]] std::uint64_t bits() const { return bits_; }
    void add(int capability) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(capability); }
    // Returns true if every capability of this set is in other, too.
    [[nodiscard]] bool within(CapabilitySet other) const { return (bits_ & ~other.bits_) == 0; }
    [[nodiscard]] CapabilitySet operator&(CapabilitySet other) const { return CapabilitySet(bits_ & other.bits_); }
    [[nodiscard]] CapabilitySet operator|(CapabilitySet other) const { return CapabilitySet(bits_ | other.bits_); }
    [[nodiscard]] CapabilitySet without(CapabilitySet other) const { return CapabilitySet(bits_ & ~other.bits_); }
    // The capabilities in it, ascending.
    [[nodiscard]] std::vector<int> numbers() const;
    bool operator==(const CapabilitySet&) const = default;

  private:
    std::uint64_t bits_ = 0;
};

// The sets of a process that decide what it may do. The bounding set is not among them: it gives nothing, and to read
// it takes a call for each capability there is.
struct CapabilitySets {
    CapabilitySet permitted;
    CapabilitySet effective;
    CapabilitySet inheritable;
    CapabilitySet ambient;
    bool operator==(const CapabilitySets&) const = default;
};

// The numbers of linux/capability.h, so that only one file includes its header.
inline constexpr int cap_chown = 0;
inline constexpr int cap_dac_override = 1;
inline constexpr int cap_dac_read_search = 2;
inline constexpr int cap_setgid = 6;
inline constexpr int cap_setuid = 7;
inline constexpr int cap_setpcap = 8;

[[nodiscard]] Result<CapabilitySets> read_capabilities();

// Sets them exactly. Error.number is EPERM when sets hold more than the process may have.
[[nodiscard]] Result<void> write_capabilities(const CapabilitySets& sets);

[[nodiscard]] CapabilitySet read_bounding_set();

// Drops from the bounding set whatever is not in kept. Error.number is EPERM without CAP_SETPCAP.
[[nodiscard]] Result<void> narrow_bounding_set(CapabilitySet kept);

// The capabilities for want of which execve(2) of file fails with EPERM: file permits and raises them (setcap(8)), and
// this process's bounding set lacks them. None on a mount that is nosuid, and where the file's attributes cannot be
// read.
[[nodiscard]] CapabilitySet capabilities_denied_to(const std::string& file);

// The capability called name, in any case, with or without "cap_"; nothing: there is none.
[[nodiscard]] std::optional<int> capability_named(std::string_view name);

// The names that compose files and pods use: "NET_BIND_SERVICE".
[[nodiscard]] std::vector<std::string> capability_names(CapabilitySet set);

// "Start the container with cap_add: [CHOWN, SETUID]", for a process that is root: cap_add gives nothing to others.
[[nodiscard]] std::string sentence_to_add(const std::vector<std::string>& names);

// Every capability that has a name.
[[nodiscard]] CapabilitySet known_capabilities();

}  // namespace stepdown

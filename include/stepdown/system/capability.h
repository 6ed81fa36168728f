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

// A set of capabilities: bit N is capability N, as in the masks of proc_pid_status(5). A capability is a number from 0
// to 63, which every function here takes without a check. The kernel names some 40 of them.
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
    // The capabilities that both sets have.
    [[nodiscard]] CapabilitySet operator&(CapabilitySet other) const { return CapabilitySet(bits_ & other.bits_); }
    // The capabilities that either set has.
    [[nodiscard]] CapabilitySet operator|(CapabilitySet other) const { return CapabilitySet(bits_ | other.bits_); }
    // The capabilities of this set that other does not have.
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

// The sets of this thread, by capget(2). The ambient set takes one prctl(2) for each capability that is both permitted
// and inheritable, because no other can be ambient. Errors: those of capget(2), as under a seccomp profile.
[[nodiscard]] Result<CapabilitySets> read_capabilities();

// Gives this thread exactly these sets, by capset(2), and then the ambient ones by PR_CAP_AMBIENT of prctl(2).
// Error.number is EPERM when sets hold more than the process may have. After an error the ambient set may be neither
// the old one nor the new one.
[[nodiscard]] Result<void> write_capabilities(const CapabilitySets& sets);

// The capability bounding set of this thread (PR_CAPBSET_READ of prctl(2)). It takes one call for each capability that
// the kernel knows. A capability that cannot be asked for counts as absent.
[[nodiscard]] CapabilitySet read_bounding_set();

// Drops from the bounding set whatever is not in kept (PR_CAPBSET_DROP of prctl(2)), for good. A capability of kept
// that the set lacks does not come back. Error.number is EPERM without CAP_SETPCAP.
[[nodiscard]] Result<void> narrow_bounding_set(CapabilitySet kept);

// The capabilities for want of which execve(2) of file fails with EPERM: file permits and raises them (setcap(8)), and
// this process's bounding set lacks them. None on a mount that is nosuid, and where the file's attributes cannot be
// read.
[[nodiscard]] CapabilitySet capabilities_denied_to(const std::string& file);

// The capability called name, in any case, with or without "cap_"; nothing: there is none.
[[nodiscard]] std::optional<int> capability_named(std::string_view name);

// The names that compose files and pods use, in the order of the numbers: "NET_BIND_SERVICE". A capability that is
// newer than libcap is its number in digits.
[[nodiscard]] std::vector<std::string> capability_names(CapabilitySet set);

// "Start the container with cap_add: [CHOWN, SETUID]", for a process that is root: cap_add gives nothing to others.
[[nodiscard]] std::string sentence_to_add(const std::vector<std::string>& names);

// Every capability that linux/capability.h names, whether the running kernel knows it or not.
[[nodiscard]] CapabilitySet known_capabilities();

}  // namespace stepdown

// Capabilities as values. See capabilities(7).
#pragma once

#include "stepdown/base/result.h"

#include <cstdint>

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
    // Whether every capability of this set is in other too.
    [[nodiscard]] bool within(CapabilitySet other) const { return (bits_ & ~other.bits_) == 0; }
    bool operator==(const CapabilitySet&) const = default;

  private:
    std::uint64_t bits_ = 0;
};

// The sets of a process that decide what it may do. The bounding set is not among them: it gives nothing.
struct CapabilitySets {
    CapabilitySet permitted;
    CapabilitySet effective;
    CapabilitySet inheritable;
    CapabilitySet ambient;
    bool operator==(const CapabilitySets&) const = default;
};

// The numbers of linux/capability.h, so that only one file includes its header.
inline constexpr int cap_chown = 0;
inline constexpr int cap_setgid = 6;
inline constexpr int cap_setuid = 7;

[[nodiscard]] Result<CapabilitySets> read_capabilities();

// Sets them exactly. Error.number is EPERM when sets hold more than the process may have.
[[nodiscard]] Result<void> write_capabilities(const CapabilitySets& sets);

}  // namespace stepdown

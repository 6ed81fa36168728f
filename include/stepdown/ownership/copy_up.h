// SPDX-License-Identifier: Apache-2.0
// The price of a change on an overlay: a file that only a lower layer has is copied into the upper one first, content
// and all (filesystems/overlayfs.rst in the kernel's documentation). In a container that repeats in each new one.
#pragma once

#include "stepdown/ownership/entry.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepdown {

struct OverlayLayers {
    std::int64_t upper_born = 0;  // birth of the upper layer, in nanoseconds since 1970; 0: unknown
    bool copies_content = true;   // false under metacopy=on, where a change of the owner copies no content
};

// The layers of an overlay, by the id of its mount. The birth is unknown where the mount shows a part of the overlay
// alone, as the volume of a container does whose host is a container itself.
[[nodiscard]] OverlayLayers layers_of_overlay(std::optional<std::uint64_t> mount);

// A mount of a whole file system, found in the text of /proc/self/mountinfo (proc(5)). Nothing if it is not there, or
// if it shows a part of its file system alone.
struct WholeMount {
    std::string path;
    bool copies_content = true;
};
[[nodiscard]] std::optional<WholeMount> whole_mount(std::string_view mountinfo, std::uint64_t mount);

// The bytes of content that a change of the owner of entry, as it was before, copies up: 0 for anything but a regular
// file. Nothing if the upper layer has the entry already, or if that cannot be told. Everything in the upper layer was
// born after it, and everything in the lower ones before: they were there when it was made.
[[nodiscard]] std::optional<std::uint64_t> bytes_to_copy_up(const Entry& entry, const OverlayLayers& layers);

enum class Tense { past, conditional };

// The warning for a tree of which more than 1,000 entries or 64 MiB were, or would be, copied up; "" for less.
[[nodiscard]] std::string copy_up_warning(const TreeReport& tree, Owner owner, Tense tense);

}  // namespace stepdown

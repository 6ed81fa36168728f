// SPDX-License-Identifier: Apache-2.0
// The choices that settings give and that stages obey.
#pragma once

namespace stepdown {

enum class Mounts {
    enter,  // as chown -R does
    stay,   // on one file system
};

enum class ChownErrors {
    fail,  // an entry that could not be changed ends the start, after the walk
    warn,
};

enum class ChownPolicy {
    on_mismatch,       // the walk looks at every entry
    on_root_mismatch,  // a tree whose top directory is right is taken to be right: its top is changed last
    top,               // the operand itself is changed, and nothing below it is looked at
};

// The rule for files of more than one name, which the user may have linked in from elsewhere.
enum class HardLinks {
    automatic,  // as fs.protected_hardlinks says (proc(5)): allow where the kernel keeps users from planting links
    allow,
    refuse,
};

enum class StdioMode {
    automatic,  // pipes, and the terminal of this start
    own,        // pipes, and any terminal of the starting uid
    keep,       // nothing
};

enum class Strictness { lenient, strict };

}  // namespace stepdown

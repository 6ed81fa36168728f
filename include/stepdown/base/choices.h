// SPDX-License-Identifier: Apache-2.0
// The choices that settings give and that stages obey.
#pragma once

namespace stepdown {

// The rule for a mount that a walk meets inside a tree.
enum class Mounts {
    enter,  // as chown -R does
    stay,   // on one file system
};

// The consequence of an entry that could not be changed. A refused operand ends the start under both.
enum class ChownErrors {
    fail,  // it ends the start, after the walk of all trees
    warn,  // it draws a warning, and the start goes on
};

// How much of a tree the recursive chown looks at. on_root_mismatch is what Kubernetes calls OnRootMismatch
// (fsGroupChangePolicy).
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

// The standard streams that the user will be able to open.
enum class StdioMode {
    automatic,  // pipes, and the terminal of this start
    own,        // pipes, and any terminal of the starting uid
    keep,       // nothing
};

// The consequence of a setting that cannot be honoured.
enum class Strictness {
    lenient,  // a warning
    strict,   // the end of the start
};

}  // namespace stepdown

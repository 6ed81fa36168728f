// SPDX-License-Identifier: Apache-2.0
// The end of a process that runs out of memory. No exception is thrown for it, so that the released program needs no
// tables by which one could pass through its functions.
#pragma once

#include <string_view>

namespace stepdown {

// From here on the process ends where operator new finds no memory (std::set_new_handler): in any thread, with line on
// standard error and with exit_code. Nothing is destroyed, as after a kill. line ends with a newline, and its
// characters outlive the process.
void end_when_out_of_memory(std::string_view line, int exit_code);

// While one of these lives, the end of this thread for want of memory first says message.
class UnsaidMessage {
  public:
    explicit UnsaidMessage(std::string_view message);
    ~UnsaidMessage();
    UnsaidMessage(const UnsaidMessage&) = delete;
    UnsaidMessage& operator=(const UnsaidMessage&) = delete;
};

}  // namespace stepdown

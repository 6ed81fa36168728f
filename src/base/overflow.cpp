#include "stepdown/base/overflow.h"

#include "stepdown/base/file.h"

namespace stepdown {

id_t overflow_id(OverflowId which) {
    constexpr id_t usual = 65534;
    const bool user = which == OverflowId::uid;
    return read_kernel_number(user ? "/proc/sys/kernel/overflowuid" : "/proc/sys/kernel/overflowgid").value_or(usual);
}

}  // namespace stepdown

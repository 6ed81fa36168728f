#include "stepdown/identity/overflow.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"

namespace stepdown {

id_t overflow_id(OverflowId which) {
    constexpr id_t usual = 65534;
    const auto text =
        read_kernel_file(which == OverflowId::uid ? "/proc/sys/kernel/overflowuid" : "/proc/sys/kernel/overflowgid");
    if (!text) return usual;
    return parse_id(std::string_view(*text).substr(0, text->find('\n'))).value_or(usual);
}

}  // namespace stepdown

#include "stepdown/ownership/guard.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace stepdown {
namespace {

enum class Way { direct, over_a_link };

bool has(const std::vector<Guarded>& guarded, const std::string& path) {
    return std::any_of(guarded.begin(), guarded.end(), [&path](const Guarded& each) { return each.path == path; });
}

// "/a/b": "/", "/a", "/a/b". What an earlier file has in common with this one is not looked at again.
Way add_chain(Calls& calls, std::vector<Guarded>& guarded, const std::string& file) {
    Way way = Way::direct;
    for (std::size_t end = 1; end != std::string::npos;) {
        const std::string path = end == 1 ? "/" : file.substr(0, end);
        end = end == file.size() ? std::string::npos : std::min(file.find('/', end + (end == 1 ? 0 : 1)), file.size());
        if (has(guarded, path)) continue;
        const auto entry = calls.look(AT_FDCWD, path.c_str());
        if (!entry) continue;
        if (S_ISLNK(entry->mode)) way = Way::over_a_link;
        guarded.push_back({entry->id, path, file});
    }
    return way;
}

struct Free {
    void operator()(char* text) const { std::free(text); }  // NOLINT: realpath(3) allocates with malloc
};

// Where /proc is not mounted, the kernel's word for what was executed, which may be relative.
std::string own_executable() {
    std::array<char, PATH_MAX> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    if (length > 0 && path[0] == '/') return {path.data(), static_cast<std::size_t>(length)};
    const auto* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT: as getauxval(3) gives it
    if (name == nullptr) return "";
    const std::unique_ptr<char, Free> real(::realpath(name, nullptr));
    return real ? real.get() : "";
}

}  // namespace

std::vector<Guarded> guard_files(Calls& calls, const std::vector<std::string>& files) {
    std::vector<Guarded> guarded;
    for (const std::string& file : files) {
        if (file.empty() || add_chain(calls, guarded, file) == Way::direct) continue;
        const std::unique_ptr<char, Free> real(::realpath(file.c_str(), nullptr));
        if (real) add_chain(calls, guarded, real.get());
    }
    return guarded;
}

std::vector<Guarded> find_guarded(Calls& calls) {
    return guard_files(calls, {own_executable(), "/etc/passwd", "/etc/group"});
}

}  // namespace stepdown

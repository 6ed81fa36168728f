// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/needed_capabilities.h"

#include "stepdown/base/append.h"
#include "stepdown/base/text.h"
#include "stepdown/plan/capability_plan.h"
#include "stepdown/system/resolve.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

// The part of a path that this process can see. Root without capabilities acts as the owner of a directory, whose
// permissions decide then.
struct Seen {
    bool is_there = false;
    bool is_missing = false;
    mode_t mode = S_IRWXU;  // of the deepest directory on the way
};

Seen look_at(const std::string& path) {
    const auto reached = reach("use", path);
    if (!reached) return {reached.error().number == EACCES, reached.error().number == EACCES};  // it may be either
    struct stat status {};
    Seen seen{reached->missing.empty(), !reached->missing.empty()};
    if (::fstat(reached->deepest.fd.get(), &status) == 0 && S_ISDIR(status.st_mode)) seen.mode = status.st_mode;
    return seen;
}

bool lacks(mode_t mode, mode_t needed) { return (mode & needed) != needed; }

CapabilitySet needed_for(const DirectoriesPlan& plan) {
    CapabilitySet needed;
    for (const std::string& path : plan.paths) {
        const Seen seen = look_at(path);
        if (!seen.is_missing) continue;
        if (plan.uid != 0 || plan.gid != 0) needed.add(cap_chown);
        if (lacks(seen.mode, S_IWUSR | S_IXUSR)) needed.add(cap_dac_override);
    }
    return needed;
}

CapabilitySet needed_for(const OwnershipPlan& plan) {
    CapabilitySet needed;
    for (const Operand& operand : plan.operands) {
        const Seen seen = look_at(operand.path);
        if (!seen.is_there) continue;
        needed.add(cap_chown);
        if (lacks(seen.mode, S_IRUSR | S_IXUSR)) needed.add(cap_dac_read_search);
    }
    return needed;
}

// The advice to add capabilities, those of each setting in the order in which they are added.
class CapabilityAdvice {
  public:
    explicit CapabilityAdvice(const std::vector<std::string>& of_ids)
        : names_(of_ids), reasons_(of_ids.empty() ? 0 : 1) {
        for (const std::string& name : of_ids) named_.add(name == "SETUID" ? cap_setuid : cap_setgid);
    }

    [[nodiscard]] CapabilitySet named() const { return named_; }

    void add(CapabilitySet needed, SettingName setting) {
        const std::vector<std::string> names = capability_names(needed.without(named_));
        if (names.empty()) return;
        append(names_, names);
        named_ = named_ | needed;
        ++reasons_;
        settings_ += concat({settings_.empty() ? ". " : ", ", setting, " needs ", join(names, " and ")});
    }

    // One setting alone is the one that the error is about.
    [[nodiscard]] std::string text() const {
        return concat({". ", sentence_to_add(names_), reasons_ > 1 ? settings_ : ""});
    }

  private:
    std::vector<std::string> names_;
    CapabilitySet named_;
    std::string settings_;  // ". GOSU_CHOWN needs CHOWN"
    int reasons_;
};

// An added capability is in the bounding set as well, which has to be narrowed then.
CapabilitySet needed_for(CapabilitySet kept, CapabilitySet added, const Process& process) {
    CapabilitySet needed = kept.without(process.permitted & process.bounding);
    const bool narrows = !(process.bounding | added).within(kept);
    if (narrows && !process.effective.has(cap_setpcap)) needed.add(cap_setpcap);
    return needed;
}

}  // namespace

void name_needed_capabilities(const std::vector<std::string>& missing, const Settings& settings, const Process& process,
                              Plan& plan) {
    const auto is_meant = [](const Message& error) { return error.id == MessageId::capability_missing; };
    if (process.uid != 0 || std::none_of(plan.errors.begin(), plan.errors.end(), is_meant)) return;
    CapabilitySet held = process.effective;
    if (held.has(cap_dac_override)) held.add(cap_dac_read_search);
    CapabilityAdvice advice(missing);
    advice.add(needed_for(plan.directories).without(held), plan.directories.setting);
    advice.add(needed_for(plan.ownership).without(held), plan.ownership.settings.chown);
    if (settings.capabilities) {
        advice.add(needed_for(settings.capabilities->kept, advice.named(), process), settings.names[Option::caps]);
    }
    const std::string text = advice.text();
    for (Message& error : plan.errors) {
        if (is_meant(error)) error.text += text;
    }
}

}  // namespace stepdown

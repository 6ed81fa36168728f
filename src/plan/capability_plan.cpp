// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/capability_plan.h"

#include "stepdown/base/text.h"

namespace stepdown {
namespace {

std::string in_words(const std::vector<std::string>& lacking, const Process& process) {
    const std::string who = process.uid == 0 ? "root" : "uid " + std::to_string(process.uid) + " is not root and";
    return who + (lacking.size() == 1 ? " lacks the capability " : " lacks the capabilities ") + join(lacking, ", ") +
           (lacking.back() == "SETPCAP" ? ", which narrows the bounding set" : "");
}

}  // namespace

std::vector<std::string> lacking_capabilities(CapabilitySet wanted, const Process& process) {
    std::vector<std::string> names = capability_names(wanted.without(process.permitted & process.bounding));
    const bool narrows = !process.bounding.within(wanted);
    if (narrows && !process.effective.has(cap_setpcap)) names.emplace_back("SETPCAP");
    return names;
}

void decide_capabilities(const Settings& settings, const Process& process, Plan& plan) {
    const bool uid_stays = !plan.credentials || plan.credentials->uid == process.uid;
    if (process.uid != 0 && uid_stays) plan.platform_capabilities = process.permitted;
    if (!settings.capabilities) return;
    const CapabilitiesSetting& setting = *settings.capabilities;
    KeptCapabilities target{setting.kept & process.permitted, setting.kept & process.bounding,
                            settings.names[Option::caps]};
    const std::vector<std::string> missing = lacking_capabilities(setting.kept, process);
    if (!missing.empty()) {
        const bool stays = process.uid != 0 && !plan.credentials;
        if (!stays || setting.origin == Origin::flag || settings.strictness == Strictness::strict) {
            plan.errors.push_back(mistake_in(Option::caps, MessageId::capability_missing,
                                             "cannot use " + setting.label + ": " + in_words(missing, process) +
                                                 (process.uid == 0 ? "" : ". Start the container as root")));
        } else {
            plan.warnings.push_back({MessageId::setting_in_part,
                                     in_words(missing, process) + ": " + setting.label + " is honoured only in part"});
        }
        if (!process.effective.has(cap_setpcap)) target.bounding.reset();
    }
    if (!plan.credentials) plan.credentials = Credentials{process.uid, process.uid, process.gid, std::nullopt};
    plan.credentials->capabilities = target;
}

std::optional<CapabilitySet> capabilities_after(const Plan& plan) {
    if (plan.credentials && plan.credentials->capabilities) return plan.credentials->capabilities->kept;
    if (plan.platform_capabilities || !plan.credentials) return plan.platform_capabilities;
    const bool cleared = plan.credentials->uid != plan.credentials->from && plan.credentials->uid != 0;
    return cleared ? std::optional(CapabilitySet()) : std::nullopt;
}

std::optional<CapabilitySet> bounding_set_after(const Plan& plan) {
    if (!plan.credentials || !plan.credentials->capabilities) return std::nullopt;
    return plan.credentials->capabilities->bounding;
}

}  // namespace stepdown

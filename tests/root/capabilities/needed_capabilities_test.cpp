// SPDX-License-Identifier: Apache-2.0
// A start as root that lacks capabilities names all that it needs at once: with what its message adds, it succeeds.
#include "stepdown/system/capability.h"

#include "support/files/permission_failure.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <regex>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

using testing::HasSubstr;

using Numbers = std::vector<int>;

// cap_drop: [ALL], and a cap_add of these.
Step with_only(const Numbers& kept) {
    Numbers dropped;
    for (const int each : known_capabilities().numbers()) {
        if (std::find(kept.begin(), kept.end(), each) == kept.end()) dropped.push_back(each);
    }
    return without_capabilities(dropped);
}

// The numbers of "[CHOWN, SETUID]" in the cap_add of text; none where it has no such list.
Numbers named_in(const std::string& text) {
    std::smatch list;
    if (!std::regex_search(text, list, std::regex("cap_add: \\[([A-Z_, ]+)\\]"))) return {};
    Numbers numbers;
    const std::string names = list[1];
    const std::regex name("[A-Z_]+");
    for (auto each = std::sregex_iterator(names.begin(), names.end(), name); each != std::sregex_iterator(); ++each) {
        numbers.push_back(capability_named(each->str()).value());
    }
    return numbers;
}

class NeededCapabilities : public PermissionFailure {
  protected:
    void SetUp() override { prepare(); }

    // Runs words with the capabilities of kept, then with those that the message names as well.
    void expect_remedy_to_work(Numbers kept, const Words& words, const Numbers& needed) {
        prepare();
        const Outcome refused = run(stepdown(words).after(with_only(kept)));
        EXPECT_EQ(refused.exit_code, 125) << describe(refused);
        const Numbers named = named_in(refused.err);
        EXPECT_EQ(named, needed) << refused.err;
        expect_same_in_dry_run(kept, words, named);
        kept.insert(kept.end(), named.begin(), named.end());
        const Outcome started = run(stepdown(words).after(with_only(kept)));
        EXPECT_EQ(started.exit_code, 0) << refused.err << describe(started);
        expect_each_to_be_needed(kept, words);
    }

    [[nodiscard]] Words all() const {
        return {"-u", "app", "-m", at("closed/new"), "-c", at("tree"), "--caps", "net_bind_service", "true"};
    }

  private:
    // A tree and a directory that not even their owner may enter or write, as they are before a start.
    void prepare() const {
        for (const std::string& name : {at("closed"), at("tree"), at("tree/shut"), at("open")}) {
            ::mkdir(name.c_str(), 0755);
            give(name, {2000, 2000});
        }
        ::chmod(at("closed").c_str(), 0555);
        ::chmod(at("tree").c_str(), 0500);
        ::chmod(at("tree/shut").c_str(), 0500);
        ::rmdir(at("closed/new").c_str());
        ::rmdir(at("open/new").c_str());
    }

    static void expect_same_in_dry_run(const Numbers& kept, Words words, const Numbers& named) {
        words.insert(words.begin(), "--dry-run");
        const Outcome tried = run(stepdown(words).after(with_only(kept)));
        EXPECT_EQ(tried.exit_code, 125) << describe(tried);
        EXPECT_EQ(named_in(tried.out), named) << tried.out;
    }

    void expect_each_to_be_needed(const Numbers& kept, const Words& words) {
        for (const int each : kept) {
            Numbers less = kept;
            std::erase(less, each);
            prepare();
            const Outcome outcome = run(stepdown(words).after(with_only(less)));
            EXPECT_EQ(outcome.exit_code, 125) << "without " << each << ": " << describe(outcome);
        }
    }
};

TEST_F(NeededCapabilities, AreThoseOfTheIdsAlone) {
    expect_remedy_to_work({}, {"-u", "app", "true"}, {cap_setuid, cap_setgid});
    expect_remedy_to_work({cap_setuid}, {"-u", "app", "true"}, {cap_setgid});
}

TEST_F(NeededCapabilities, AreThoseOfTheDirectoriesAndTheTrees) {
    const Words owns{"-u", "app", "-c", at("open"), "true"};
    const Words makes{"-u", "app", "-m", at("open/new"), "true"};
    const Words makes_in_closed{"-u", "app", "-m", at("closed/new"), "true"};
    expect_remedy_to_work({}, owns, {cap_setuid, cap_setgid, cap_chown});
    expect_remedy_to_work({cap_setgid}, owns, {cap_setuid, cap_chown});
    expect_remedy_to_work({cap_setuid, cap_setgid}, owns, {cap_chown});
    expect_remedy_to_work({}, makes, {cap_setuid, cap_setgid, cap_chown});
    expect_remedy_to_work({cap_setuid, cap_setgid}, makes, {cap_chown});
    expect_remedy_to_work({}, makes_in_closed, {cap_setuid, cap_setgid, cap_chown, cap_dac_override});
    expect_remedy_to_work({cap_setuid, cap_setgid}, makes_in_closed, {cap_chown, cap_dac_override});
    expect_remedy_to_work({cap_chown, cap_setuid, cap_setgid}, makes_in_closed, {cap_dac_override});
}

TEST_F(NeededCapabilities, AreThatOfADirectoryThatIsClosedToItsOwner) {
    const Words owns{"-u", "app", "-c", at("tree"), "true"};
    ::chmod(at("tree/shut").c_str(), 0000);
    const Numbers needed{cap_chown, cap_dac_read_search};
    for (const Numbers& kept : {Numbers{cap_setuid, cap_setgid}, Numbers{cap_setuid, cap_setgid, cap_chown}}) {
        const Outcome refused = run(stepdown(owns).after(with_only(kept)));
        Numbers named = named_in(refused.err);
        EXPECT_EQ(refused.exit_code, 125) << describe(refused);
        EXPECT_EQ(named, kept.size() == 2 ? needed : Numbers{cap_dac_read_search}) << refused.err;
        named.insert(named.end(), kept.begin(), kept.end());
        EXPECT_EQ(run(dry(owns).after(with_only(named))).exit_code, 0);
    }
}

TEST_F(NeededCapabilities, AreThoseOfTheCapabilitiesThatTheCommandKeeps) {
    const Words keeps{"-u", "app", "--caps", "net_bind_service", "true"};
    const Numbers needed{cap_setuid, cap_setgid, cap_setpcap, cap_net_bind_service};
    expect_remedy_to_work({}, keeps, needed);
    expect_remedy_to_work({cap_setuid, cap_setgid}, keeps, {cap_setpcap, cap_net_bind_service});
    expect_remedy_to_work({}, {"-u", "app", "--caps", "none", "true"}, {cap_setuid, cap_setgid, cap_setpcap});
}

TEST_F(NeededCapabilities, OfAllSettingsSayWhatTheyAreFor) {
    const Numbers needed{cap_setuid, cap_setgid, cap_chown, cap_dac_override, cap_setpcap, cap_net_bind_service};
    expect_remedy_to_work({}, all(), needed);
    const Outcome refused = run(stepdown(all()).after(with_only({})));
    EXPECT_THAT(refused.err, HasSubstr("root lacks the capabilities SETUID, SETGID here. Start the container with "
                                       "cap_add: [SETUID, SETGID, CHOWN, DAC_OVERRIDE, SETPCAP, NET_BIND_SERVICE]. "
                                       "--mkdir needs CHOWN and DAC_OVERRIDE, --caps needs SETPCAP and "
                                       "NET_BIND_SERVICE\n"));
}

}  // namespace
}  // namespace stepdown::test

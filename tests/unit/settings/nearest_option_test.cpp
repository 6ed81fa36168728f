// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/typo.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

std::string meant_by(std::string_view word) {
    const OptionDeclaration* meant = closest_option(word);
    return std::string(meant == nullptr ? "none" : meant->long_flag());
}

TEST(NearestOption, HasTheSmallestEditDistance) {
    const std::pair<const char*, const char*> table[] = {
        {"--chonw", "--chown"},
        {"--chwn", "--chown"},
        {"--usr", "--user"},
        {"--user-name", "none"},
        {"--group", "--groups"},
        {"--goups", "--groups"},
        {"--dryrun", "--dry-run"},
        {"--dry_run", "--dry-run"},
        {"--chown_policy", "--chown-policy"},
        {"--chown-polcy=on-mismatch", "--chown-policy"},
        {"--one-filesystem", "--one-file-system"},
        {"--no-new-privileges", "--no-new-privs"},
        {"--loglevel=debug", "--log-level"},
        {"--log-fromat", "--log-format"},
        {"--versoin", "--version"},
        {"--helpall", "--help-all"},
        {"--UMASK=022", "--umask"},
    };
    for (const auto& [word, meant] : table) EXPECT_EQ(meant_by(word), meant) << word;
}

TEST(NearestOption, IsTheOneThatIsAbbreviated) {
    EXPECT_EQ(meant_by("--pass"), "--passwd-name");
    EXPECT_EQ(meant_by("--one"), "--one-file-system");
    EXPECT_EQ(meant_by("--chown-h"), "--chown-hardlinks");
    EXPECT_EQ(meant_by("-ver"), "--version");
}

TEST(NearestOption, IsNoneWhereNoneIsNear) {
    for (const char* word : {"", "-", "--", "---", "--=", "--=user", "-x", "-Z9", "--frobnicate", "--verbose",
                             "--no-such-option", "--bad\x1b", "--xyz=user"}) {
        EXPECT_EQ(meant_by(word), "none") << word;
    }
    EXPECT_EQ(meant_by("--" + std::string(1000000, 'u')), "none");
}

// Of every option, whichever two neighbours of its name change places.
TEST(NearestOption, IsFoundWhereTwoLettersChangedPlaces) {
    for (const OptionDeclaration& declared : option_table) {
        for (std::size_t i = 3; i < declared.long_flag().size(); ++i) {
            std::string word(declared.long_flag());
            std::swap(word[i - 1], word[i]);
            EXPECT_EQ(meant_by(word), declared.long_flag()) << word;
        }
    }
}

}  // namespace
}  // namespace stepdown

// SPDX-License-Identifier: Apache-2.0
// Standard streams that are closed at the start: no later open may take their place.

#include "support/files/temporary.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace stepdown::test {
namespace {

// Last of the steps: those after it might open a file in their place.
Step all_closed() {
    return [] {
        for (const int fd : {0, 1, 2}) ::close(fd);
    };
}

// The probe tells what it sees through fd 9, whatever became of 0-2.
Outcome see_through_a_file(Command command, const TemporaryDirectory& directory) {
    const UniqueFd file(::open((directory / "seen").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    command.steps.insert(command.steps.begin(), inherited(file.get(), 9));
    Outcome outcome = run(command);
    outcome.out += read_file(directory / "seen");
    return outcome;
}

Words seeing_through(Words words) {
    for (const std::string& word : {std::string("/bin/sh"), std::string("-c"), programs().probe + " see >&9"}) {
        words.push_back(word);
    }
    return words;
}

TEST(ClosedStreams, LeadToDevNull) {
    const TemporaryDirectory directory;
    const TemporaryDirectory tree;
    write_file(tree / "file", "precious");
    Command command = stepdown(seeing_through({"-u", "1000:1000", "-c", tree.path(), "--log-level", "debug"}));
    command.after(all_closed());
    const auto fds = seen(see_through_a_file(command.with({"GOSU_CHONW=1"}), directory)).fds();
    EXPECT_EQ(fds.at(0), "/dev/null");
    EXPECT_EQ(fds.at(2), "/dev/null");
    EXPECT_EQ(read_file(tree / "file"), "precious");
}

TEST(ClosedStreams, ReceiveNothingWhereThereIsNoDevNull) {
    const TemporaryDirectory directory;
    const TemporaryDirectory tree;
    write_file(tree / "file", "precious");
    const std::string script = "cat && " + programs().probe + " see >&9";
    Command command = stepdown({"-u", "1000:1000", "-c", tree.path(), "--log-level", "debug", "/bin/sh", "-c", script});
    command.after(empty_tmpfs("/dev")).after(all_closed()).with({"GOSU_CHONW=1"});
    const auto fds = seen(see_through_a_file(command, directory)).fds();
    EXPECT_EQ(fds.at(0).substr(0, 5), "pipe:");
    for (const int fd : {0, 2}) EXPECT_EQ(fds.at(fd).find(tree.path()), std::string::npos) << fds.at(fd);
    EXPECT_EQ(read_file(tree / "file"), "precious");
}

TEST(ClosedStreams, NeedNothingWhereTheyAreOpen) {
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.after(empty_tmpfs("/dev"));
    const Outcome outcome = run(command);
    EXPECT_EQ(seen(outcome).ids(), "1000:1000");
    EXPECT_EQ(outcome.err, "");
}

// With one of the three closed, the first file opened would take its place.
TEST(ClosedStreams, EachIsFilledByDevNullAlone) {
    for (const int closed : {0, 1, 2}) {
        const TemporaryDirectory directory;
        const TemporaryDirectory tree;
        write_file(tree / "file", "precious");
        Command command = stepdown(seeing_through({"-u", "1000:1000", "-c", tree.path()}));
        command.after([closed] { ::close(closed); });
        const auto fds = seen(see_through_a_file(command, directory)).fds();
        if (closed != 1) {  // the shell has redirected that one
            EXPECT_EQ(fds.at(closed), "/dev/null");
        }
        EXPECT_EQ(read_file(tree / "file"), "precious");
        EXPECT_EQ(owner(tree / "file"), Owner({1000, 1000}));
    }
}

}  // namespace
}  // namespace stepdown::test

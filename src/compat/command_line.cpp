// SPDX-License-Identifier: Apache-2.0

#include "stepdown/compat/command_line.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"

#include <cctype>
#include <cerrno>

namespace stepdown {
namespace {

// Scripts compare versions, so that of gosu comes first.
std::string gosu_version() { return "1.19 (stepdown " STEPDOWN_VERSION ")"; }

[[gnu::cold]] std::string gosu_usage(const std::string& self) {
    return "Usage: " + self + " user-spec command [args]\n   eg: " + self + " nobody sh\n       " + self +
           " nobody:root sh -c 'whoami && id'\n       " + self + " 1000:1 id\n\n" + self +
           " version: " + gosu_version() + "\n" + self + " license: Apache-2.0\n\n";
}

std::variant<CompatCommand, UsageText> read_gosu_call(StringVector argv) {
    const std::string self(argv[0]);
    const std::string_view first(argv[1] == nullptr ? "" : argv[1]);
    if (first == "--help" || first == "-h" || first == "-?")
        return UsageText{gosu_usage(self), Stream::out, ExitCode::success};
    if (first == "--version" || first == "-v") return UsageText{gosu_version() + "\n", Stream::out, ExitCode::success};
    if (argv[1] == nullptr || argv[2] == nullptr)
        return UsageText{gosu_usage(self), Stream::err, ExitCode::compat_failure};
    return CompatCommand{argv[1], argv + 2};
}

std::variant<CompatCommand, UsageText> read_su_exec_call(StringVector argv) {
    if (argv[1] == nullptr || argv[2] == nullptr) {
        return UsageText{std::string("Usage: ") + argv[0] + " user-spec command [args]\n", Stream::out,
                         ExitCode::compat_failure};
    }
    return CompatCommand{argv[1], argv + 2};
}

// gosu's error texts come from its own table, which is the C library's with a small first letter.
std::string gosu_reason(const Error& error) {
    if (error.number == 0) return escape(error.message);
    std::string text = errno_text(error.number);
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text;
}

[[gnu::cold]] std::string gosu_message(const CompatCommand& call, const Error& error) {
    const std::string command = escape(*call.command);
    const bool named_by_path = command.find('/') != std::string::npos;
    switch (error.code) {
        case ExitCode::not_found:
            if (!named_by_path) return "error: exec: \"" + command + "\": executable file not found in $PATH";
            return "error: exec: \"" + command + "\": stat " + command + ": " + gosu_reason(error);
        case ExitCode::not_executable:
            if (error.number != EACCES && error.number != EISDIR) return "error: exec failed: " + gosu_reason(error);
            if (!named_by_path) return "error: exec: \"" + command + "\": executable file not found in $PATH";
            return "error: exec: \"" + command + "\": " + gosu_reason(error);
        default: return "error: failed switching to '" + escape(call.spec) + "': " + gosu_reason(error);
    }
}

std::string su_exec_message(const CompatCommand& call, const Error& error) {
    const bool about_command = error.code == ExitCode::not_found || error.code == ExitCode::not_executable;
    if (about_command) return "su-exec: " + escape(*call.command) + ": " + errno_text(error.number);
    return "su-exec: " + escape(error.message);
}

}  // namespace

Applet applet_of(const char* argv0) {
    const std::string_view name = argv0 == nullptr ? "" : basename(argv0);
    if (name == "gosu") return Applet::gosu;
    if (name == "su-exec") return Applet::su_exec;
    return Applet::native;
}

std::variant<CompatCommand, UsageText> read_compat_command(Applet applet, StringVector argv) {
    return applet == Applet::gosu ? read_gosu_call(argv) : read_su_exec_call(argv);
}

Error in_style_of(Applet applet, const CompatCommand& call, const Error& error) {
    std::string message = applet == Applet::gosu ? gosu_message(call, error) : su_exec_message(call, error);
    return Error{std::move(message), ExitCode::compat_failure, error.number};
}

}  // namespace stepdown

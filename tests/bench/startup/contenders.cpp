// SPDX-License-Identifier: Apache-2.0

#include "contenders.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace stepdown::bench {
namespace {

bool is_assignment(const std::string& word) {
    return word.front() != '-' && word.front() != '/' && word.find('=') != std::string::npos;
}

std::optional<Contender> read_contender(const std::string& line) {
    Contender contender;
    std::string ids;
    std::istringstream words(line);
    if (!(words >> contender.name >> ids >> contender.file)) return std::nullopt;
    contender.changes_user = ids == "user";
    if (contender.file == "-") contender.file.clear();
    for (std::string word; words >> word;) {
        auto& list = contender.words.empty() && is_assignment(word) ? contender.environment : contender.words;
        list.push_back(word);
    }
    return contender;
}

char* pointer(const std::string& text) { return const_cast<char*>(text.c_str()); }

}  // namespace

std::optional<std::vector<Contender>> read_contenders(const std::string& path) {
    std::ifstream file(path);
    std::vector<Contender> contenders;
    for (std::string line; std::getline(file, line);) {
        auto contender = read_contender(line);
        if (!contender) return std::nullopt;
        contenders.push_back(*contender);
    }
    if (contenders.empty()) return std::nullopt;
    return contenders;
}

CommandStart::CommandStart(const Contender& contender, const std::string& command)
    : file_(contender.file.empty() ? command.c_str() : contender.file.c_str()) {
    static const std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    static const std::string home = "HOME=/root";
    for (const auto& word : contender.words) argv_.push_back(pointer(word));
    argv_.push_back(pointer(command));
    argv_.push_back(nullptr);
    envp_ = {pointer(path), pointer(home)};
    for (const auto& variable : contender.environment) envp_.push_back(pointer(variable));
    envp_.push_back(nullptr);
}

void stay_on_one_core() {
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(static_cast<std::size_t>(std::max(0, ::sched_getcpu())), &core);
    ::sched_setaffinity(0, sizeof core, &core);
}

}  // namespace stepdown::bench

// SPDX-License-Identifier: Apache-2.0
// plant TOP DIRECTORIES FILES: that many directories of that many empty files each, fifty directories to a directory.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::string top = argv[1];
    const int directories = std::atoi(argv[2]);
    const int files = std::atoi(argv[3]);
    ::mkdir(top.c_str(), 0755);
    for (int i = 0; i < directories; ++i) {
        const std::string group = top + "/" + std::to_string(i / 50);
        const std::string name = directories == 1 ? top : group + "/" + std::to_string(i);
        if (directories > 1) ::mkdir(group.c_str(), 0755);
        ::mkdir(name.c_str(), 0755);
        const int directory = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directory < 0) return 1;
        for (int j = 0; j < files; ++j) {
            ::close(::openat(directory, ("file" + std::to_string(j)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
        }
        ::close(directory);
    }
    return 0;
}

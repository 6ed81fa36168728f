// SPDX-License-Identifier: Apache-2.0
// The floor of every tool on a C library: its start, and execve(2) of the words it was given. C as well as C++.
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc > 1) execv(argv[1], argv + 1);
    return 127;
}

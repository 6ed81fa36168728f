// SPDX-License-Identifier: Apache-2.0
// glibc does things in a static program before main that the command would suffer from. By ld(1)'s --wrap these answer
// instead; the names are ld(1)'s.
// NOLINTBEGIN(bugprone-reserved-identifier)

// The directory that $ORIGIN stands for (ld.so(8)); (char *) -1 where it is not known (glibc, elf/dl-origin.c). glibc
// reads the link /proc/self/exe for it. Only dlopen(3) has use for it, which nothing here calls; and procfs makes a new
// process's entries when they are first asked for, which was the dearest call of a start.
extern "C" const char* __wrap__dl_get_origin();

// unsetenv(3). Where AT_SECURE is set (getauxval(3)) glibc takes LD_LIBRARY_PATH, TMPDIR and others out of the
// environment. SELinux sets that at every container's start, and they are the command's; nothing here heeds them. Those
// that tune glibc's malloc it takes out by itself (elf/dl-tunables.c).
extern "C" int __wrap___unsetenv(const char* name);

const char* __wrap__dl_get_origin() {
    return reinterpret_cast<const char*>(-1);  // NOLINT: as glibc says it
}

int __wrap___unsetenv(const char* /*name*/) { return 0; }
// NOLINTEND(bugprone-reserved-identifier)

// Before main, the C library of a static program reads the link /proc/self/exe to learn the program's directory. Only
// dlopen(3) has use for it, which nothing here calls; and procfs makes a new process's entries when they are first
// asked for, which was the dearest call of a start. By ld(1)'s --wrap this answers instead.

// The directory that $ORIGIN stands for (ld.so(8)); (char *) -1 where it is not known (glibc, elf/dl-origin.c).
extern "C" const char* __wrap__dl_get_origin();  // NOLINT(bugprone-reserved-identifier, cert-*): ld(1) makes the name

const char* __wrap__dl_get_origin() {
    return reinterpret_cast<const char*>(-1);  // NOLINT: as glibc says it
}

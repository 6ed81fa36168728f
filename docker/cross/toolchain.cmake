# Debian's cross compiler for the dpkg architecture STEPDOWN_ARCHITECTURE, and the libraries that docker/cross/sysroot.sh
# puts into build/sysroot/ARCHITECTURE.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES STEPDOWN_ARCHITECTURE)
set(CMAKE_SYSTEM_NAME Linux)

set(triplets
    armhf arm-linux-gnueabihf   armel arm-linux-gnueabi       i386 i686-linux-gnu
    ppc64el powerpc64le-linux-gnu   s390x s390x-linux-gnu     riscv64 riscv64-linux-gnu)
list(FIND triplets "${STEPDOWN_ARCHITECTURE}" at)
if(at EQUAL -1)
    message(FATAL_ERROR "STEPDOWN_ARCHITECTURE is \"${STEPDOWN_ARCHITECTURE}\" and not one of: ${triplets}")
endif()
math(EXPR at "${at} + 1")
list(GET triplets ${at} triplet)
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR ${triplet})

set(CMAKE_CXX_COMPILER ${triplet}-g++)
set(CMAKE_FIND_ROOT_PATH ${CMAKE_CURRENT_LIST_DIR}/../../build/sysroot/${STEPDOWN_ARCHITECTURE})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

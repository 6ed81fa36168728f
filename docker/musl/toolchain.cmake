# Debian's compiler for the dpkg architecture STEPDOWN_ARCHITECTURE (amd64, arm64; by default this machine's), with musl
# and the libraries that docker/musl/runtime.sh puts into build/musl/ARCHITECTURE. Everything that is linked is static.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES STEPDOWN_ARCHITECTURE)

if(NOT STEPDOWN_ARCHITECTURE)
    execute_process(COMMAND dpkg --print-architecture OUTPUT_VARIABLE STEPDOWN_ARCHITECTURE
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(STEPDOWN_ARCHITECTURE STREQUAL amd64)
    set(machine x86_64)
elseif(STEPDOWN_ARCHITECTURE STREQUAL arm64)
    set(machine aarch64)
else()
    message(FATAL_ERROR "STEPDOWN_ARCHITECTURE is \"${STEPDOWN_ARCHITECTURE}\" and neither amd64 nor arm64")
endif()
# What this machine can run is no cross build.
cmake_host_system_information(RESULT host QUERY OS_PLATFORM)
if(NOT host STREQUAL machine)
    set(CMAKE_SYSTEM_NAME Linux)
    set(CMAKE_SYSTEM_PROCESSOR ${machine})
endif()

get_filename_component(build ${CMAKE_CURRENT_LIST_DIR}/../../build ABSOLUTE)
set(runtime ${build}/musl/${STEPDOWN_ARCHITECTURE})
set(CMAKE_CXX_COMPILER ${machine}-linux-gnu-g++)
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=include OUTPUT_VARIABLE compiler_headers
                OUTPUT_STRIP_TRAILING_WHITESPACE)

# GCC looks for crt files and archives in -B's directory first, so that its own rules for static-pie hold. musl's headers
# know no _FORTIFY_SOURCE.
set(CMAKE_CXX_FLAGS_INIT "-nostdinc -isystem ${runtime}/include/c++ \
-isystem ${runtime}/include/c++/${machine}-linux-musl -isystem ${runtime}/include/c++/backward \
-isystem ${runtime}/include -isystem ${compiler_headers} -B${runtime}/lib -ffile-prefix-map=${runtime}=/usr/lib/musl")
set(STEPDOWN_LIBC musl CACHE STRING "Given by the toolchain" FORCE)

# Headers alone come from Debian's packages as they are; its libcap.a is glibc's.
set(CMAKE_FIND_ROOT_PATH ${build}/sysroot/${STEPDOWN_ARCHITECTURE})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(LIBCAP ${runtime}/lib/libcap.a CACHE FILEPATH "libcap for musl")

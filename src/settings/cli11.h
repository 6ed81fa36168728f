// SPDX-License-Identifier: Apache-2.0
// CLI11, for the one file that uses it, without what its headers add to every start whether or not a parser is made.
#pragma once

#include <wchar.h>

#include <istream>
#include <ostream>

// <iostream> would initialise eight streams and the locale's facets at every start, which takes 44,000 instructions
// with glibc. CLI11 names two of the streams in functions that nothing here calls. The macro is libstdc++'s include
// guard.
#define _GLIBCXX_IOSTREAM 1
namespace std {
extern ostream cout;
extern ostream cerr;
// The C++ library that docker/musl makes has no wide characters. CLI11 2.4 converts them in functions that nothing here
// calls, and names this one with its namespace.
using ::wcslen;
}  // namespace std

// CLI11 keeps these validators as constants, which every start would make. Nothing here uses them. With parentheses
// their definitions declare functions instead.
#define ExistingFile ExistingFile()
#define ExistingDirectory ExistingDirectory()
#define ExistingPath ExistingPath()
#define NonexistentPath NonexistentPath()
#define ValidIPV4 ValidIPV4()
#define EscapedString EscapedString()
#define Number(...) Number()
#define NonNegativeNumber(...) NonNegativeNumber()
#define PositiveNumber(...) PositiveNumber()

// Nothing here asks for a file of settings, for which CLI11 would use <filesystem>.
#define CLI11_HAS_FILESYSTEM 0

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#undef ExistingFile
#undef ExistingDirectory
#undef ExistingPath
#undef NonexistentPath
#undef ValidIPV4
#undef EscapedString
#undef Number
#undef NonNegativeNumber
#undef PositiveNumber

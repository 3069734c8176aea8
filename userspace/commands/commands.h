// One function per command. Each takes the words after the command's name; flags were parsed by gflags already.
// Exit codes: 0 success, 1 the thing asked about is not so, 2 wrong usage or configuration.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace realpeer::commands {

using Arguments = std::span<const std::string>;

int run(Arguments arguments);
int check(Arguments arguments);
int decode(Arguments arguments);
int doctor(Arguments arguments);
int status(Arguments arguments);
int top(Arguments arguments);
int whois(Arguments arguments);
int trace(Arguments arguments);
int ban(Arguments arguments);
int reload(Arguments arguments);
int upgrade(Arguments arguments);
int setup(Arguments arguments);
int cleanup(Arguments arguments);
int import_manifests(Arguments arguments);
int help(Arguments arguments);

// gflags takes the last of a flag's values: those of this one become one, with commas between them.
std::vector<std::string> join_repeated(std::vector<std::string> words, std::string_view flag);

// Prints "realpeer: TEXT" and where to read on to stderr; returns 2.
int usage_error(std::string_view text);

}  // namespace realpeer::commands

// realpeer COMMAND [FLAG...] [ARGUMENT...]
#include <gflags/gflags.h>

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "commands/commands.h"

namespace {

namespace commands = realpeer::commands;

struct Command {
  std::string_view name;
  int (*function)(commands::Arguments);
};

constexpr std::array table{
    Command{"run", commands::run},         Command{"check", commands::check},
    Command{"decode", commands::decode},   Command{"doctor", commands::doctor},
    Command{"status", commands::status},   Command{"top", commands::top},
    Command{"whois", commands::whois},     Command{"trace", commands::trace},
    Command{"ban", commands::ban},         Command{"reload", commands::reload},
    Command{"upgrade", commands::upgrade}, Command{"setup", commands::setup},
    Command{"cleanup", commands::cleanup}, Command{"import", commands::import_manifests},
    Command{"help", commands::help},
};

int dispatch(int argc, char** argv) {
  // gflags' own --help lists every flag of every library; ours is by command.
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty() || words.front() == "--help" || words.front() == "-h") {
    commands::help({});
    return words.empty() ? 2 : 0;
  }
  if (words.front() == "--version") {
    std::cout << "realpeer " << REALPEER_VERSION << '\n';
    return 0;
  }
  if (words.size() > 1 && (words[1] == "--help" || words[1] == "-h")) return commands::help({words.data(), 1});

  std::vector<std::string> once(argv, argv + argc);
  for (const std::string_view flag : {"hop", "endpoint", "gateway"}) {
    once = commands::join_repeated(std::move(once), flag);
  }
  std::vector<char*> pointers;
  for (auto& word : once) pointers.push_back(word.data());
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  char** parsed = pointers.data();
  gflags::ParseCommandLineFlags(&count, &parsed, true);
  const std::vector<std::string> rest(parsed + 1, parsed + count);
  if (rest.empty()) return commands::usage_error("which command?");
  const auto* command = std::ranges::find(table, std::string_view(rest.front()), &Command::name);
  if (command == table.end()) return commands::usage_error("no command is called '" + rest.front() + "'");
  return command->function(commands::Arguments(rest).subspan(1));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const std::exception& failure) {
    std::cerr << "realpeer: " << failure.what() << '\n';
    return 1;
  }
}

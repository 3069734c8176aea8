#include "commands/speak.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <filesystem>
#include <iostream>
#include <vector>

#include "commands/commands.h"
#include "control/message.h"
#include "control/place.h"
#include "observe/printable.h"

DECLARE_string(node);
DECLARE_string(runtime_dir);

namespace realpeer::commands {
namespace {

// A new process loads its programs, looks up its names and is waited for by the daemon that runs.
constexpr std::chrono::seconds patience{180};
constexpr std::string_view ending = ".sock";

std::vector<std::string> nodes_in(const std::string& directory) {
  std::vector<std::string> nodes;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
    const std::string name = entry.path().filename();
    if (entry.is_socket(none) && name.ends_with(ending)) nodes.push_back(name.substr(0, name.size() - ending.size()));
  }
  std::ranges::sort(nodes);
  return nodes;
}

kernel::Result<kernel::UniqueFd> reach() {
  const auto directory = control::runtime_directory(FLAGS_runtime_dir);
  if (!FLAGS_node.empty()) return control::connect(control::socket_path(directory, FLAGS_node));
  std::vector<kernel::UniqueFd> reached;
  std::string names;
  // Sockets of other kinds, as an admin listener's, may be there as well, and those of daemons that were killed.
  for (const auto& node : nodes_in(directory)) {
    auto daemon = control::connect(control::socket_path(directory, node));
    if (!daemon) continue;
    names += (names.empty() ? "" : ", ") + node;
    reached.push_back(std::move(*daemon));
  }
  if (reached.size() == 1) return std::move(reached.front());
  if (!reached.empty()) {
    return kernel::Error::taken("several daemons run here (" + names + "): choose one with --node");
  }
  return kernel::Error::because("no daemon has a control socket in " + directory +
                                " (is one running? --runtime_dir names another directory)");
}

int fail(const std::string& text) {
  std::cerr << "realpeer: " << text << '\n';
  return 1;
}

}  // namespace

int ask_daemon(const std::string& what, const std::string& done, const std::string& refused) {
  const auto daemon = reach();
  // Which one is not known: nobody is to conclude that none runs.
  if (!daemon) return daemon.error().by_another ? usage_error(daemon.error().text) : fail(daemon.error().text);
  if (const auto asked = control::send(daemon->get(), {{"do", what}}); !asked) return fail(asked.error().text);
  const auto answer = control::receive(daemon->get(), patience);
  if (!answer) return fail(answer.error().text);
  if (const auto* lines = answer->body.if_contains("lines"); lines != nullptr && lines->is_array()) {
    for (const auto& line : lines->get_array()) {
      if (line.is_string()) std::cerr << observe::printable(line.get_string()) << '\n';
    }
  }
  const auto* applied = answer->body.if_contains("applied");
  const bool did = applied != nullptr && applied->is_bool() && applied->get_bool();
  (did ? std::cout : std::cerr) << (did ? done : refused) << '\n';
  return did ? 0 : 2;
}

}  // namespace realpeer::commands

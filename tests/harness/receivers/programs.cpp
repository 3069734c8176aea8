#include "harness/receivers/programs.h"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace realpeer::testing {
namespace {

// Where the shell would find it.
std::string in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto candidate = std::filesystem::path(folder) / name;
    if (std::filesystem::exists(candidate)) return candidate;
  }
  throw std::runtime_error(name + " is not installed");
}

}  // namespace

PythonServer::PythonServer(const Netns& netns, const Endpoint& at)
    : server_({.command = {"/usr/bin/python3", "-u", "-m", "http.server", std::to_string(at.port()), "--bind",
                           at.address().to_string(), "--directory", directory_.path()},
               .netns = netns,
               .ports = {at.port()}}) {}

std::string PythonServer::served() const {
  const auto line = server_.wait_for_message("\"GET ");
  return line.substr(0, line.find(' '));
}

NodeServer::NodeServer(const Netns& netns, const Endpoint& at)
    : server_({.command = {in_path("node"), "--eval",
                           "require('net').createServer(s => s.end(s.remoteAddress + ' ' + s.remotePort)).listen(" +
                               std::to_string(at.port()) + ", '" + at.address().to_string() + "')"},
               .netns = netns,
               .ports = {at.port()}}) {}

}  // namespace realpeer::testing

#include "harness/receivers/haproxy.h"

#include "harness/tcp.h"

namespace realpeer::testing {
namespace {

constexpr const char* kProcess = R"(global
  log stderr format raw local0
  maxconn 512
defaults
  log global
  timeout connect 5s
  timeout client 30s
  timeout server 30s
)";

ServerStart prepared(const Netns& netns, const std::string& sections, const TemporaryDirectory& directory) {
  const auto path = directory.write("haproxy.cfg", kProcess + sections);
  // -db: one process, in the foreground.
  return {.command = {"/usr/sbin/haproxy", "-db", "-f", path}, .netns = netns, .ports = ports_bound_by(sections)};
}

}  // namespace

Haproxy::Haproxy(const Netns& netns, const std::string& sections) : server_(prepared(netns, sections, directory_)) {}

}  // namespace realpeer::testing

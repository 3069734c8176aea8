#include "harness/receivers/sshd.h"

#include <regex>
#include <stdexcept>

namespace realpeer::testing {
namespace {

ServerStart prepared(const Netns& netns, const Endpoint& at, const TemporaryDirectory& directory) {
  directory.give_to(kNobody);
  const std::string key = directory.path() / "host_key";
  const auto made = run({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key}, {.user = kNobody});
  if (made.code != 0) throw std::runtime_error("ssh-keygen:\n" + made.output + made.errors);
  const auto path = directory.write(
      "sshd_config", "HostKey " + key + "\nPidFile none\nLogLevel VERBOSE\nUseDNS no\nUsePAM no\n" +
                         "StrictModes no\nPasswordAuthentication yes\nMaxStartups 100\n" + "ListenAddress " +
                         at.address().to_string() + "\nPort " + std::to_string(at.port()) + "\n");
  return {.command = {"/usr/sbin/sshd", "-D", "-e", "-f", path}, .netns = netns, .ports = {at.port()}};
}

// "... from 203.0.113.42 port 5555 ..."
Endpoint named_in(const std::string& line) {
  static const std::regex from(R"(from (\S+) port (\d+))");
  std::smatch match;
  if (!std::regex_search(line, match, from)) throw std::runtime_error("no address in: " + line);
  return {boost::asio::ip::make_address(match[1].str()), static_cast<std::uint16_t>(std::stoul(match[2]))};
}

}  // namespace

Sshd::Sshd(const Netns& netns, const Endpoint& at) : server_(prepared(netns, at, directory_)) {}

Endpoint Sshd::connected_from() const { return named_in(server_.wait_for_message("Connection from ")); }

Endpoint Sshd::failed_password_from() const { return named_in(server_.wait_for_message("Failed password for ")); }

Finished ssh(const Netns& netns, const Endpoint& to) {
  return run({"/usr/bin/env",
              "SSH_ASKPASS=/bin/echo",
              "SSH_ASKPASS_REQUIRE=force",
              "/usr/bin/ssh",
              "-F",
              "none",
              "-o",
              "StrictHostKeyChecking=no",
              "-o",
              "UserKnownHostsFile=/dev/null",
              "-o",
              "PreferredAuthentications=password",
              "-o",
              "NumberOfPasswordPrompts=1",
              "-o",
              "ConnectTimeout=10",
              "-p",
              std::to_string(to.port()),
              "nobody@" + to.address().to_string(),
              "true"},
             {.netns = &netns});
}

}  // namespace realpeer::testing

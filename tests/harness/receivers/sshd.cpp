#include "harness/receivers/sshd.h"

#include <regex>
#include <stdexcept>

namespace realpeer::testing {
namespace {

void make_key(const std::string& path) {
  const auto made = run({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path}, {.user = kNobody});
  if (made.code != 0) throw std::runtime_error("ssh-keygen:\n" + made.output + made.errors);
}

ServerStart prepared(const Netns& netns, const Endpoint& at, const std::string& more,
                     const TemporaryDirectory& directory) {
  directory.give_to(kNobody);
  const std::string folder = directory.path();
  for (const char* key : {"/host_key", "/user_key"}) make_key(folder + key);
  const auto path = directory.write("sshd_config",
                                    "HostKey " + folder + "/host_key\nAuthorizedKeysFile " + folder +
                                        "/user_key.pub\nPidFile none\nLogLevel VERBOSE\nUseDNS no\n" +
                                        "StrictModes no\nPasswordAuthentication yes\nMaxStartups 100\nListenAddress " +
                                        at.address().to_string() + "\nPort " + std::to_string(at.port()) + "\n" + more);
  return {.command = {"/usr/sbin/sshd", "-D", "-e", "-f", path}, .netns = netns, .ports = {at.port()}};
}

// "... from 203.0.113.42 port 5555 ..."
Endpoint named_in(const std::string& line) {
  static const std::regex from(R"(from (\S+) port (\d+))");
  std::smatch match;
  if (!std::regex_search(line, match, from)) throw std::runtime_error("no address in: " + line);
  return {boost::asio::ip::make_address(match[1].str()), static_cast<std::uint16_t>(std::stoul(match[2]))};
}

// `options` say how to log in.
Finished attempt(const Netns& netns, const Endpoint& to, const std::vector<std::string>& options) {
  std::vector<std::string> command = {
      "/usr/bin/env", "SSH_ASKPASS=/bin/echo", "SSH_ASKPASS_REQUIRE=force", "/usr/bin/ssh", "-F", "none"};
  for (const char* option : {"StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=10"}) {
    command.insert(command.end(), {"-o", option});
  }
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(), {"-p", std::to_string(to.port()), "nobody@" + to.address().to_string(), "true"});
  return run(command, {.netns = &netns});
}

}  // namespace

Sshd::Sshd(const Netns& netns, const Endpoint& at, const std::string& more)
    : server_(prepared(netns, at, more, directory_)) {}

Endpoint Sshd::connected_from() const { return named_in(server_.wait_for_message("Connection from ")); }

Endpoint Sshd::failed_password_from() const { return named_in(server_.wait_for_message("Failed password for ")); }

Endpoint Sshd::accepted_key_from() const { return named_in(server_.wait_for_message("Accepted publickey for ")); }

Finished ssh(const Netns& netns, const Endpoint& to) {
  return attempt(netns, to, {"-o", "PreferredAuthentications=password", "-o", "NumberOfPasswordPrompts=1"});
}

Finished ssh_by_key(const Netns& netns, const Endpoint& to, const std::filesystem::path& key) {
  return attempt(netns, to, {"-o", "PreferredAuthentications=publickey", "-o", "IdentitiesOnly=yes", "-i", key});
}

}  // namespace realpeer::testing

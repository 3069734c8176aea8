#include "harness/receivers/dovecot.h"

namespace realpeer::testing {
namespace {

// A "rootless" installation: every service is the same user, and none is in a chroot.
constexpr const char* kRootless = R"(protocols = imap
ssl = no
disable_plaintext_auth = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
mail_location = maildir:~/mail
passdb {
  driver = static
  args = password=secret
}
service anvil {
  chroot =
}
)";

std::string file(const Endpoint& at, const std::string& gateway, const std::string& directory) {
  std::string text = kRootless;
  text += "base_dir = " + directory + "/run\nstate_dir = " + directory + "/state\nlog_path = " + directory + "/log\n";
  text += "listen = " + at.address().to_string() + "\nhaproxy_trusted_networks = " + gateway + "\n";
  text += "userdb {\n  driver = static\n  args = uid=65534 gid=65534 home=" + directory + "/home/%u\n}\n";
  text += "service imap-login {\n  chroot =\n  inet_listener imap {\n    port = " + std::to_string(at.port()) +
          "\n    haproxy = yes\n  }\n  inet_listener imaps {\n    port = 0\n  }\n}\n";
  return text;
}

ServerStart prepared(const Netns& netns, const Endpoint& at, const std::string& gateway,
                     const TemporaryDirectory& directory) {
  directory.give_to(kNobody);
  const auto path = directory.write("dovecot.conf", file(at, gateway, directory.path()));
  return {.command = {"/usr/sbin/dovecot", "-F", "-c", path},
          .netns = netns,
          .ports = {at.port()},
          .log = directory.path() / "log"};
}

}  // namespace

Dovecot::Dovecot(const Netns& netns, const Endpoint& at, const std::string& gateway)
    : server_(prepared(netns, at, gateway, directory_)) {}

}  // namespace realpeer::testing

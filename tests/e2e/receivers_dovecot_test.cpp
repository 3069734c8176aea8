// Dovecot behind the gateway: the address it logs, limits and bans by.
#include "e2e/receivers.h"
#include "harness/receivers/dovecot.h"

namespace realpeer::testing {
namespace {

const Endpoint kImap = endpoint("10.77.0.2:1143");

class ReceiversDovecot : public Receivers {
 protected:
  void SetUp() override {
    Receivers::SetUp();
    if (!IsSkipped()) dovecot_ = std::make_unique<Dovecot>(net->backend, kImap, "10.77.0.1");
  }

  // Logs in and out over the connection; `client` is whom Dovecot writes down.
  void expect_login_from(Socket& visitor, const std::string& client) {
    visitor.send_all("a login visitor secret\r\n");
    std::string said;
    while (said.find("Logged in") == std::string::npos) said += visitor.receive_exactly(1);
    EXPECT_TRUE(said.starts_with("* OK ")) << said;  // Dovecot greets first
    visitor.send_all("b logout\r\n");
    EXPECT_NE(visitor.receive_until_eof().find("b OK"), std::string::npos);
    const auto line = dovecot_->server().wait_for_message("Login: user=<visitor>");
    EXPECT_NE(line.find("rip=" + client + ","), std::string::npos) << line;
  }

 private:
  std::unique_ptr<Dovecot> dovecot_;
};

TEST_P(ReceiversDovecot, LogsTheClientFromVersionTwo) {
  start_edge(to_string(kImap), "proxy-v2");
  Socket visitor = connect();
  expect_login_from(visitor, "203.0.113.42");
}

TEST_P(ReceiversDovecot, LogsTheClientFromVersionOne) {
  start_edge(to_string(kImap), "proxy-v1");
  Socket visitor = connect();
  expect_login_from(visitor, "203.0.113.42");
}

TEST_P(ReceiversDovecot, LogsAnIPv6ClientThatItServesOverIPv4) {
  config.binds = {"[fd00:c::1]:7000"};
  start_edge(to_string(kImap), "proxy-v2");
  Socket visitor = connect();
  expect_login_from(visitor, "fd00:c::42");
}

TEST_P(ReceiversDovecot, LogsTheClientATrustedPeerClaims) {
  config.endpoints = {to_string(kImap)};
  start_gateway();
  Socket visitor = connect();
  visitor.send_all(proxy_v2(kClaimed, kDialled));
  expect_login_from(visitor, "198.51.100.7");
}

INSTANTIATE_TEST_SUITE_P(Path, ReceiversDovecot, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

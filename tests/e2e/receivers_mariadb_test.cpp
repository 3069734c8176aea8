// MariaDB behind the gateway: accounts are bound to the client's address, and the server speaks first.
#include "e2e/receivers.h"
#include "harness/receivers/mariadb.h"

namespace realpeer::testing {
namespace {

const Endpoint kDatabase = endpoint("10.77.0.2:3306");

class ReceiversMariaDb : public Receivers {
 protected:
  void SetUp() override {
    Receivers::SetUp();
    if (IsSkipped()) return;
    database_ = std::make_unique<MariaDb>(net->backend, kDatabase, "10.77.0.1",
                                          "CREATE USER visitor@'203.0.113.42' IDENTIFIED BY 'secret';\n"
                                          "CREATE USER visitor@'fd00:c::42' IDENTIFIED BY 'secret';\n"
                                          // The gateway's own address: who is let in as this was not told apart.
                                          "CREATE USER resident@'10.77.0.1' IDENTIFIED BY 'secret';\n");
  }

  Finished say(const std::string& statement, const std::string& user = "visitor") {
    return mariadb(net->client, endpoint(config.binds.front()), user, statement);
  }

  void expect_user(const std::string& user) {
    const auto answer = say("SELECT USER()");
    EXPECT_EQ(answer.code, 0) << answer.errors;
    EXPECT_EQ(answer.output, user + "\n");
  }

 private:
  std::unique_ptr<MariaDb> database_;
};

TEST_P(ReceiversMariaDb, KnowsTheUsersAddressFromVersionTwo) {
  start_edge(to_string(kDatabase), "proxy-v2");
  expect_user("visitor@203.0.113.42");
}

TEST_P(ReceiversMariaDb, KnowsTheUsersAddressFromVersionOne) {
  start_edge(to_string(kDatabase), "proxy-v1");
  expect_user("visitor@203.0.113.42");
}

TEST_P(ReceiversMariaDb, KnowsAnIPv6UserThatItServesOverIPv4) {
  config.binds = {"[fd00:c::1]:7000"};
  start_edge(to_string(kDatabase), "proxy-v2");
  expect_user("visitor@fd00:c::42");
}

TEST_P(ReceiversMariaDb, ListsTheUsersPort) {
  start_edge(to_string(kDatabase), "proxy-v2");
  const auto listed = say("SELECT host FROM information_schema.processlist WHERE id = CONNECTION_ID()");
  const auto record = gateway->log().wait_for_record([](const Record&) { return true; });
  EXPECT_EQ(listed.output, record.text("client_addr") + "\n") << listed.errors;
}

TEST_P(ReceiversMariaDb, RefusesTheAccountOfAnotherAddress) {
  start_edge(to_string(kDatabase), "proxy-v2");
  const auto answer = say("SELECT USER()", "resident");
  EXPECT_EQ(answer.code, 1);
  EXPECT_NE(answer.errors.find("Access denied for user 'resident'@'203.0.113.42'"), std::string::npos) << answer.errors;
}

INSTANTIATE_TEST_SUITE_P(Path, ReceiversMariaDb, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

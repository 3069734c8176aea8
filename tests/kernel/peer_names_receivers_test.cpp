// OpenSSH, PostgreSQL and Redis, as Debian ships them: what they see of a client that connects directly, and of one
// that the kernel names.
#include <gmock/gmock.h>

#include <memory>

#include "harness/one_relay.h"
#include "harness/receivers/postgres.h"
#include "harness/receivers/redis.h"
#include "harness/receivers/sshd.h"
#include "kernel/naming.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class NamingForReceivers : public Naming {
 protected:
  // Where a client's program connects to, to reach the receiver as 203.0.113.42:5555.
  OneRelay as_client(const Endpoint& receiver) {
    return {net.gateway, endpoint("10.77.0.1:0"),
            [this, receiver] { return gateway.connect(net.gateway, client, receiver); }};
  }
  // In a cgroup that is not the gateway's, as at home.
  template <typename Receiver, typename... Arguments>
  std::unique_ptr<Receiver> start(const Arguments&... arguments) {
    const InCgroup there(tree.path());
    return std::make_unique<Receiver>(net.backend, arguments...);
  }

  Topology net{"naming_receivers"};
};

TEST_F(NamingForReceivers, SshdSeesADirectClient) {
  const auto sshd = start<Sshd>(endpoint("10.77.0.2:2222"));
  EXPECT_EQ(ssh(net.gateway, endpoint("10.77.0.2:2222")).code, 255);
  EXPECT_EQ(sshd->connected_from().address().to_string(), "10.77.0.1");
  EXPECT_EQ(sshd->failed_password_from().address().to_string(), "10.77.0.1");
}

TEST_F(NamingForReceivers, SshdSeesTheClientThatTheKernelNames) {
  const auto sshd = start<Sshd>(endpoint("10.77.0.2:2222"));
  const auto relay = as_client(endpoint("10.77.0.2:2222"));
  EXPECT_EQ(ssh(net.gateway, relay.at()).code, 255);
  EXPECT_EQ(sshd->connected_from(), client);
  EXPECT_EQ(sshd->failed_password_from(), client);
}

TEST_F(NamingForReceivers, PostgresSeesADirectClient) {
  const auto at = endpoint("10.77.0.2:5432");
  const auto postgres = start<Postgres>(at, std::string("host all all 10.77.0.1/32 trust\n"));
  const auto said = psql(net.gateway, at, kWhoAsksPostgres);
  EXPECT_THAT(said.output, HasSubstr("10.77.0.1|")) << said.errors;
}

TEST_F(NamingForReceivers, PostgresSeesAndAdmitsTheClientThatTheKernelNames) {
  const auto at = endpoint("10.77.0.2:5432");
  const auto postgres = start<Postgres>(at, std::string("host all all 203.0.113.42/32 trust\n"));
  const auto relay = as_client(at);
  const auto said = psql(net.gateway, relay.at(), kWhoAsksPostgres);
  EXPECT_EQ(said.output, "203.0.113.42|5555\n") << said.errors;
  EXPECT_THAT(postgres->server().messages(), HasSubstr("connection received: host=203.0.113.42 port=5555"));
  const auto refused = psql(net.gateway, at, kWhoAsksPostgres);
  EXPECT_THAT(refused.errors, HasSubstr("no pg_hba.conf entry for host \"10.77.0.1\""));
}

TEST_F(NamingForReceivers, RedisSeesADirectClient) {
  const auto redis = start<Redis>(endpoint("10.77.0.2:6379"));
  auto direct = connect(net.gateway, endpoint("10.77.0.2:6379"));
  EXPECT_THAT(redis_clients(direct), HasSubstr(" addr=" + to_string(direct.local()) + " "));
}

TEST_F(NamingForReceivers, RedisSeesTheClientThatTheKernelNames) {
  const auto redis = start<Redis>(endpoint("10.77.0.2:6379"));
  auto told = gateway.connect(net.gateway, client, endpoint("10.77.0.2:6379"));
  const auto clients = redis_clients(told);
  EXPECT_THAT(clients, HasSubstr(" addr=203.0.113.42:5555 "));
  EXPECT_THAT(clients, Not(HasSubstr(" addr=10.77.0.1:")));
  EXPECT_EQ(gateway.outcome(told), kernel::NameDelivery::delivered);
}

}  // namespace
}  // namespace realpeer::testing

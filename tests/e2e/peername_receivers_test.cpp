// Programs of the distribution behind `identity: peername`: unmodified, with no setting of their own for it.
#include "e2e/peername.h"
#include "harness/receivers/nginx.h"
#include "harness/receivers/postgres.h"
#include "harness/receivers/programs.h"
#include "harness/receivers/redis.h"
#include "harness/receivers/sshd.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Endpoint kSsh = endpoint("10.77.0.2:2222");
const Endpoint kDatabase = endpoint("10.77.0.2:5432");
const Endpoint kStore = endpoint("10.77.0.2:6379");
const Endpoint kWeb = endpoint("10.77.0.2:8080");

// The documentation's networks: one client each.
const Endpoint kFriend = endpoint("203.0.113.42:40002");
const Endpoint kOther = endpoint("198.51.100.7:40001");

const std::string kNginx = "server { listen 10.77.0.2:8080; location / { return 200 \"$remote_addr $remote_port\"; } }";
const std::string kRequest = "GET / HTTP/1.0\r\n\r\n";

class PeernameReceivers : public Peername {
 protected:
  void expect_in_redis() {
    Socket client = connect_as(kOther);
    const auto clients = redis_clients(client);
    EXPECT_THAT(clients, HasSubstr(" addr=198.51.100.7:40001 "));
    EXPECT_THAT(clients, Not(HasSubstr(" addr=10.77.0.1:")));
  }
  void expect_in_postgres() {
    const auto relay = as_client(kOther);
    const auto said = psql(net->client, relay.at(), kWhoAsksPostgres);
    EXPECT_EQ(said.output, "198.51.100.7|40001\n") << said.errors;
  }
  void expect_in_sshd(const Sshd& sshd) {
    const auto relay = as_client(kOther);
    EXPECT_EQ(ssh(net->client, relay.at()).code, 255);
    EXPECT_EQ(sshd.connected_from(), kOther);
    EXPECT_EQ(sshd.failed_password_from(), kOther);
  }
  // The body of its answer.
  std::string asked_of_nginx() {
    Socket client = connect_as(kOther);
    client.send_all(kRequest);
    const auto answer = client.receive_until_eof();
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }
  void expect_in_python(const PythonServer& python) {
    Socket client = connect_as(kOther);
    client.send_all(kRequest);
    EXPECT_THAT(client.receive_until_eof(), HasSubstr("200 OK"));
    EXPECT_EQ(python.served(), "198.51.100.7");
  }
};

TEST_P(PeernameReceivers, SshdLogsTheClient) {
  const Sshd sshd(net->backend, kSsh);
  start_naming(to_string(kSsh));
  expect_in_sshd(sshd);
}

TEST_P(PeernameReceivers, SshdThatStartsLaterLogsTheClient) {
  start_naming(to_string(kSsh));
  const Sshd sshd(net->backend, kSsh);
  expect_in_sshd(sshd);
}

// Without a header, as at the edge.
TEST_P(PeernameReceivers, SshdLogsTheClientThatConnectsDirectly) {
  const Sshd sshd(net->backend, kSsh);
  start_edge(to_string(kSsh), "peername");
  EXPECT_EQ(ssh(net->client, endpoint("203.0.113.1:7000")).code, 255);
  const auto record = gateway->log().wait_for_record([](const Record&) { return true; });
  EXPECT_EQ(record.text("peer_addr").substr(0, 13), "203.0.113.42:") << record;
  EXPECT_EQ(to_string(sshd.connected_from()), record.text("peer_addr"));
  EXPECT_EQ(to_string(sshd.failed_password_from()), record.text("peer_addr"));
  EXPECT_EQ(record.fields().at("identity_delivered"), true) << record;
}

TEST_P(PeernameReceivers, SshdLetsUsersInByTheClientsNetwork) {
  const Sshd sshd(net->backend, kSsh, "UsePAM yes\nAllowUsers nobody@203.0.113.0/24\n");
  start_naming(to_string(kSsh));
  {
    const auto relay = as_client(kOther);
    const auto refused = ssh_by_key(net->client, relay.at(), sshd.key());
    EXPECT_EQ(refused.code, 255) << refused.errors;
    EXPECT_THAT(sshd.server().wait_for_message("not allowed"), HasSubstr("User nobody from 198.51.100.7 not allowed"));
  }
  const auto relay = as_client(kFriend);
  const auto admitted = ssh_by_key(net->client, relay.at(), sshd.key());
  EXPECT_EQ(admitted.code, 1) << admitted.errors;
  EXPECT_EQ(sshd.accepted_key_from(), kFriend);
}

TEST_P(PeernameReceivers, SshdMatchesTheClientsAddress) {
  const Sshd sshd(net->backend, kSsh,
                  "UsePAM yes\nPubkeyAuthentication no\nMatch Address 198.51.100.0/24\nPubkeyAuthentication yes\n");
  start_naming(to_string(kSsh));
  {
    const auto relay = as_client(kFriend);
    const auto refused = ssh_by_key(net->client, relay.at(), sshd.key());
    EXPECT_EQ(refused.code, 255);
    EXPECT_THAT(refused.errors, HasSubstr("Permission denied"));
  }
  const auto relay = as_client(kOther);
  EXPECT_EQ(ssh_by_key(net->client, relay.at(), sshd.key()).code, 1);
  EXPECT_EQ(sshd.accepted_key_from(), kOther);
}

TEST_P(PeernameReceivers, PostgresNamesTheClientAndLetsInByItsNetwork) {
  const Postgres postgres(net->backend, kDatabase, "host all all 198.51.100.0/24 trust\n");
  start_naming(to_string(kDatabase));
  expect_in_postgres();
  const auto relay = as_client(kFriend);
  const auto refused = psql(net->client, relay.at(), kWhoAsksPostgres);
  EXPECT_EQ(refused.code, 2) << refused.output;
  EXPECT_THAT(refused.errors, HasSubstr("no pg_hba.conf entry for host \"203.0.113.42\""));
}

TEST_P(PeernameReceivers, PostgresThatStartsLaterNamesTheClient) {
  start_naming(to_string(kDatabase));
  const Postgres postgres(net->backend, kDatabase, "host all all 198.51.100.0/24 trust\n");
  expect_in_postgres();
}

TEST_P(PeernameReceivers, RedisListsTheClient) {
  const Redis redis(net->backend, kStore);
  start_naming(to_string(kStore));
  expect_in_redis();
}

TEST_P(PeernameReceivers, RedisThatStartsLaterListsTheClient) {
  start_naming(to_string(kStore));
  const Redis redis(net->backend, kStore);
  expect_in_redis();
}

TEST_P(PeernameReceivers, NginxWithoutProxyProtocolNamesTheClient) {
  const Nginx nginx(net->backend, {.http = kNginx});
  start_naming(to_string(kWeb));
  EXPECT_EQ(asked_of_nginx(), "198.51.100.7 40001");
  const auto seen = nginx.http_log().wait_for_record([](const Record&) { return true; });
  EXPECT_EQ(seen.text("remote_addr"), "198.51.100.7") << seen;
  EXPECT_EQ(seen.text("proxy_protocol_addr"), "") << seen;
}

TEST_P(PeernameReceivers, NginxThatStartsLaterNamesTheClient) {
  start_naming(to_string(kWeb));
  const Nginx nginx(net->backend, {.http = kNginx});
  EXPECT_EQ(asked_of_nginx(), "198.51.100.7 40001");
}

TEST_P(PeernameReceivers, APythonProgramNamesTheClient) {
  const PythonServer python(net->backend, kWeb);
  start_naming(to_string(kWeb));
  expect_in_python(python);
}

TEST_P(PeernameReceivers, APythonProgramThatStartsLaterNamesTheClient) {
  start_naming(to_string(kWeb));
  const PythonServer python(net->backend, kWeb);
  expect_in_python(python);
}

TEST_P(PeernameReceivers, ANodeProgramNamesTheClient) {
  const NodeServer node(net->backend, kWeb);
  start_naming(to_string(kWeb));
  EXPECT_EQ(connect_as(kOther).receive_until_eof(), "198.51.100.7 40001");
}

TEST_P(PeernameReceivers, ANodeProgramThatStartsLaterNamesTheClient) {
  start_naming(to_string(kWeb));
  const NodeServer node(net->backend, kWeb);
  EXPECT_EQ(connect_as(kOther).receive_until_eof(), "198.51.100.7 40001");
}

INSTANTIATE_TEST_SUITE_P(Path, PeernameReceivers, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

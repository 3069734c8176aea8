// nginx behind the gateway: what it logs of the client, in its http and in its stream module.
#include "e2e/receivers.h"
#include "harness/certificates.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

const std::string kWeb = R"(
  server {
    listen 10.77.0.2:8080 proxy_protocol;
    set_real_ip_from 10.77.0.1;
    real_ip_header proxy_protocol;
    location / { return 200 "$remote_addr"; }
  }
)";

// What nginx cannot terminate by itself goes on to the backend's own listener.
const std::string kPass = R"(
  server {
    listen 10.77.0.2:8081 proxy_protocol;
    proxy_pass 10.77.0.2:9000;
  }
)";

const std::string kHome = "http://203.0.113.1:7000/";
const CurlRequest kOverIPv6{.url = "http://[fd00:c::1]:7000/", .options = {"--globoff"}};

Record any_record(const AccessLog& log) {
  return log.wait_for_record([](const Record&) { return true; });
}

class ReceiversNginx : public Receivers {
 protected:
  // A request and its answer: nginx knows the client by address and port.
  void expect_client_known(const CurlRequest& request) {
    const Nginx nginx(net->backend, {.http = kWeb});
    start_edge("10.77.0.2:8080", identity_);
    const auto response = get(request);
    const auto client = response.client.address().to_string();
    EXPECT_EQ(response.body, client);
    const auto seen = any_record(nginx.http_log());
    EXPECT_EQ(seen.text("proxy_protocol_addr"), client) << seen;
    EXPECT_EQ(seen.text("proxy_protocol_port"), std::to_string(response.client.port())) << seen;
    EXPECT_EQ(seen.text("remote_addr"), client) << seen;
  }

  void expect_stream_knows(const std::string& first, const Endpoint& client) {
    const Nginx nginx(net->backend, {.stream = kPass});
    config.endpoints = {"10.77.0.2:8081"};
    backend.emplace(net->backend, endpoint("10.77.0.2:9000"));
    start_gateway();
    Socket visitor = connect();
    visitor.send_all(first);
    Socket server = backend->accept();
    expect_conversation(visitor, server);
    visitor.close();
    server.close();
    const auto seen = any_record(nginx.stream_log());
    EXPECT_EQ(seen.text("proxy_protocol_addr"), client.address().to_string()) << seen;
    EXPECT_EQ(seen.text("proxy_protocol_port"), std::to_string(client.port())) << seen;
  }

  std::string identity_ = "proxy-v2";
};

TEST_P(ReceiversNginx, HttpKnowsTheClientFromVersionTwo) { expect_client_known({.url = kHome}); }

TEST_P(ReceiversNginx, HttpKnowsTheClientFromVersionOne) {
  identity_ = "proxy-v1";
  expect_client_known({.url = kHome});
}

TEST_P(ReceiversNginx, HttpKnowsAnIPv6ClientThatItServesOverIPv4) {
  config.binds = {"[fd00:c::1]:7000"};
  expect_client_known(kOverIPv6);
}

TEST_P(ReceiversNginx, HttpKnowsAnIPv6ClientFromVersionOne) {
  identity_ = "proxy-v1";
  config.binds = {"[fd00:c::1]:7000"};
  expect_client_known(kOverIPv6);
}

// The header names the address dialled as well as the client.
TEST_P(ReceiversNginx, HttpKnowsTheAddressThatWasDialled) {
  const Nginx nginx(net->backend, {.http = kWeb});
  start_edge("10.77.0.2:8080", "proxy-v2");
  get({.url = kHome});
  EXPECT_EQ(any_record(nginx.http_log()).text("proxy_protocol_server_addr"), "203.0.113.1");
}

TEST_P(ReceiversNginx, TlsPassesThroughAndNginxKnowsClientAndHost) {
  const Certificates certificates;
  const Nginx nginx(net->backend, {.http = "ssl_certificate " + certificates.certificate().string() +
                                           ";\nssl_certificate_key " + certificates.key().string() + R"(;
      server {
        listen 10.77.0.2:8443 ssl proxy_protocol;
        server_name git.example.com;
        return 200 "$proxy_protocol_addr";
      })"});
  config.binds = {"203.0.113.1:443"};
  start_edge("10.77.0.2:8443", "proxy-v2");
  const auto response = get({.url = "https://git.example.com/",
                             .resolve = "git.example.com:443:203.0.113.1",
                             .authority = certificates.authority()});
  EXPECT_EQ(response.body, "203.0.113.42");
  const auto seen = any_record(nginx.http_log());
  EXPECT_EQ(seen.text("proxy_protocol_addr"), "203.0.113.42") << seen;
  EXPECT_EQ(seen.text("host"), "git.example.com") << seen;
  EXPECT_EQ(seen.text("server_name"), "git.example.com") << seen;
}

TEST_P(ReceiversNginx, AFileComesWholeOnThePathAskedFor) {
  const TemporaryDirectory files;
  const auto content = kDownload.bytes(0, 16 * kMiB);
  files.write("file", content);
  const Nginx nginx(net->backend,
                    {.http = "server { listen 10.77.0.2:8080 proxy_protocol; root " + files.path().string() + "; }"});
  start_edge("10.77.0.2:8080", "proxy-v2");
  const auto response = get({.url = kHome + "file"});
  EXPECT_TRUE(response.body == content) << response.body.size() << " bytes came";
  EXPECT_EQ(record_of(response.client).text("path"), GetParam());
}

TEST_P(ReceiversNginx, StreamKnowsTheClientFromVersionTwo) {
  expect_stream_knows(proxy_v2(kClaimed, kDialled), kClaimed);
}

TEST_P(ReceiversNginx, StreamKnowsTheClientFromVersionOne) {
  config.identity = "proxy-v1";
  expect_stream_knows(proxy_v2(kClaimed, kDialled), kClaimed);
}

// nginx's stream module takes 107 bytes of header and no more: TLVs must not come to it unasked.
TEST_P(ReceiversNginx, StreamIsSparedTheTlvsOfALongHeader) {
  expect_stream_knows(proxy_v2(kClaimed, kDialled, tlv(0xE0, std::string(2048, 'x'))), kClaimed);
}

TEST_P(ReceiversNginx, HttpKnowsThePeerOfAConnectionThatIsLocal) {
  const Nginx nginx(net->backend, {.http = kWeb});
  config.endpoints = {"10.77.0.2:8080"};
  start_gateway();
  Socket client = connect();
  client.send_all(proxy_v2_local() + "GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.receive_until_eof().ends_with("\r\n\r\n203.0.113.42"));
}

INSTANTIATE_TEST_SUITE_P(Path, ReceiversNginx, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

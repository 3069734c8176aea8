// HAProxy behind the gateway: what it knows of the client.
#include <boost/json/parse.hpp>

#include "e2e/receivers.h"
#include "harness/certificates.h"
#include "harness/receivers/haproxy.h"

namespace realpeer::testing {
namespace {

const std::string kBind = "bind 10.77.0.2:8080 accept-proxy";

// Answers every request with what it knows.
const std::string kTellsAll = R"(
frontend web
  mode http
  bind 10.77.0.2:8080 accept-proxy
  http-request return status 200 content-type application/json lf-string '{"src":"%[src]","src_port":"%[src_port]","dst":"%[dst]","authority":"%[fc_pp_authority]","unique_id":"%[fc_pp_unique_id]"}'
)";

class ReceiversHaproxy : public Receivers {
 protected:
  void SetUp() override {
    Receivers::SetUp();
    if (!IsSkipped()) haproxy_ = std::make_unique<Haproxy>(net->backend, kTellsAll);
  }

  static Record told(const std::string& body) { return Record(boost::json::parse(body).as_object()); }

  void expect_client_known(const std::string& identity) {
    start_edge("10.77.0.2:8080", identity);
    const auto response = get({.url = "http://203.0.113.1:7000/"});
    const auto seen = told(response.body);
    EXPECT_EQ(seen.text("src"), "203.0.113.42") << seen;
    EXPECT_EQ(seen.text("src_port"), std::to_string(response.client.port())) << seen;
    EXPECT_EQ(seen.text("dst"), "203.0.113.1") << seen;
  }

 private:
  std::unique_ptr<Haproxy> haproxy_;
};

TEST_P(ReceiversHaproxy, KnowsTheClientFromVersionTwo) { expect_client_known("proxy-v2"); }

TEST_P(ReceiversHaproxy, KnowsTheClientFromVersionOne) { expect_client_known("proxy-v1"); }

TEST_P(ReceiversHaproxy, IsNotToldWhatNobodyAskedToTell) {
  config.endpoints = {"10.77.0.2:8080"};
  start_gateway();
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled, tlv(0x02, "git.example.com") + tlv(0x05, "request-1234")) +
                  "GET / HTTP/1.0\r\n\r\n");
  const auto answer = client.receive_until_eof();
  const auto seen = told(answer.substr(answer.find("\r\n\r\n") + 4));
  EXPECT_EQ(seen.text("src"), "198.51.100.7") << seen;
  EXPECT_EQ(seen.text("authority"), "") << seen;
  EXPECT_EQ(seen.text("unique_id"), "") << seen;
}

// Over TLS that HAProxy alone can end: the gateway reads the name, and HAProxy checks the checksum.
TEST_P(ReceiversHaproxy, IsToldWhatTheBackendIsSetToSend) {
  const Certificates certificates;
  const std::string bind = "bind 10.77.0.2:8443 accept-proxy ssl crt " + certificates.certificate_and_key().string();
  const Haproxy haproxy(net->backend, std::string(kTellsAll).replace(kTellsAll.find(kBind), kBind.size(), bind));
  start_gateway_with(R"(
listeners:
  - name: edge
    bind: "203.0.113.1:443"
    route: { sni: { "*.example.com": haproxy } }
backends:
  haproxy: { endpoints: ["10.77.0.2:8443"], profile: haproxy, send_tlvs: [authority, alpn, unique_id, crc32c] }
)");
  const auto response = get({.url = "https://git.example.com/",
                             .resolve = "git.example.com:443:203.0.113.1",
                             .authority = certificates.authority()});
  const auto seen = told(response.body);
  EXPECT_EQ(seen.text("src"), "203.0.113.42") << seen;
  EXPECT_EQ(seen.text("authority"), "git.example.com") << seen;
  EXPECT_EQ(seen.text("unique_id"), record_of(response.client).text("unique_id")) << seen;
  EXPECT_EQ(seen.text("unique_id").size(), 32U) << seen;
}

INSTANTIATE_TEST_SUITE_P(Path, ReceiversHaproxy, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

// One gateway before several receivers, each told in its own way: the configuration as an operator writes it.
#include "e2e/receivers.h"
#include "harness/certificates.h"
#include "harness/receivers/dovecot.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

class ReceiversTogether : public Receivers {};

TEST_P(ReceiversTogether, EachKnowsTheClientInItsOwnWay) {
  const Certificates certificates;
  const Nginx nginx(net->backend, {.http = "ssl_certificate " + certificates.certificate().string() +
                                           ";\nssl_certificate_key " + certificates.key().string() + R"(;
      server { listen 10.77.0.2:8443 ssl proxy_protocol; return 200 "$proxy_protocol_addr"; }
      server { listen 10.77.0.2:8444 ssl proxy_protocol; return 200 "other"; })"});
  const Dovecot dovecot(net->backend, endpoint("10.77.0.2:1143"), "10.77.0.1");
  start_gateway_with(R"(
listeners:
  - name: web
    bind: "203.0.113.1:443"
    accept_proxy: mixed
    trusted_cidrs: [192.0.2.0/24]
    route: { backend: nginx }
  - { name: imap, bind: "203.0.113.1:143", route: { backend: dovecot } }
backends:
  nginx: { endpoints: ["10.77.0.2:8443"], identity: proxy-v2 }
  dovecot: { endpoints: ["10.77.0.2:1143"], identity: proxy-v1 }
timeouts: { drain: 1s }
)");
  const auto page = get({.url = "https://git.example.com/",
                         .resolve = "git.example.com:443:203.0.113.1",
                         .authority = certificates.authority()});
  EXPECT_EQ(page.body, "203.0.113.42");

  Socket mail = testing::connect(net->client, endpoint("203.0.113.1:143"));
  mail.send_all("a login visitor secret\r\nb logout\r\n");
  EXPECT_NE(mail.receive_until_eof().find("Logged in"), std::string::npos);
  EXPECT_NE(dovecot.server().wait_for_message("Login: user=<visitor>").find("rip=203.0.113.42,"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Path, ReceiversTogether, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

// The metrics as Prometheus reads them.
#include <gtest/gtest.h>

#include <sstream>

#include "admin/exposition.h"
#include "admin/metrics.h"

namespace realpeer::admin {
namespace {

TEST(Exposition, WritesEachMetricWithItsHelpAndType) {
  Exposition out;
  out.counter("a_total", "What is counted.");
  out.sample({}, 3);
  out.gauge("b", "What is measured.");
  out.sample({{"x", "1"}, {"y", "2"}}, -0.5);
  out.sample({{"x", "2"}, {"y", ""}}, 10'000'000);
  EXPECT_EQ(out.text(),
            "# HELP a_total What is counted.\n"
            "# TYPE a_total counter\n"
            "a_total 3\n"
            "# HELP b What is measured.\n"
            "# TYPE b gauge\n"
            "b{x=\"1\",y=\"2\"} -0.5\n"
            "b{x=\"2\",y=\"\"} 10000000\n");
}

TEST(Exposition, EscapesWhatWouldEndALabel) {
  Exposition out;
  out.gauge("a", "A.");
  out.sample({{"file", "C:\\certificates\\\"new\"\n.pem"}}, 1);
  EXPECT_EQ(out.text(),
            "# HELP a A.\n"
            "# TYPE a gauge\n"
            "a{file=\"C:\\\\certificates\\\\\\\"new\\\"\\n.pem\"} 1\n");
}

TEST(Exposition, WritesHistogramsAsTheyAddUp) {
  Exposition out;
  out.histogram("a_seconds", "A.");
  out.bucket(0.001, 2);
  out.bucket(0.5, 5);
  out.sum_and_count(1.25, 6);
  EXPECT_EQ(out.text(),
            "# HELP a_seconds A.\n"
            "# TYPE a_seconds histogram\n"
            "a_seconds_bucket{le=\"0.001\"} 2\n"
            "a_seconds_bucket{le=\"0.5\"} 5\n"
            "a_seconds_bucket{le=\"+Inf\"} 6\n"
            "a_seconds_sum 1.25\n"
            "a_seconds_count 6\n");
}

// The lines of one metric, without its help and type.
std::string samples(const std::string& all, const std::string& name) {
  std::istringstream lines(all);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name)) found += line + "\n";
  }
  return found;
}

TEST(Metrics, TellOfCertificates) {
  const auto all =
      metrics({.certificates = {{"https", "/etc/a.pem", {"a.example.com"}, 59.5}, {"mail", "b.pem", {}, -0.25}},
               .reloads = {.applied = 2, .refused = 1}});
  EXPECT_EQ(samples(all, "realpeer_certificate_expiry_seconds"),
            "realpeer_certificate_expiry_seconds{listener=\"https\",file=\"/etc/a.pem\"} 5140800\n"
            "realpeer_certificate_expiry_seconds{listener=\"mail\",file=\"b.pem\"} -21600\n");
  EXPECT_EQ(samples(all, "realpeer_config_reloads_total"),
            "realpeer_config_reloads_total{result=\"applied\"} 2\n"
            "realpeer_config_reloads_total{result=\"refused\"} 1\n");
  EXPECT_EQ(metrics({}).find("expiry_seconds"), std::string::npos);
}

TEST(Metrics, TellOfListeners) {
  observe::ListenerTally tally;
  tally.connections = 7;
  tally.active[observe::index(observe::Path::sockmap)] = 2;
  tally.active[observe::no_path] = 1;
  tally.reject(policy::RejectReason::untrusted_source);
  tally.reject(policy::RejectReason::request_too_large);
  tally.header(observe::HeaderVersion::v2, observe::HeaderResult::accepted);
  tally.header(observe::HeaderVersion::unknown, observe::HeaderResult::rejected);
  tally.moved(observe::Direction::out, observe::Path::sockmap, 1'000'000'000'000);
  tally.requests[2] = 3;
  const auto all = metrics({.listeners = {{"ssh", &tally}}});
  EXPECT_EQ(samples(all, "realpeer_connections_"),
            "realpeer_connections_total{listener=\"ssh\"} 7\n"
            "realpeer_connections_active{listener=\"ssh\",path=\"relay\"} 0\n"
            "realpeer_connections_active{listener=\"ssh\",path=\"sockmap\"} 2\n"
            "realpeer_connections_active{listener=\"ssh\",path=\"none\"} 1\n");
  EXPECT_EQ(samples(all, "realpeer_rejected_total"),
            "realpeer_rejected_total{listener=\"ssh\",reason=\"untrusted_source\"} 1\n"
            "realpeer_rejected_total{listener=\"ssh\",reason=\"request_too_large\"} 1\n");
  EXPECT_EQ(samples(all, "realpeer_proxy_headers_total"),
            "realpeer_proxy_headers_total{listener=\"ssh\",version=\"v2\",result=\"accepted\"} 1\n"
            "realpeer_proxy_headers_total{listener=\"ssh\",version=\"unknown\",result=\"rejected\"} 1\n");
  EXPECT_EQ(samples(all, "realpeer_bytes_total{listener=\"ssh\",direction=\"out\",path=\"sockmap\"}"),
            "realpeer_bytes_total{listener=\"ssh\",direction=\"out\",path=\"sockmap\"} 1000000000000\n");
  EXPECT_EQ(samples(all, "realpeer_requests_total"), "realpeer_requests_total{listener=\"ssh\",status=\"2xx\"} 3\n");
}

TEST(Metrics, TellOfBackendsAndAdmission) {
  kernel::AdmissionCounters counters{};
  counters[0] = 5;
  const auto all =
      metrics({.endpoints = {{"web", "10.0.0.7:80", true}, {"web", "10.0.0.8:80", false}}, .admission = counters});
  EXPECT_EQ(samples(all, "realpeer_backend_up"),
            "realpeer_backend_up{backend=\"web\",endpoint=\"10.0.0.7:80\"} 1\n"
            "realpeer_backend_up{backend=\"web\",endpoint=\"10.0.0.8:80\"} 0\n");
  EXPECT_NE(samples(all, "realpeer_admission_packets_total").find("} 5\n"), std::string::npos);
  EXPECT_EQ(metrics({}).find("admission"), std::string::npos);
}

TEST(Metrics, TellWhetherBackendsTookTheClient) {
  kernel::NameCounters counters{};
  counters.at(REALPEER_NAMES_DELIVERED) = 4;
  counters.at(REALPEER_NAMES_UNDELIVERED) = 1;
  EXPECT_EQ(samples(metrics({.names = counters}), "realpeer_peernames_total"),
            "realpeer_peernames_total{result=\"delivered\"} 4\n"
            "realpeer_peernames_total{result=\"undelivered\"} 1\n");
  EXPECT_EQ(metrics({}).find("peernames"), std::string::npos);
}

TEST(Metrics, TellOfThisProcess) {
  const auto process = OfProcess::read();
  EXPECT_GT(process.resident_bytes, 1e6);
  EXPECT_GT(process.most_descriptors, 0);
  EXPECT_GT(process.start_seconds, 1.6e9);
}

}  // namespace
}  // namespace realpeer::admin

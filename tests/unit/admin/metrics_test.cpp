// The metrics as Prometheus reads them.
#include <gtest/gtest.h>

#include "admin/exposition.h"
#include "admin/pages.h"

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

TEST(Metrics, TellVersionCertificatesAndReloads) {
  EXPECT_EQ(metrics({.certificates = {{"https", "/etc/a.pem", {"a.example.com"}, 59.5}, {"mail", "b.pem", {}, -0.25}},
                     .certificate_reloads = {.succeeded = 2, .failed = 1}}),
            "# HELP realpeer_build_info What runs here; always 1.\n"
            "# TYPE realpeer_build_info gauge\n"
            "realpeer_build_info{version=\"" REALPEER_VERSION
            "\"} 1\n"
            "# HELP realpeer_certificate_expiry_days Days until a certificate in use expires; negative once it has.\n"
            "# TYPE realpeer_certificate_expiry_days gauge\n"
            "realpeer_certificate_expiry_days{listener=\"https\",file=\"/etc/a.pem\"} 59.5\n"
            "realpeer_certificate_expiry_days{listener=\"mail\",file=\"b.pem\"} -0.25\n"
            "# HELP realpeer_certificate_reloads_total How often certificates were read again; failure: a listener "
            "kept its old ones.\n"
            "# TYPE realpeer_certificate_reloads_total counter\n"
            "realpeer_certificate_reloads_total{result=\"success\"} 2\n"
            "realpeer_certificate_reloads_total{result=\"failure\"} 1\n");
}

TEST(Metrics, LeaveOutCertificatesWhereThereAreNone) {
  EXPECT_EQ(metrics({}).find("expiry_days"), std::string::npos);
  EXPECT_NE(metrics({}).find("reloads_total{result=\"success\"} 0\n"), std::string::npos);
}

}  // namespace
}  // namespace realpeer::admin

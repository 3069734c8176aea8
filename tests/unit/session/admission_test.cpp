#include "session/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace realpeer::session {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

config::Config configured(const std::string& listener, const std::string& settings = "") {
  const auto loaded =
      config::load_text("admission: { interfaces: [eth0], denied_cidrs: [192.0.2.0/24] }\n" + settings +
                            "\nlisteners:\n- { name: a, bind: '0.0.0.0:80', " + listener +
                            ", route: { backend: b } }\nbackends: { b: { endpoints: ['10.0.0.7:80'] } }\n",
                        "t.yaml");
  for (const auto& diagnostic : loaded.diagnostics) {
    if (diagnostic.severity == config::Severity::error) ADD_FAILURE() << diagnostic.to_string();
  }
  return loaded.config;
}

constexpr const char* kTrusting = "accept_proxy: mixed, trusted_cidrs: [10.100.0.9, 10.7.0.0/16, '2001:db8:0:7::9']";

TEST(AdmissionRules, AreTheListenersAndTheDenied) {
  const auto rules = admission_rules(configured("accept_proxy: strict, trusted_cidrs: [10.100.0.9], untrusted: drop"));
  ASSERT_THAT(rules.listeners, SizeIs(1));
  EXPECT_EQ(net::to_string(rules.listeners[0].bind), "0.0.0.0:80");
  EXPECT_TRUE(rules.listeners[0].drop_untrusted);
  ASSERT_THAT(rules.listeners[0].trusted, SizeIs(1));
  EXPECT_EQ(rules.listeners[0].trusted[0].to_string(), "10.100.0.9/32");
  ASSERT_THAT(rules.denied, SizeIs(1));
  EXPECT_FALSE(rules.syn_rate);
}

TEST(AdmissionRules, LetTheStackRefuseUnlessToldToDrop) {
  EXPECT_FALSE(admission_rules(configured(kTrusting)).listeners.at(0).drop_untrusted);
}

// What is not believed is no reason to spare anybody the rate.
TEST(AdmissionRules, TrustNobodyWhereNoHeaderIsBelieved) {
  EXPECT_THAT(admission_rules(configured("accept_proxy: off, trusted_cidrs: [10.0.0.0/8]")).listeners.at(0).trusted,
              IsEmpty());
}

TEST(AdmissionRules, HaveTheRateInNanoseconds) {
  const auto rules =
      admission_rules(configured("accept_proxy: off", "limits: { per_source_syn: { rate: 30/m, burst: 7 } }"));
  ASSERT_TRUE(rules.syn_rate);
  EXPECT_EQ(rules.syn_rate->interval, std::chrono::seconds(2));
  EXPECT_EQ(rules.syn_rate->burst, 7U);
}

// Two links may have one such address.
TEST(AdmissionRules, LeaveLinkLocalListenersToTheDaemon) {
  const auto loaded = config::load_text(
      "admission: { interfaces: [eth0] }\nlisteners: [{ name: a, bind: '[fe80::9%lo]:80', route: { backend: b } }]\n"
      "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n",
      "t.yaml");
  ASSERT_THAT(loaded.config.listeners, SizeIs(1));
  EXPECT_THAT(admission_rules(loaded.config).listeners, IsEmpty());
}

}  // namespace
}  // namespace realpeer::session

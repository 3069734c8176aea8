// What `realpeer doctor` says of the interfaces while a daemon judges on them.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "e2e/chain.h"
#include "harness/admission_status.h"

namespace realpeer::testing {
namespace {

using ::testing::EndsWith;

class Doctor : public Chain {
 protected:
  void start_with(const std::string& admission) {
    config.text = R"(
listeners:
  - { name: in, bind: "203.0.113.1:7000", route: { backend: app } }
backends:
  app: { endpoints: ["10.77.0.2:9000"] }
)" + admission;
    start();
  }

  // Its answer about an interface of the gateway's, asked for a configuration or for none. What else it finds on this
  // host is not our matter, nor its exit.
  std::string says_of(const std::string& interface, const GatewayConfig* configured = nullptr) {
    const TemporaryDirectory directory;
    std::vector<std::string> command = {REALPEER_BINARY, "doctor", "--json"};
    if (configured != nullptr) {
      command.insert(command.end(), {"--config", directory.write("c.yaml", configured->yaml()).string()});
    }
    const auto done = run(command, {.netns = &net->gateway});
    const auto findings = boost::json::parse(done.output);
    for (const auto& finding : findings.as_array()) {
      if (finding.at("question").as_string() != "admission on " + interface) continue;
      EXPECT_TRUE(finding.at("yes").as_bool());
      return std::string(finding.at("detail").as_string());
    }
    ADD_FAILURE() << "not a word of " << interface << ":\n" << done.output << done.errors;
    return {};
  }
};

TEST_P(Doctor, NamesTheNodeThatIsAttachedToAnInterfaceAndHow) {
  const auto free = says_of("wan0");
  EXPECT_EQ(free.find("attached"), std::string::npos) << free;
  for (const std::string mode : {"native", "generic", "tc"}) {
    gateway.reset();
    start_with("admission: { interfaces: [wan0], mode: " + mode + " }\n");
    const auto by = mode + ", by node '" + config.node + "'";
    EXPECT_EQ(says_of("wan0", &config), "attached: " + by);
    EXPECT_THAT(says_of("wan0"), EndsWith("; attached already: " + by)) << "and what another one would get";
    EXPECT_EQ(says_of("lan0"), free) << "nobody judges there";
    EXPECT_EQ(gateway->stop(), Exit{});
    EXPECT_EQ(says_of("wan0"), free) << "it is gone";
  }
}

TEST_P(Doctor, NamesEveryNodeOnAnInterface) {
  start_with("admission: { interfaces: [wan0] }\n");
  auto second = config;
  second.node = unique_node();
  second.text.replace(second.text.find(":7000"), 5, ":7001");
  const Daemon other(REALPEER_BINARY, second, {.netns = &net->gateway});
  const auto both = "native, by node '" + config.node + "'; tc, by node '" + second.node + "'";
  EXPECT_EQ(says_of("wan0", &config), "attached: " + both);
  EXPECT_THAT(says_of("wan0"), EndsWith("; attached already: " + both));
}

INSTANTIATE_TEST_SUITE_P(Path, Doctor, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

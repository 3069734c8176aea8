#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/ip/host_name.hpp>
#include <filesystem>
#include <fstream>

#include "unit/config/written.h"

namespace realpeer::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using written::with_backend;
using written::with_root;
using written::with_routed_listener;

// The configuration of `text`, which must be without any diagnostic.
Config loaded(const std::string& text) {
  const Loaded result = load_text(text, "t.yaml");
  for (const Diagnostic& diagnostic : result.diagnostics) ADD_FAILURE() << diagnostic.to_string();
  return result.config;
}

Listener listener_with(const std::string& line) { return loaded(with_routed_listener(line)).listeners.at(0); }

TEST(Defaults, OfTheWholeAreThoseOfTheReference) {
  const Config config = loaded(with_root(""));
  EXPECT_EQ(config.datapath, Datapath::automatic);
  EXPECT_EQ(config.splice_credit, 1048576U);
  EXPECT_EQ(config.limits.connections, 100'000U);
  EXPECT_EQ(config.timeouts.connect, 5s);
  EXPECT_EQ(config.timeouts.idle, 1h);
  EXPECT_EQ(config.timeouts.half_closed, 5min);
  EXPECT_EQ(config.timeouts.drain, 30s);
  EXPECT_EQ(config.log.level, "info");
  EXPECT_EQ(config.log.format, LogFormat::text);
  EXPECT_EQ(config.log.access, "stdout");
}

TEST(Defaults, TakeTheHostNameAsTheNode) { EXPECT_EQ(loaded(with_root("")).node, boost::asio::ip::host_name()); }

TEST(Defaults, OfAListenerAreThoseOfTheReference) {
  const Listener listener = loaded(with_root("")).listeners.at(0);
  EXPECT_EQ(listener.trust.accept_proxy, policy::AcceptProxy::off);
  EXPECT_THAT(listener.trust.trusted_cidrs, IsEmpty());
  EXPECT_EQ(listener.header_timeout, 5s);
  EXPECT_EQ(listener.max_header, 4096U);
}

TEST(Defaults, OfABackendSendTheHeaderOfVersionTwo) {
  EXPECT_EQ(loaded(with_root("")).backends.at(0).identity, Identity::proxy_v2);
}

TEST(Load, ReadsTheLimitsOfAClient) {
  const auto limits =
      loaded(with_root(
                 "limits: { per_client: { rate: 50/s, burst: 100, concurrent: 500 }, denied_clients: [192.0.2.0/24] }"))
          .limits;
  ASSERT_TRUE(limits.per_client.rate);
  EXPECT_EQ(limits.per_client.rate->interval(), 20ms);
  EXPECT_EQ(limits.per_client.rate->burst, 100U);
  EXPECT_EQ(limits.per_client.concurrent, 500U);
  EXPECT_EQ(limits.denied_clients.at(0).to_string(), "192.0.2.0/24");
}

TEST(Load, LetsAsManyComeAtOnceAsAPeriodHas) {
  const auto rate = loaded(with_root("limits: { per_client: { rate: 300/m } }")).limits.per_client.rate;
  ASSERT_TRUE(rate);
  EXPECT_EQ(rate->interval(), 200ms);
  EXPECT_EQ(rate->burst, 300U);
}

TEST(Load, LimitsNoClientByDefault) {
  EXPECT_FALSE(loaded(with_root("")).limits.per_client.limits());
  EXPECT_THAT(loaded(with_root("")).limits.denied_clients, IsEmpty());
}

TEST(Load, ReadsWhereBackendsAreTold) {
  const std::string told = "\nbackends: { b: { endpoints: ['10.0.0.7:80'], identity: peername } }\n";
  EXPECT_EQ(
      loaded("peername: { cgroup: /sys/fs/cgroup }\nlisteners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } "
             "}]" +
             told)
          .peername.cgroup,
      "/sys/fs/cgroup");
  EXPECT_EQ(loaded(with_root("")).peername.cgroup, "");
}

TEST(Load, ReadsTheNode) { EXPECT_EQ(loaded(with_root("node: prod-1")).node, "prod-1"); }

TEST(Load, ReadsEachDatapath) {
  EXPECT_EQ(loaded(with_root("datapath: auto")).datapath, Datapath::automatic);
  EXPECT_EQ(loaded(with_root("datapath: sockmap")).datapath, Datapath::sockmap);
  EXPECT_EQ(loaded(with_root("datapath: relay")).datapath, Datapath::relay);
}

TEST(Load, ReadsTheSpliceCreditWithAndWithoutUnit) {
  EXPECT_EQ(loaded(with_root("splice_credit: 65536")).splice_credit, 65536U);
  EXPECT_EQ(loaded(with_root("splice_credit: 2MiB")).splice_credit, 2097152U);
}

TEST(Load, ReadsTheLimits) {
  EXPECT_EQ(loaded(with_root("limits: { connections: 10000000 }")).limits.connections, 10'000'000U);
}

TEST(Load, ReadsTheTimeouts) {
  const Timeouts timeouts =
      loaded(with_root("timeouts: { connect: 500ms, idle: 2h, half_closed: 1m, drain: 0s }")).timeouts;
  EXPECT_EQ(timeouts.connect, 500ms);
  EXPECT_EQ(timeouts.idle, 2h);
  EXPECT_EQ(timeouts.half_closed, 1min);
  EXPECT_EQ(timeouts.drain, 0s);
}

TEST(Load, ReadsTheLogSettings) {
  const Log log = loaded(with_root("log: { level: debug, format: json, access: /var/log/realpeer/access.log }")).log;
  EXPECT_EQ(log.level, "debug");
  EXPECT_EQ(log.format, LogFormat::json);
  EXPECT_EQ(log.access, "/var/log/realpeer/access.log");
}

TEST(Load, TakesOffAsTheWordForTheAccessLogToo) {
  EXPECT_EQ(loaded(with_root("log: { access: off }")).log.access, "off");
}

TEST(Load, ReadsAListener) {
  const Listener listener = listener_with("  header_timeout: 2s\n  max_header: 65551");
  EXPECT_EQ(listener.name, "a");
  EXPECT_EQ(net::to_string(listener.bind), "192.0.2.9:80");
  EXPECT_EQ(listener.header_timeout, 2s);
  EXPECT_EQ(listener.max_header, 65551U);
  EXPECT_EQ(listener.route.otherwise, "b");
}

TEST(Load, TakesOffAsAModeAndNotAsABoolean) {
  EXPECT_EQ(listener_with("  accept_proxy: off").trust.accept_proxy, policy::AcceptProxy::off);
  EXPECT_EQ(listener_with("  accept_proxy: 'off'").trust.accept_proxy, policy::AcceptProxy::off);
}

TEST(Load, ReadsTheTrustedNetworks) {
  const auto trust =
      listener_with("  accept_proxy: strict\n  trusted_cidrs: [100.64.0.0/10, '2001:db8::/32', 10.100.0.9]").trust;
  EXPECT_EQ(trust.accept_proxy, policy::AcceptProxy::strict);
  ASSERT_EQ(trust.trusted_cidrs.size(), 3U);
  EXPECT_EQ(trust.trusted_cidrs[0].to_string(), "100.64.0.0/10");
  EXPECT_EQ(trust.trusted_cidrs[1].to_string(), "2001:db8::/32");
  EXPECT_EQ(trust.trusted_cidrs[2].to_string(), "10.100.0.9/32");
}

TEST(Load, ReadsMixedMode) {
  EXPECT_EQ(listener_with("  accept_proxy: mixed\n  trusted_cidrs: [10.0.0.0/8]").trust.accept_proxy,
            policy::AcceptProxy::mixed);
}

TEST(Load, ReadsEachIdentity) {
  const auto identity_of = [](const std::string& word) {
    return loaded(with_backend("    endpoints: ['10.0.0.7:80']\n    identity: " + word)).backends.at(0).identity;
  };
  EXPECT_EQ(identity_of("proxy-v2"), Identity::proxy_v2);
  EXPECT_EQ(identity_of("proxy-v1"), Identity::proxy_v1);
  EXPECT_EQ(identity_of("none"), Identity::none);
}

TEST(Load, KeepsTheEndpointsInTheirOrder) {
  const auto endpoints = loaded(with_backend("    endpoints: ['10.0.0.7:80', 'web.internal:81', '[2001:db8::1]:82']"))
                             .backends.at(0)
                             .endpoints;
  ASSERT_EQ(endpoints.size(), 3U);
  EXPECT_EQ(endpoints[0].to_string(), "10.0.0.7:80");
  EXPECT_EQ(endpoints[1].to_string(), "web.internal:81");
  EXPECT_EQ(endpoints[2].to_string(), "[2001:db8::1]:82");
}

TEST(Load, RemembersWhereThingsStand) {
  const Config config = loaded(
      "backends:\n"
      "  b:\n"
      "    endpoints:\n"
      "      - 10.0.0.7:80\n"
      "listeners:\n"
      "  - name: a\n"
      "    accept_proxy: strict\n"
      "    trusted_cidrs:\n"
      "      - 10.0.0.0/8\n"
      "    bind: 192.0.2.9:80\n"
      "    route: { backend: b }\n");
  EXPECT_EQ(config.backends[0].place.line, 2);
  EXPECT_EQ(config.backends[0].endpoints[0].place.line, 4);
  const Listener& listener = config.listeners[0];
  EXPECT_EQ(listener.place.file, "t.yaml");
  EXPECT_EQ(listener.place.line, 6);
  EXPECT_EQ(listener.places.accept_proxy.line, 7);
  EXPECT_EQ(listener.places.trusted_cidrs.at(0).line, 9);
  EXPECT_EQ(listener.places.bind.line, 10);
}

TEST(Load, FollowsAnchors) {
  const Config config = loaded(
      "backends: { b: { endpoints: &here ['10.0.0.7:80'] }, c: { endpoints: *here } }\n"
      "listeners:\n"
      "- { name: a, bind: '192.0.2.9:80', route: &to_b { backend: b } }\n"
      "- { name: d, bind: '192.0.2.9:81', route: *to_b }\n"
      "- { name: e, bind: '192.0.2.9:82', route: { backend: c } }\n");
  EXPECT_EQ(config.listeners.at(1).route.otherwise, "b");
  EXPECT_EQ(config.backends.at(1).endpoints.at(0).host, "10.0.0.7");
}

TEST(Load, FindsABackendByName) {
  const Config config = loaded(with_root(""));
  EXPECT_EQ(config.find_backend("b"), &config.backends.at(0));
  EXPECT_EQ(config.find_backend("c"), nullptr);
}

TEST(Load, WithWarningsOnlyIsOk) {
  const Loaded result = load_text(with_routed_listener("  trusted_cidrs: [10.0.0.0/8]"), "t.yaml");
  EXPECT_EQ(result.diagnostics.size(), 1U);
  EXPECT_TRUE(result.ok());
}

class LoadFile : public testing::Test {
 protected:
  LoadFile() { std::filesystem::create_directory(folder_); }
  ~LoadFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string write(const std::string& text) {
    std::ofstream(path_) << text;
    return path_;
  }

  static std::vector<std::string> problems(const std::string& path) {
    std::vector<std::string> found;
    for (const Diagnostic& diagnostic : load_file(path).diagnostics) found.push_back(diagnostic.to_string());
    return found;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("realpeer-load-" + std::to_string(::getpid()));
  const std::string path_ = folder_ / "realpeer.yaml";
};

TEST_F(LoadFile, ReadsTheFile) {
  const Loaded result = load_file(write(with_root("node: prod-1")));
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.config.node, "prod-1");
}

TEST_F(LoadFile, NamesTheFileInItsDiagnostics) {
  EXPECT_THAT(problems(write(with_root("node: /"))),
              ElementsAre(path_ + ":1: error: node: '/' cannot be a name: write 1 to 63 letters, digits, '.', '_' or "
                                  "'-', and not '.' or '..'"));
}

TEST_F(LoadFile, ThatIsMissingIsAnErrorAtLineZero) {
  EXPECT_THAT(problems(path_), ElementsAre(path_ + ":0: error: cannot be read: No such file or directory: name a "
                                                   "readable configuration file"));
}

TEST_F(LoadFile, ThatIsADirectoryIsAnErrorAtLineZero) {
  EXPECT_THAT(problems(folder_),
              ElementsAre(folder_.string() + ":0: error: cannot be read: Is a directory: name a readable "
                                             "configuration file"));
}

TEST_F(LoadFile, WithoutEndIsAnErrorAtLineZero) {
  EXPECT_THAT(problems("/dev/zero"), ElementsAre("/dev/zero:0: error: cannot be read: it is larger than 4 MiB: name a "
                                                 "readable configuration file"));
}

}  // namespace
}  // namespace realpeer::config

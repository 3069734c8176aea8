// The daemon's own log: refusals that are said once and then counted, and lines that strangers cannot break.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <regex>
#include <sstream>

#include "e2e/chain.h"
#include "harness/client_hello.h"

namespace realpeer::testing {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kText = "20[0-9][0-9]-[0-9-]*T[0-9:.]* (debug|info|warning|error) .*";

std::string hello_of(const std::string& extensions) { return hellos::record(hellos::hello(extensions)); }

class Log : public Chain {
 protected:
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> found;
    std::istringstream text(gateway->process().errors());
    for (std::string line; std::getline(text, line);) found.push_back(line);
    return found;
  }
  [[nodiscard]] std::vector<std::string> lines_with(const std::string& part) const {
    auto found = lines();
    std::erase_if(found, [&](const std::string& line) { return line.find(part) == std::string::npos; });
    return found;
  }
  // How many refusals the log speaks of.
  [[nodiscard]] std::uint64_t told() const {
    std::uint64_t sum = 0;
    const std::regex number("refused ([0-9]+) more like it");
    for (const auto& line : lines_with(" refused ")) {
      std::smatch found;
      sum += std::regex_search(line, found, number) ? std::stoull(found[1]) : 1;
    }
    return sum;
  }
  void be_refused(int times, const std::string& bytes = "") {
    for (int i = 0; i < times; ++i) {
      be_refused_at([&] {
        Socket client = bytes.empty() ? connect({.from = kStranger}) : connect();
        client.send_all(bytes);
        ASSERT_NE(client.ending(kSoon).end, End::deadline);
      });
    }
  }
  // A program that is realpeer in an environment of its own.
  [[nodiscard]] std::string realpeer_where(const std::string& commands) const {
    const auto path = directory_.write("realpeer", "#!/bin/sh\n" + commands + "\nexec " REALPEER_BINARY " \"$@\"\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }
  void start_where(const std::string& commands) {
    config.text = config.yaml();
    config.text.erase(0, config.text.find("log:"));
    gateway = std::make_unique<Daemon>(realpeer_where(commands), config, ProcessOptions{.netns = &net->gateway});
  }

 private:
  const TemporaryDirectory directory_{};
};

TEST_P(Log, SaysOfTheFirstRefusalWhatMendsIt) {
  start();
  be_refused(1);
  EXPECT_TRUE(eventually([&] { return told() == 1; }, kSoon));
  const auto found = lines_with("refused");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], MatchesRegex("20[0-9].* warning refused 203.0.113.66:[0-9]+ at listener 'in-0': "
                                     "untrusted_source: .* trusted_cidrs.*"));
  be_refused(1, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return told() == 2; }, kSoon));
  EXPECT_THAT(lines_with("refused").back(), HasSubstr("at listener 'in-0': header_missing, looks like http: "));
}

TEST_P(Log, CountsAThousandRefusalsInAFewLines) {
  start();
  at_once({[this] { be_refused(500); }, [this] { be_refused(500, "GET / HTTP/1.1\r\n\r\n"); }});
  // The last of them are told without a further one, once the interval is over.
  EXPECT_TRUE(eventually([&] { return told() == 1000; }, Duration{20'000})) << told();
  EXPECT_LE(lines_with("refused").size(), 20U);
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_EQ(told(), 1000U);
}

TEST_P(Log, TellsOfWhatItCountedBeforeItEnds) {
  start();
  be_refused(20);
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_EQ(told(), 20U);
  EXPECT_LE(lines_with("refused").size(), 4U);
}

TEST_P(Log, SaysNothingOfProbes) {
  config.log_level = "debug";
  start();
  Socket probe = connect();
  const auto peer = probe.local();
  probe.close();
  EXPECT_EQ(record_of(peer).text("reason"), "empty_probe");
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_EQ(told(), 0U);
}

// Whatever strangers send where their words may come into the log.
TEST_P(Log, IsNotWrittenByStrangers) {
  config.log_level = "debug";
  config.text =
      "log: { level: debug }\n"
      "listeners:\n"
      "- { name: web, bind: '203.0.113.1:7000', route: { http: [{ path: /web, backend: app }] } }\n"
      "- { name: tls, bind: '203.0.113.1:7001', route: { sni: { a.example.com: app } } }\n"
      "- { name: ssh, bind: '203.0.113.1:7002', accept_proxy: strict, trusted_cidrs: [203.0.113.42], "
      "route: { backend: app } }\n"
      "backends: { app: { endpoints: ['10.77.0.2:9000'] } }\n";
  start_gateway();
  const std::string evil = "\x1b[31m\xff\xc2\x9b\r2026-01-01T00:00:00.000 info forged";
  const std::pair<const char*, std::string> sent[] = {
      {"203.0.113.1:7000", "GET /caf\xe9\xc2\x9b HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"203.0.113.1:7000", "GET /" + evil + " HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"203.0.113.1:7000", evil + " / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"203.0.113.1:7000", "GET / HTTP/1.1\r\nHost: " + evil + "\r\n\r\n"},
      {"203.0.113.1:7001", evil},
      {"203.0.113.1:7001", hello_of(hellos::server_name("a" + evil))},
      {"203.0.113.1:7001", hello_of(hellos::server_name("b.example.com") + hellos::alpn({evil}))},
      {"203.0.113.1:7002", "PROXY TCP4 " + evil + "\r\n"},
      {"203.0.113.1:7002", evil},
  };
  for (const auto& [to, bytes] : sent) {
    Socket client = testing::connect(net->client, endpoint(to), {.from = endpoint("203.0.113.42:0")});
    const auto peer = client.local();
    client.send_all(bytes);
    record_of(peer);
  }
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_GE(told(), 7U);
  const auto all = gateway->process().errors();
  EXPECT_THAT(lines(), Each(MatchesRegex(kText)));
  for (const char c : all) ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c) << "\n" << all;
}

TEST_P(Log, IsJsonWhereThatIsAskedFor) {
  config.text = config.yaml();
  config.text.erase(0, config.text.find("log:"));
  config.text.replace(config.text.find("level:"), 6, "format: json, level:");
  start();
  be_refused(1);
  EXPECT_TRUE(eventually([&] { return !lines_with("untrusted_source").empty(); }, kSoon));
  for (const auto& line : lines()) {
    const auto object = boost::json::parse(line).as_object();
    EXPECT_EQ(object.size(), 3U) << line;
    EXPECT_THAT(std::string(object.at("ts").as_string()), MatchesRegex("20[0-9-]*T[0-9:]*\\.[0-9]*Z"));
    const bool refusal = std::string_view(object.at("msg").as_string()).starts_with("refused ");
    if (refusal) {
      EXPECT_EQ(object.at("level"), "warning");
    }
    EXPECT_NE(object.at("msg").as_string(), "");
  }
}

TEST_P(Log, LeavesTimeAndLevelToTheJournal) {
  start_where("export JOURNAL_STREAM=$(stat --dereference --format=%d:%i /proc/self/fd/2)");
  be_refused(1);
  EXPECT_TRUE(eventually([&] { return lines_with("<4>refused 203.0.113.66:").size() == 1; }, kSoon));
  EXPECT_TRUE(eventually([&] { return lines_with("<6>ready").size() == 1; }, kSoon));
  EXPECT_THAT(lines(), Each(MatchesRegex("<[46]>[^ ].*")));
}

TEST_P(Log, IsForPeopleWhereTheJournalIsElsewhere) {
  start_where("export JOURNAL_STREAM=9:123");
  EXPECT_TRUE(eventually([&] { return lines_with(" info ready").size() == 1; }, kSoon));
  EXPECT_THAT(lines(), Each(MatchesRegex(kText)));
}

INSTANTIATE_TEST_SUITE_P(Path, Log, ::testing::Values("relay"), path_name);

}  // namespace
}  // namespace realpeer::testing

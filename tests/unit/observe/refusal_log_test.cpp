// Refusals in the daemon's own log.
#include "observe/refusal_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "unit/observe/logged.h"

namespace realpeer::observe {
namespace {

using namespace std::chrono_literals;
using policy::RejectReason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr RefusalLog::Clock::time_point kStart{1000h};

std::vector<config::Listener> listeners(const std::vector<std::string>& names) {
  std::vector<config::Listener> made(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) made[i].name = names[i];
  return made;
}

net::Endpoint at(const char* address, std::uint16_t port) { return {boost::asio::ip::make_address(address), port}; }

Record refused(std::string_view listener, RejectReason reason, std::uint16_t port = 4711) {
  Record record;
  record.listener = listener;
  record.peer = at("10.0.0.9", port);
  record.reason = reason;
  return record;
}

TEST(RefusalLine, SaysPeerReasonAndRemedy) {
  auto record = refused("ssh", RejectReason::header_missing);
  record.looks_like = "http";
  record.detail = "byte 0 (0x47) belongs to neither signature";
  EXPECT_EQ(first_line(record),
            "refused 10.0.0.9:4711 at listener 'ssh': header_missing, looks like http: byte 0 (0x47) belongs to "
            "neither signature. Turn the header on in the gateway in front; point health checks at /healthz of the "
            "admin listener, or let them send a header.");
}

TEST(RefusalLine, NamesAClientThatIsNotThePeer) {
  auto record = refused("ssh", RejectReason::backend_timeout);
  record.client = at("2001:db8::7", 5000);
  EXPECT_THAT(first_line(record),
              testing::StartsWith("refused 10.0.0.9:4711 for client [2001:db8::7]:5000 at listener 'ssh': "
                                  "backend_timeout. "));
  record.client = record.peer;
  EXPECT_THAT(first_line(record), testing::StartsWith("refused 10.0.0.9:4711 at listener 'ssh': backend_timeout. "));
}

TEST(RefusalLine, OfANumberSaysTheNewest) {
  EXPECT_EQ(number_line("ssh", RejectReason::rate_limited, {999, 10'400ms}, at("::1", 7)),
            "refused 999 more like it at listener 'ssh' in the last 10 s: rate_limited (newest from [::1]:7)");
  EXPECT_THAT(number_line("ssh", RejectReason::rate_limited, {1, 20ms}, at("::1", 7)), HasSubstr("in the last 1 s"));
}

TEST(RefusalLog, CountsEachListenerAndReasonByItself) {
  Logged logged;
  const auto all = listeners({"ssh", "web"});
  RefusalLog log;
  log.cover(all);
  log.add(refused("ssh", RejectReason::header_missing, 1), kStart);
  log.add(refused("ssh", RejectReason::untrusted_source, 2), kStart);
  log.add(refused("web", RejectReason::header_missing, 3), kStart);
  EXPECT_THAT(logged.lines(), ElementsAre(HasSubstr("10.0.0.9:1 at listener 'ssh': header_missing"),
                                          HasSubstr("10.0.0.9:2 at listener 'ssh': untrusted_source"),
                                          HasSubstr("10.0.0.9:3 at listener 'web': header_missing")));
  for (std::uint16_t port = 10; port < 15; ++port) log.add(refused("ssh", RejectReason::header_missing, port), kStart);
  log.add(refused("web", RejectReason::header_missing, 20), kStart + 5s);
  log.tell_due(kStart + 9s);
  EXPECT_THAT(logged.lines(), IsEmpty());
  log.tell_due(kStart + 10s);
  EXPECT_THAT(logged.lines(),
              ElementsAre("warning refused 5 more like it at listener 'ssh' in the last 10 s: header_missing (newest "
                          "from 10.0.0.9:14)",
                          "warning refused 1 more like it at listener 'web' in the last 10 s: header_missing (newest "
                          "from 10.0.0.9:20)"));
}

TEST(RefusalLog, TellsTheRestAtItsEnd) {
  Logged logged;
  const auto all = listeners({"ssh"});
  RefusalLog log;
  log.cover(all);
  for (int i = 0; i < 3; ++i) log.add(refused("ssh", RejectReason::no_route), kStart);
  log.tell_rest(kStart + 3s);
  EXPECT_THAT(logged.lines(), ElementsAre(HasSubstr("refused 10.0.0.9:4711 at listener 'ssh': no_route"),
                                          HasSubstr("refused 2 more like it at listener 'ssh' in the last 3 s")));
  log.tell_rest(kStart + 4s);
  EXPECT_THAT(logged.lines(), IsEmpty());
}

TEST(RefusalLog, IsSilentOfProbesAndOfWhatWasNotRefused) {
  Logged logged;
  const auto all = listeners({"ssh"});
  RefusalLog log;
  log.cover(all);
  for (int i = 0; i < 3; ++i) log.add(refused("ssh", RejectReason::empty_probe), kStart);
  log.add(refused("ssh", RejectReason::none), kStart);
  log.tell_rest(kStart + 3s);
  EXPECT_THAT(logged.lines(), IsEmpty());
}

// Every reason has its place, the last too.
TEST(RefusalLog, KnowsEveryReason) {
  Logged logged;
  const auto all = listeners({"ssh"});
  RefusalLog log;
  log.cover(all);
  for (std::size_t i = 0; i < reasons; ++i) {
    log.add(refused("ssh", static_cast<RejectReason>(i)), kStart);
    log.add(refused("ssh", static_cast<RejectReason>(i)), kStart);
  }
  log.tell_rest(kStart + 1s);
  EXPECT_EQ(logged.lines().size(), 2 * (reasons - 2));
}

TEST(RefusalLog, LosesNoneWhereManyThreadsRefuse) {
  Logged logged;
  const auto all = listeners({"ssh"});
  RefusalLog log;
  log.cover(all);
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 50'000; ++n) log.add(refused("ssh", RejectReason::no_route), kStart + n * 1ms);
      });
    }
  }
  log.tell_rest(kStart + 60s);
  std::uint64_t told = 0;
  const auto lines = logged.lines();
  for (const auto& line : lines) {
    const bool first = line.find("more like it") == std::string::npos;
    told += first ? 1 : std::stoull(line.substr(line.find("refused ") + 8));
  }
  EXPECT_EQ(told, 200'000U);
  EXPECT_LE(lines.size(), 8U);
}

}  // namespace
}  // namespace realpeer::observe

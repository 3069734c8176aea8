// What admission decides of a SYN, and how the decision is counted.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "harness/wait.h"
#include "kernel/instance.h"
#include "kernel/judge.h"
#include "kernel/mounts.h"

namespace realpeer::test {
namespace {

using std::chrono::seconds;
using testing::Bytes;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::packet;

constexpr const char* host = "10.0.0.1";
constexpr const char* host6 = "fd00::1";

Bytes syn(const std::string& from, std::uint16_t port = 443) {
  auto composed = packet().ethernet();
  if (from.find(':') == std::string::npos) return composed.ipv4(from, host).tcp(port).syn().bytes();
  return composed.ipv6(from, host6).tcp(port).syn().bytes();
}

Bytes syn_to(const std::string& to, std::uint16_t port) {
  auto composed = packet().ethernet();
  if (to.find(':') == std::string::npos) return composed.ipv4("203.0.113.42", to).tcp(port).syn().bytes();
  return composed.ipv6("2001:db8::42", to).tcp(port).syn().bytes();
}

net::Address address(const std::string& text) { return boost::asio::ip::make_address(text); }

class AdmissionVerdict : public ::testing::TestWithParam<Hook> {
 protected:
  [[nodiscard]] std::string verdict(const Bytes& bytes) const { return judge_.verdict(GetParam(), bytes); }
  [[nodiscard]] std::string from(const std::string& source) const { return verdict(syn(source)); }

  Judge judge_;
};
INSTANTIATE_TEST_SUITE_P(Hooks, AdmissionVerdict, ::testing::Values(Hook::xdp, Hook::tc),
                         ::testing::PrintToStringParamName());

TEST_P(AdmissionVerdict, PassesEverythingBeforeThereAreRules) { EXPECT_EQ(from("203.0.113.42"), "no_rules"); }

TEST_P(AdmissionVerdict, IsNoneForOtherPortsAndAddresses) {
  judge_.apply({.listeners = {strict("10.0.0.1:443", {"192.0.2.0/24"})}, .denied = networks({"0.0.0.0/0", "::/0"})});
  EXPECT_EQ(verdict(syn_to("10.0.0.1", 443)), "denied");
  EXPECT_EQ(verdict(syn_to("10.0.0.1", 444)), "passed");
  EXPECT_EQ(verdict(syn_to("10.0.0.2", 443)), "passed");
  EXPECT_EQ(verdict(syn_to("fd00::1", 443)), "passed");
}

TEST_P(AdmissionVerdict, IsThatOfTheListenerTheStackWouldChoose) {
  judge_.apply({.listeners = {strict("10.0.0.1:443", {"192.0.2.1"}), listener("0.0.0.0:443"),
                              strict("[fd00::1]:443", {"192.0.2.1"}), listener("[::]:443"),
                              strict("[::]:80", {"192.0.2.1"}), listener("10.0.0.9:80")}});
  EXPECT_EQ(verdict(syn_to("10.0.0.1", 443)), "untrusted");
  EXPECT_EQ(verdict(syn_to("10.0.0.2", 443)), "admitted");
  EXPECT_EQ(verdict(syn_to("fd00::1", 443)), "untrusted");
  EXPECT_EQ(verdict(syn_to("fd00::2", 443)), "admitted");
  EXPECT_EQ(verdict(syn_to("10.0.0.9", 80)), "admitted");
  EXPECT_EQ(verdict(syn_to("10.0.0.1", 80)), "untrusted");  // by dual stack
  EXPECT_EQ(verdict(syn_to("fd00::1", 80)), "untrusted");
}

TEST_P(AdmissionVerdict, OfAnIpv4WildcardIsNoneForIpv6) {
  judge_.apply({.listeners = {listener("0.0.0.0:443")}});
  EXPECT_EQ(verdict(syn_to("10.0.0.1", 443)), "admitted");
  EXPECT_EQ(verdict(syn_to("fd00::1", 443)), "passed");
}

TEST_P(AdmissionVerdict, IsTheSameForAListenerOnAMappedAddress) {
  judge_.apply({.listeners = {listener("[::ffff:10.0.0.1]:443", {"::ffff:192.0.2.0/120"})}});
  EXPECT_EQ(verdict(syn_to("10.0.0.1", 443)), "admitted");
}

TEST_P(AdmissionVerdict, DeniesWholeNetworks) {
  judge_.apply({.listeners = {listener("[::]:443")}, .denied = networks({"198.51.100.0/25", "2001:db8:bad::/48"})});
  EXPECT_EQ(from("198.51.100.0"), "denied");
  EXPECT_EQ(from("198.51.100.127"), "denied");
  EXPECT_EQ(from("198.51.100.128"), "admitted");
  EXPECT_EQ(from("2001:db8:bad::1"), "denied");
  EXPECT_EQ(from("2001:db8:bad:ffff:ffff:ffff:ffff:ffff"), "denied");
  EXPECT_EQ(from("2001:db8:bae::1"), "admitted");
}

TEST_P(AdmissionVerdict, KeepsTheFamiliesApart) {
  judge_.apply({.listeners = {listener("[::]:443")}, .denied = networks({"::/0"})});
  EXPECT_EQ(from("203.0.113.42"), "admitted");
  EXPECT_EQ(from("2001:db8::1"), "denied");
  judge_.apply({.listeners = {listener("[::]:443")}, .denied = networks({"0.0.0.0/0"})});
  EXPECT_EQ(from("203.0.113.42"), "denied");
  EXPECT_EQ(from("2001:db8::1"), "admitted");
  // Such an address is not for the wire; it is IPv6 all the same.
  EXPECT_EQ(from("::ffff:203.0.113.42"), "admitted");
}

TEST_P(AdmissionVerdict, AsksEachListenersOwnListOfTrust) {
  judge_.apply({.listeners = {strict("[::]:443", {"192.0.2.0/24", "2001:db8:1::/48"}),
                              strict("[::]:444", {"10.9.0.0/16"}), listener("[::]:445", {"192.0.2.0/24"})}});
  EXPECT_EQ(verdict(syn("192.0.2.7", 443)), "admitted");
  EXPECT_EQ(verdict(syn("10.9.1.1", 443)), "untrusted");
  EXPECT_EQ(verdict(syn("2001:db8:1::9", 443)), "admitted");
  EXPECT_EQ(verdict(syn("2001:db8:2::9", 443)), "untrusted");
  EXPECT_EQ(verdict(syn("192.0.2.7", 444)), "untrusted");
  EXPECT_EQ(verdict(syn("10.9.1.1", 444)), "admitted");
  EXPECT_EQ(verdict(syn("10.9.1.1", 445)), "admitted");  // is told so later, by the daemon
}

TEST_P(AdmissionVerdict, DeniesTheTrustedToo) {
  judge_.apply({.listeners = {strict("[::]:443", {"192.0.2.0/24"})}, .denied = networks({"192.0.2.66/32"})});
  EXPECT_EQ(from("192.0.2.66"), "denied");
  EXPECT_EQ(from("192.0.2.67"), "admitted");
}

TEST_P(AdmissionVerdict, OfABannedSourceComesBeforeWhatTheListenerSaysOfStrangers) {
  judge_.apply({.listeners = {strict("[::]:443", {"10.9.0.0/16"}), listener("[::]:444")}});
  const auto bans = judge_.bans();
  ASSERT_TRUE(bans.add(address("192.0.2.66"), seconds(100), REALPEER_BAN_OPERATOR));
  ASSERT_TRUE(bans.add(address("192.0.2.67"), kernel::Bans::for_good, REALPEER_BAN_LIMITS));
  EXPECT_EQ(verdict(syn("192.0.2.66", 443)), "banned");
  EXPECT_EQ(verdict(syn("192.0.2.68", 443)), "untrusted");
  EXPECT_EQ(verdict(syn("192.0.2.67", 444)), "banned");
  EXPECT_EQ(verdict(syn("192.0.2.68", 444)), "admitted");
  EXPECT_EQ(verdict(syn("192.0.2.67", 80)), "passed");  // no listener of ours
  ASSERT_TRUE(*bans.remove(address("192.0.2.67")));
  EXPECT_EQ(verdict(syn("192.0.2.67", 444)), "admitted");
}

// A ban is of a whole subnet, and what its other members did is nothing against the gateway.
TEST_P(AdmissionVerdict, OfATrustedSourceIsNotChangedByABan) {
  judge_.apply({.listeners = {strict("[::]:443", {"192.0.2.66", "2001:db8:0:7::9"}), listener("[::]:444")}});
  const auto bans = judge_.bans();
  ASSERT_TRUE(bans.add(address("192.0.2.66"), seconds(100), REALPEER_BAN_LIMITS));
  ASSERT_TRUE(bans.add(address("2001:db8:0:7::1"), seconds(100), REALPEER_BAN_LIMITS));
  EXPECT_EQ(verdict(syn("192.0.2.66", 443)), "admitted");
  EXPECT_EQ(verdict(syn("192.0.2.66", 444)), "banned");  // a listener that does not trust it
  EXPECT_EQ(verdict(syn("2001:db8:0:7::9", 443)), "admitted");
  EXPECT_EQ(verdict(syn("2001:db8:0:7::1", 443)), "banned");
}

TEST_P(AdmissionVerdict, OfABanHoldsForAWholeIpv6SubnetOfSixtyFour) {
  judge_.apply({.listeners = {listener("[::]:443")}});
  ASSERT_TRUE(judge_.bans().add(address("2001:db8:0:7::1"), seconds(100), REALPEER_BAN_LIMITS));
  EXPECT_EQ(from("2001:db8:0:7:ffff::9"), "banned");
  EXPECT_EQ(from("2001:db8:0:8::1"), "admitted");
}

TEST_P(AdmissionVerdict, OfAnExpiredBanIsNone) {
  judge_.apply({.listeners = {listener("[::]:443")}});
  const auto bans = judge_.bans();
  ASSERT_TRUE(bans.add(address("192.0.2.66"), seconds(0), REALPEER_BAN_LIMITS));
  EXPECT_EQ(from("192.0.2.66"), "admitted");
  EXPECT_TRUE(bans.list()->empty());
  EXPECT_EQ(bans.sweep(), 1U);
  EXPECT_EQ(bans.sweep(), 0U);
}

TEST_P(AdmissionVerdict, OfAWildcardIsNoneForWhatTheHostForwards) {
  const int forwarding = ::open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::write(forwarding, "1", 1), 1);
  ::close(forwarding);
  testing::ip_batch("link add d0 type veth peer name d1\naddr add 10.0.0.1/24 dev d0\nlink set d0 up\nlink set d1 up");
  judge_.apply({.listeners = {listener("[::]:443"), listener("10.0.0.7:80")}, .denied = networks({"203.0.113.0/24"})});
  EXPECT_EQ(verdict(syn_to("10.0.0.1", 443)), "denied");
  EXPECT_EQ(verdict(syn_to("10.0.0.7", 443)), "not_local");
  // An address that a listener names is its own, wherever the routes say it is (IP_FREEBIND, a floating address).
  EXPECT_EQ(verdict(syn_to("10.0.0.7", 80)), "denied");
}

// The SYN rate, with its state set by hand: no test waits for time to pass.
class SynRate : public AdmissionVerdict {
 protected:
  static constexpr std::uint64_t interval = 1000ULL * 1000 * 1000 * 1000;  // 1000 s

  SynRate() {
    judge_.apply({.listeners = {strict("[::]:443", {"192.0.2.0/24"}), listener("[::]:444", {"192.0.2.0/24"})},
                  .syn_rate = kernel::SynRate{.interval = std::chrono::seconds(1), .burst = 1}});
    set_rate(5);
  }

  // One SYN in 1000 s.
  void set_rate(std::uint64_t burst) const {
    const realpeer_syn_rate rate{.interval = interval, .tolerance = (burst - 1) * interval};
    const std::uint32_t holds = judge_.object().generation();
    ASSERT_EQ(bpf_map_update_elem(judge_.object().syn_rates(), &holds, &rate, BPF_ANY), 0);
  }
  static std::uint64_t now() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
  }
  [[nodiscard]] std::optional<std::uint64_t> due(const std::string& source) const {
    const auto key = kernel::source_key(address(source));
    std::uint64_t value = 0;
    if (bpf_map_lookup_elem(judge_.object().sources(), &key, &value) != 0) return std::nullopt;
    return value;
  }
  void set_due(const std::string& source, std::uint64_t value) const {
    const auto key = kernel::source_key(address(source));
    ASSERT_EQ(bpf_map_update_elem(judge_.object().sources(), &key, &value, BPF_ANY), 0);
  }
  [[nodiscard]] std::string open_from(const std::string& source) const { return verdict(syn(source, 444)); }
};
INSTANTIATE_TEST_SUITE_P(Hooks, SynRate, ::testing::Values(Hook::xdp, Hook::tc), ::testing::PrintToStringParamName());

TEST_P(SynRate, AdmitsABurstAndNotOneMore) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(open_from("203.0.113.42"), "admitted") << i;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(open_from("203.0.113.42"), "syn_rate") << i;
  EXPECT_EQ(open_from("203.0.113.43"), "admitted");
}

TEST_P(SynRate, AdmitsOneMoreWithEachInterval) {
  for (int i = 0; i < 6; ++i) (void)open_from("203.0.113.42");
  // As if two intervals had passed.
  set_due("203.0.113.42", *due("203.0.113.42") - 2 * interval);
  EXPECT_EQ(open_from("203.0.113.42"), "admitted");
  EXPECT_EQ(open_from("203.0.113.42"), "admitted");
  EXPECT_EQ(open_from("203.0.113.42"), "syn_rate");
}

TEST_P(SynRate, CountsNoMoreThanABurstForALongSilence) {
  set_due("203.0.113.42", 1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(open_from("203.0.113.42"), "admitted") << i;
  EXPECT_EQ(open_from("203.0.113.42"), "syn_rate");
}

TEST_P(SynRate, IsExactAtItsEdge) {
  constexpr std::uint64_t margin = interval / 10;  // 100 s: the test takes less
  const std::uint64_t late = now() + 4 * interval - margin;
  set_due("203.0.113.42", late);
  EXPECT_EQ(open_from("203.0.113.42"), "admitted");
  EXPECT_EQ(due("203.0.113.42"), late + interval);
  const std::uint64_t early = now() + 4 * interval + margin;
  set_due("203.0.113.42", early);
  EXPECT_EQ(open_from("203.0.113.42"), "syn_rate");
  EXPECT_EQ(due("203.0.113.42"), early);  // a refused SYN costs its source nothing
  const std::uint64_t before = now();
  set_due("203.0.113.42", before / 2);
  EXPECT_EQ(open_from("203.0.113.42"), "admitted");
  EXPECT_GE(due("203.0.113.42"), before + interval);
  EXPECT_LE(due("203.0.113.42"), now() + interval);
}

TEST_P(SynRate, IsThatOfAnIpv6SubnetOfSixtyFour) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(open_from("2001:db8:0:7::" + std::to_string(i)), "admitted");
  EXPECT_EQ(open_from("2001:db8:0:7:8:9:a:b"), "syn_rate");
  EXPECT_EQ(open_from("2001:db8:0:8::1"), "admitted");
}

TEST_P(SynRate, IsNotMeasuredForTrustedSources) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(open_from("192.0.2.7"), "admitted");
  EXPECT_EQ(due("192.0.2.7"), std::nullopt);
}

TEST_P(SynRate, IsNotSpentByWhatIsRefusedAnyway) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(from("203.0.113.42"), "untrusted");
  EXPECT_EQ(due("203.0.113.42"), std::nullopt);
}

TEST_P(SynRate, IsForgottenOnlyForSourcesSeenLongAgo) {
  // Twenty times as many as there is room for.
  for (int i = 0; i < 20'480; ++i) {
    judge_.run(GetParam(), syn("100." + std::to_string(64 + i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
                                   std::to_string(i % 256),
                               444));
  }
  EXPECT_EQ(judge_.counters().at(REALPEER_SYN_RATE), 0U);
  EXPECT_EQ(judge_.counters().at(REALPEER_ADMITTED) + judge_.counters().at(REALPEER_UNMEASURED), 20'480U);
}

TEST_P(SynRate, IsExactOnSeveralProcessors) {
  constexpr int threads = 4;
  constexpr int each = 20'000;
  set_rate(1'000'000);
  const std::uint64_t start = now() + 10 * interval;  // always ahead of the clock: each SYN moves it by one interval
  set_due("203.0.113.42", start);
  std::vector<std::thread> senders;
  senders.reserve(threads);
  for (int i = 0; i < threads; ++i) {
    senders.emplace_back([this] { judge_.run(GetParam(), syn("203.0.113.42", 444), each); });
  }
  for (auto& sender : senders) sender.join();
  const auto counters = judge_.counters();
  EXPECT_EQ(counters.at(REALPEER_ADMITTED) + counters.at(REALPEER_UNMEASURED), std::uint64_t{threads} * each);
  EXPECT_EQ(due("203.0.113.42"), start + counters.at(REALPEER_ADMITTED) * interval);
}

TEST_P(SynRate, OfABurstIsSharedExactlyBySeveralProcessors) {
  set_rate(1000);
  std::vector<std::thread> senders;
  senders.reserve(4);
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([this] { judge_.run(GetParam(), syn("203.0.113.42", 444), 10'000); });
  }
  for (auto& sender : senders) sender.join();
  const auto counters = judge_.counters();
  EXPECT_EQ(counters.at(REALPEER_ADMITTED), 1000U);
  EXPECT_EQ(counters.at(REALPEER_SYN_RATE) + counters.at(REALPEER_UNMEASURED), 39'000U);
}

TEST(AdmissionRules, ThatContradictThemselvesAreRefusedAndTheFormerOnesHold) {
  const Judge judge;
  judge.apply({.listeners = {listener("[::]:443")}});
  const auto refused = [&](const kernel::AdmissionRules& rules) {
    const auto applied = kernel::apply(judge.object(), rules);
    return applied ? std::string("applied") : applied.error().text;
  };
  EXPECT_THAT(refused({.listeners = {listener("0.0.0.0:1"), listener("0.0.0.0:1")}}), HasSubstr("0.0.0.0:1"));
  EXPECT_THAT(refused({.listeners = {strict("0.0.0.0:1", {})}}), HasSubstr("trusts none"));
  EXPECT_THAT(refused({.syn_rate = kernel::SynRate{.interval = std::chrono::nanoseconds(0), .burst = 1}}),
              HasSubstr("at least 1"));
  EXPECT_EQ(judge.verdict(Hook::xdp, syn("203.0.113.42")), "admitted");
}

TEST(AdmissionRules, MayNameANetworkTwice) {
  const Judge judge;
  judge.apply(
      {.listeners = {listener("[::]:443")}, .denied = networks({"192.0.2.0/24", "192.0.2.0/24", "192.0.2.0/24"})});
  EXPECT_EQ(judge.verdict(Hook::xdp, syn("192.0.2.1")), "denied");
}

// 10,000 networks of which the 5,000 of `shared` and `own` each are half.
std::vector<net::Cidr> ten_thousand(int own) {
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) {
    texts.push_back("10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".0/24");
    texts.push_back(std::to_string(own) + "." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".0/24");
  }
  return networks(texts);
}

TEST(AdmissionRules, OfTenThousandNetworksAreReplacedFromOnePacketToTheNext) {
  const Judge judge;
  // The number of the listener's list differs too: a listener of one generation never meets a list of the other.
  const kernel::AdmissionRules one{
      .listeners = {{.bind = {address("::"), 443}, .drop_untrusted = true, .trusted = ten_thousand(11)}},
      .denied = networks({"198.51.100.0/24"})};
  const kernel::AdmissionRules other{
      .listeners = {strict("0.0.0.0:9", {"192.0.2.1"}),
                    {.bind = {address("::"), 443}, .drop_untrusted = true, .trusted = ten_thousand(12)}}};
  judge.apply(one);
  std::atomic<bool> done = false;
  std::atomic<int> reloads = 0;
  std::thread reloading([&] {
    const testing::Stopwatch watch;
    while (watch.elapsed() < testing::Duration{4000} && reloads < 100) {
      judge.apply(reloads % 2 == 0 ? other : one);
      ++reloads;
    }
    done = true;
  });
  const std::vector<Bytes> trusted{syn("10.0.0.1"), syn("10.5.77.1"), syn("10.19.135.9")};
  while (!done) {
    for (const auto& packet : trusted) judge.run(Hook::xdp, packet, 100);
  }
  reloading.join();
  auto counters = judge.counters();
  EXPECT_GE(reloads, 4);
  EXPECT_GT(std::exchange(counters.at(REALPEER_ADMITTED), 0), 1000U);
  EXPECT_THAT(counters, Each(0U));
  RecordProperty("reloads", reloads);
}

TEST(Bans, AreListedWithTheirAgeAndReason) {
  const Judge judge;
  const auto bans = judge.bans();
  ASSERT_TRUE(bans.add(address("192.0.2.66"), seconds(100), REALPEER_BAN_LIMITS));
  ASSERT_TRUE(bans.add(address("2001:db8:0:7::1"), kernel::Bans::for_good, REALPEER_BAN_OPERATOR));
  auto list = *bans.list();
  ASSERT_EQ(list.size(), 2U);
  if (list[0].source.is_v6()) std::swap(list[0], list[1]);
  EXPECT_EQ(list[0].source, address("192.0.2.66"));
  EXPECT_LE(list[0].remaining, seconds(100));
  EXPECT_GT(list[0].remaining, seconds(50));
  EXPECT_EQ(list[0].reason, REALPEER_BAN_LIMITS);
  EXPECT_EQ(list[1].source, address("2001:db8:0:7::"));
  EXPECT_EQ(list[1].remaining, kernel::Bans::for_good);
  EXPECT_FALSE(*bans.remove(address("192.0.2.1")));
}

TEST(Bans, AreNeverShortenedButByTheOperator) {
  const Judge judge;
  const auto bans = judge.bans();
  ASSERT_TRUE(*bans.add(address("192.0.2.1"), kernel::Bans::for_good, REALPEER_BAN_OPERATOR));
  EXPECT_FALSE(*bans.add(address("192.0.2.1"), seconds(10), REALPEER_BAN_LIMITS));
  EXPECT_EQ(bans.list()->at(0).remaining, kernel::Bans::for_good);
  EXPECT_EQ(bans.list()->at(0).reason, REALPEER_BAN_OPERATOR);
  EXPECT_TRUE(*bans.add(address("192.0.2.1"), seconds(10), REALPEER_BAN_OPERATOR));
  EXPECT_TRUE(*bans.add(address("192.0.2.1"), seconds(100), REALPEER_BAN_LIMITS));
  EXPECT_EQ(bans.list()->at(0).remaining, seconds(100));
}

TEST(Bans, OfAFullMapMakeRoomByThoseThatExpired) {
  const Judge judge;  // room for 64
  const auto bans = judge.bans();
  for (int i = 0; i < 64; ++i) {
    ASSERT_TRUE(bans.add(address("192.0.2." + std::to_string(i)), seconds(i < 10 ? 0 : 100), REALPEER_BAN_LIMITS));
  }
  const auto made_room = bans.add(address("198.51.100.1"), seconds(100), REALPEER_BAN_LIMITS);
  ASSERT_TRUE(made_room) << made_room.error().text;
  EXPECT_EQ(bans.list()->size(), 55U);
  for (int i = 0; i < 9; ++i)
    ASSERT_TRUE(bans.add(address("198.51.100." + std::to_string(2 + i)), seconds(100), REALPEER_BAN_LIMITS));
  const auto refused = bans.add(address("203.0.113.1"), seconds(100), REALPEER_BAN_LIMITS);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("full"));
}

TEST(Bans, AreSharedThroughTheirPin) {
  const auto mount = kernel::bpffs();
  ASSERT_TRUE(mount) << mount.error().text;
  const auto instance = kernel::Instance::claim(*mount, "rpt-bans-" + std::to_string(::getpid()));
  ASSERT_TRUE(instance) << instance.error().text;
  const auto admission = kernel::Admission::load(*instance);
  ASSERT_TRUE(admission) << admission.error().text;
  const auto elsewhere = kernel::Bans::open(instance->pin(kernel::bans_pin));
  ASSERT_TRUE(elsewhere) << elsewhere.error().text;
  ASSERT_TRUE(elsewhere->add(address("192.0.2.66"), seconds(100), REALPEER_BAN_OPERATOR));
  const auto list = (*admission)->bans().list();
  ASSERT_EQ(list->size(), 1U);
  EXPECT_EQ(list->front().source, address("192.0.2.66"));
}

TEST(Bans, OfNobodyCannotBeOpened) {
  const auto bans = kernel::Bans::open("/sys/fs/bpf/realpeer/nobody/bans");
  ASSERT_FALSE(bans);
  EXPECT_THAT(bans.error().text, HasSubstr("/sys/fs/bpf/realpeer/nobody/bans"));
}

}  // namespace
}  // namespace realpeer::test

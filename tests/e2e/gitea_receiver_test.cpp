// The strict receiver of the harness refuses what Gitea's would.
#include <gtest/gtest.h>
#include <sys/ioctl.h>

#include <future>

#include "harness/gitea_receiver.h"
#include "harness/netns.h"
#include "harness/proxy_v2.h"
#include "harness/tcp.h"

namespace realpeer::testing {
namespace {

const Endpoint kClient = endpoint("198.51.100.7:40001");
const Endpoint kDialled = endpoint("192.0.2.10:443");

class GiteaReceiver : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, for network namespaces";
    net_ = std::make_unique<Topology>(::testing::UnitTest::GetInstance()->current_test_info()->name());
    listener_.emplace(net_->backend, endpoint("10.77.0.2:9000"));
    sender.emplace(connect(net_->gateway, listener_->at()));
    receiver.emplace(listener_->accept());
  }

  GiteaVerdict verdict_on(const std::string& bytes, bool accept_unknown = false) {
    sender->send_all(bytes);
    sender->shutdown_write();
    return read_as_gitea(*receiver, accept_unknown);
  }

  std::optional<Socket> sender;
  std::optional<Socket> receiver;

 private:
  std::unique_ptr<Topology> net_;
  std::optional<Listener> listener_;
};

TEST_F(GiteaReceiver, AcceptsBareAddressesAndLeavesThePayload) {
  const auto verdict = verdict_on(proxy_v2(kClient, kDialled) + "payload");
  EXPECT_TRUE(verdict.accepted) << verdict.refused;
  EXPECT_EQ(verdict.client, kClient);
  EXPECT_EQ(verdict.payload, "payload");
}

TEST_F(GiteaReceiver, AcceptsVersionOne) {
  const auto verdict = verdict_on(proxy_v1(kClient, kDialled) + "payload");
  EXPECT_TRUE(verdict.accepted) << verdict.refused;
  EXPECT_EQ(verdict.client, kClient);
  EXPECT_EQ(verdict.payload, "payload");
}

TEST_F(GiteaReceiver, RefusesAnyTlv) {
  EXPECT_EQ(verdict_on(proxy_v2(kClient, kDialled, tlv(0x05, ""))).refused, "length 15");
}

TEST_F(GiteaReceiver, RefusesAnUnspecifiedFamily) {
  EXPECT_EQ(verdict_on(proxy_v2_raw(0x21, 0x00, "")).refused, "unknown");
}

TEST_F(GiteaReceiver, AcceptsAnUnspecifiedFamilyWhereItIsConfigured) {
  const auto verdict = verdict_on(proxy_v2_raw(0x21, 0x00, "block") + "payload", true);
  EXPECT_TRUE(verdict.accepted) << verdict.refused;
  EXPECT_EQ(verdict.payload, "payload");
}

TEST_F(GiteaReceiver, RefusesUnknownOfVersionOne) { EXPECT_EQ(verdict_on("PROXY UNKNOWN\r\n").refused, "unknown"); }

// The address block of LOCAL is to be skipped; Gitea takes it for payload.
TEST_F(GiteaReceiver, TakesTheBlockOfALocalHeaderForPayload) {
  const auto verdict = verdict_on(proxy_v2_raw(0x20, 0x11, "block"));
  EXPECT_TRUE(verdict.accepted) << verdict.refused;
  EXPECT_EQ(verdict.client, endpoint("10.77.0.2:9000"));
  EXPECT_EQ(verdict.payload, "block");
}

TEST_F(GiteaReceiver, RefusesAConnectionWithoutAHeader) {
  EXPECT_EQ(verdict_on("GET / HTTP/1.1\r\n\r\n").refused, "no header");
}

TEST_F(GiteaReceiver, RefusesAHeaderCutInsideItsAddresses) {
  const auto header = proxy_v2(kClient, kDialled);
  sender->send_all(header.substr(0, 18));
  ASSERT_TRUE(receiver->readable_within(kDeadline));
  auto verdict = std::async(std::launch::async, [this] { return read_as_gitea(*receiver); });
  const auto taken = [this] {
    int waiting = 0;
    return ::ioctl(receiver->descriptor(), FIONREAD, &waiting) == 0 && waiting == 0;
  };
  ASSERT_TRUE(eventually(taken, kDeadline));
  sender->send_all(header.substr(18));
  EXPECT_EQ(verdict.get().refused, "cut inside the addresses");
}

}  // namespace
}  // namespace realpeer::testing

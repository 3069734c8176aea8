// Admission on devices without Ethernet header.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <functional>
#include <thread>

#include "kernel/attachment.h"
#include "kernel/judge.h"
#include "kernel/tun_client.h"

namespace realpeer::test {
namespace {

using kernel::AdmissionLink;
using kernel::AdmissionMode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::packet;

// A TUN device, in a namespace of a thread's own.
void on_tun(const std::function<void(int tun)>& body) {
  std::thread([&] {
    const auto tun = enter_namespace_with_tun();
    body(tun.get());
  }).join();
}

TEST(AdmissionWithoutEthernet, JudgesInTc) {
  on_tun([](int tun) {
    const auto object = load_admission();
    ASSERT_TRUE(
        kernel::apply(*object, {.listeners = {test::listener("0.0.0.0:443")}, .denied = networks({"10.9.0.9"})}));
    EXPECT_EQ(kernel::foresee_admission(*kernel::find_interface("rptun"), AdmissionMode::automatic).text,
              "tc: rptun has no Ethernet header");
    const auto link = AdmissionLink::attach(*object, "rptun", AdmissionMode::automatic, "rpt-tun");
    ASSERT_TRUE(link) << link.error().text;
    EXPECT_EQ(link->reason(), "tc: rptun has no Ethernet header");

    const kernel::UniqueFd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{.sin_family = AF_INET, .sin_port = htons(443), .sin_addr = {}, .sin_zero = {}};
    ASSERT_EQ(::bind(listening.get(), reinterpret_cast<sockaddr*>(&at), sizeof(at)), 0);
    ASSERT_EQ(::listen(listening.get(), 4), 0);
    TunClient(tun).connect(443);
    EXPECT_EQ(kernel::read_counters(*object)->at(REALPEER_ADMITTED), 1U);

    const auto denied = packet().ipv4("10.9.0.9", "10.9.0.1").tcp(443).syn().bytes();
    ASSERT_EQ(::write(tun, denied.data(), denied.size()), static_cast<ssize_t>(denied.size()));
    EXPECT_EQ(kernel::read_counters(*object)->at(REALPEER_DENIED), 1U);
    const auto denied_ipv6 = packet().ipv6("fd00::9", "fd00::1").hop_by_hop().tcp(443).syn().bytes();
    ASSERT_EQ(::write(tun, denied_ipv6.data(), denied_ipv6.size()), static_cast<ssize_t>(denied_ipv6.size()));
    EXPECT_EQ(kernel::read_counters(*object)->at(REALPEER_ADMITTED), 1U);
  });
}

TEST(AdmissionWithoutEthernet, RefusesXdpWithTheRemedy) {
  on_tun([](int) {
    const auto object = load_admission();
    for (const auto mode : {AdmissionMode::native, AdmissionMode::generic}) {
      const auto link = AdmissionLink::attach(*object, "rptun", mode, "rpt-tun");
      ASSERT_FALSE(link);
      EXPECT_THAT(link.error().text, AllOf(HasSubstr("no Ethernet header"), HasSubstr("mode: tc")));
    }
  });
}

// A packet whose headers are not in the linear part of its buffer: a TUN device makes one of what is larger than a
// page, of which it is told that the header ends early.
TEST(AdmissionWithoutEthernet, JudgesWhatIsSpreadOverPages) {
  on_tun([](int) {
    const kernel::UniqueFd paged(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
    std::strncpy(request.ifr_name, "rppaged", IFNAMSIZ - 1);
    ASSERT_EQ(::ioctl(paged.get(), TUNSETIFF, &request), 0);
    testing::ip_batch("link set rppaged up");
    const auto object = load_admission();
    ASSERT_TRUE(kernel::apply(*object, {.listeners = {test::listener("[::]:443")}, .denied = networks({"10.9.0.9"})}));
    const auto link = AdmissionLink::attach(*object, "rppaged", AdmissionMode::tc, "rpt-tun");
    ASSERT_TRUE(link) << link.error().text;

    std::uint64_t expected = 0;
    for (const int linear : {1, 20, 27, 28, 48, 100}) {
      auto bytes = packet().ipv4("10.9.0.9", "10.9.0.1").options(8).tcp(443).syn().payload(8000).bytes();
      // struct virtio_net_hdr: flags, gso_type, hdr_len, and what is nothing here. C++ cannot include its header.
      const std::array<std::uint8_t, 10> header{0, 0, static_cast<std::uint8_t>(linear)};
      bytes.insert(bytes.begin(), header.begin(), header.end());
      ASSERT_EQ(::write(paged.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
      EXPECT_EQ(kernel::read_counters(*object)->at(REALPEER_DENIED), ++expected) << linear;
    }
  });
}

}  // namespace
}  // namespace realpeer::test

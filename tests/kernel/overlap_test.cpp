// Segments that begin before the next byte: TCP may send them, and a reader never notices.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>

#include "kernel/engaged.h"
#include "kernel/tun_client.h"

namespace realpeer::test {
namespace {

std::string receive(int socket, std::size_t size) {
  std::string bytes(size, '\0');
  const auto got = ::recv(socket, bytes.data(), bytes.size(), MSG_WAITALL);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

std::string alphabet(std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text.push_back(static_cast<char>('a' + i % 26));
  return text;
}

class Overlap : public testing::TestWithParam<bool> {
 protected:
  // A connection whose client speaks in packets, engaged with a backend over loopback.
  void with_connection(const std::function<void(TunClient&, Connection&)>& test) {
    std::exception_ptr failure;
    std::thread([&] {
      try {
        const kernel::UniqueFd tun = enter_namespace_with_tun();
        kernel::UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
            ::listen(listener.get(), 1) != 0) {
          throw std::runtime_error("cannot listen");
        }
        TunClient client(tun.get());
        client.connect(port);
        PumpRunner runner({.splice = GetParam()});
        auto connection = runner.engage([&](PumpRunner::Sides& sides) {
          sides.front.accepted = kernel::UniqueFd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        });
        test(client, connection);
      } catch (...) {
        failure = std::current_exception();
      }
    }).join();
    if (failure) std::rethrow_exception(failure);
  }

  static constexpr std::uint16_t port = 4000;
};

INSTANTIATE_TEST_SUITE_P(Path, Overlap, testing::Values(false, true),
                         [](const auto& path) { return path.param ? std::string("sockmap") : std::string("relay"); });

TEST_P(Overlap, ARetransmissionThatReachesIntoNewBytesIsDeliveredOnce) {
  with_connection([](TunClient& client, Connection& connection) {
    client.send(0, alphabet(0, 100));
    EXPECT_EQ(receive(connection.backend.get(), 100), alphabet(0, 100));
    client.send(50, alphabet(50, 200));
    EXPECT_EQ(receive(connection.backend.get(), 100), alphabet(100, 200));
    client.send(0, alphabet(0, 1400));
    EXPECT_EQ(receive(connection.backend.get(), 1200), alphabet(200, 1400));
    client.send_fin(1400);
    std::array<char, 16> more{};
    EXPECT_EQ(::recv(connection.backend.get(), more.data(), more.size(), 0), 0);
  });
}

TEST_P(Overlap, SegmentsOutOfOrderThatOverlapAreDeliveredOnce) {
  with_connection([](TunClient& client, Connection& connection) {
    client.send(100, alphabet(100, 300));
    client.send(250, alphabet(250, 500));
    client.send(50, alphabet(50, 150));
    client.send(0, alphabet(0, 120));
    EXPECT_EQ(receive(connection.backend.get(), 500), alphabet(0, 500));
    client.send_fin(500);
    std::array<char, 16> more{};
    EXPECT_EQ(::recv(connection.backend.get(), more.data(), more.size(), 0), 0);
  });
}

TEST_P(Overlap, ASegmentReadInPartBeforeEngagementIsDeliveredFromThere) {
  PumpRunner runner({.splice = GetParam()});
  auto connection = runner.engage([](PumpRunner::Sides& sides) {
    send_content(sides.front.connecting.get(), 7, 0, 60'000);
    EXPECT_EQ(receive_exactly(sides.front.accepted.get(), 7, 0, 16'384).problem, "");
  });
  EXPECT_EQ(receive_exactly(connection.backend.get(), 7, 16'384, 60'000 - 16'384).problem, "");
}

}  // namespace
}  // namespace realpeer::test

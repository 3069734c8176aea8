// What no table thinks of: broken packets, and streams that arrive in every disorder.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <random>

#include "capture/file.h"
#include "conversation.h"
#include "guarded.h"
#include "harness/capture_file.h"
#include "harness/process.h"

namespace realpeer::capture {
namespace {

using testing::Bytes;
using testing::Packet;
using testing::packet;

// REALPEER_SEED repeats a run that failed.
std::uint32_t seed() {
  const char* given = std::getenv("REALPEER_SEED");
  const auto chosen = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given)) : std::random_device{}();
  std::cout << "REALPEER_SEED=" << chosen << std::endl;
  return chosen;
}

class AtRandom : public ::testing::Test {
 protected:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  template <typename T>
  T& one_of(std::vector<T>& all) {
    return all[below(all.size())];
  }

  Bytes broken(Bytes bytes) {
    if (below(2) == 0) bytes.resize(below(bytes.size() + 1));
    if (below(8) == 0) bytes.resize(bytes.size() + below(64), 0xFF);
    for (std::size_t flips = below(6); flips > 0 && !bytes.empty(); --flips) {
      // Where the lengths and types are, more often than not.
      const std::size_t at = below(2) == 0 ? below(std::min<std::size_t>(bytes.size(), 64)) : below(bytes.size());
      bytes[at] =
          below(2) == 0 ? static_cast<std::uint8_t>(below(256)) : static_cast<std::uint8_t>(bytes[at] ^ 1U << below(8));
    }
    return bytes;
  }

  std::mt19937 random_{seed()};
};

std::vector<std::pair<LinkType, Bytes>> good_packets() {
  const auto tcp = [](Packet before) {
    return before.tcp(443).sequence(first).acknowledges(1).tcp_options(12).payload(header).bytes();
  };
  const char *const client = "203.0.113.42", *const server = "10.77.0.2";
  const char *const client6 = "2001:db8::42", *const server6 = "fd00:b::2";
  return {
      {LinkType::ethernet, tcp(packet().ethernet().vlan(7, 0x88A8).vlan(100).ipv4(client, server).options(8))},
      {LinkType::ethernet, tcp(packet().ethernet().ipv6(client6, server6).hop_by_hop().routing(2).fragment(0, false))},
      {LinkType::linux_cooked, tcp(packet().linux_cooked().ipv4(client, server))},
      {LinkType::linux_cooked2, tcp(packet().linux_cooked2().ipv6(client6, server6).authentication(4))},
      {LinkType::loopback, tcp(packet().loopback(10).ipv6(client6, server6).destination_options(3))},
      {LinkType::ip, tcp(packet().ipv4(client, server))},
      {LinkType::ip, packet().ipv4(client, server).tcp(443).sequence(isn).syn().tcp_options(20).bytes()},
      {LinkType::ip, packet().ipv4(server, client).tcp(40'000, 443).acknowledges(first).syn().bytes()},
  };
}

TEST_F(AtRandom, BrokenPacketsAreReadWithinTheirBytes) {
  auto samples = good_packets();
  Guarded guarded(4096);
  Watched watched({.limits = {.watched = 50, .bytes = 100'000, .remembered = 50}});
  std::size_t segments = 0;
  for (int round = 0; round < 200'000; ++round) {
    const auto& [link, bytes] = one_of(samples);
    const auto captured = guarded.hold(broken(bytes));
    const auto any_link = below(4) == 0 ? static_cast<LinkType>(below(5)) : link;
    const auto segment = read_packet(any_link, captured, captured.size() + (below(4) == 0 ? below(2000) : 0));
    if (!segment) continue;
    ++segments;
    const auto* begin = reinterpret_cast<const char*>(captured.data());
    ASSERT_GE(segment->payload.data(), begin);
    ASSERT_LE(segment->payload.data() + segment->payload.size(), begin + captured.size());
    watched.take(*segment);
    watched.pass(std::chrono::milliseconds(below(100)));
  }
  watched.end();
  EXPECT_GT(segments, 10'000U);  // else nothing was tried
  EXPECT_GT(watched.told().size(), 1'000U);
}

TEST_F(AtRandom, BrokenFilesEnd) {
  const testing::TemporaryDirectory directory;
  auto samples = good_packets();
  std::size_t packets = 0;
  for (int round = 0; round < 2'000; ++round) {
    std::vector<testing::CapturedPacket> written;
    for (std::size_t count = below(6); count > 0; --count) written.push_back({.bytes = one_of(samples).second});
    const std::string whole =
        below(2) == 0 ? testing::pcap_file(testing::kRawIp, written) : testing::pcapng_file(testing::kRawIp, written);
    const Bytes bytes = broken({whole.begin(), whole.end()});
    // A name of its own: to write over a file, some file systems wait for the disk.
    auto file = File::open(directory.write(std::to_string(round), {bytes.begin(), bytes.end()}));
    Watched watched;
    while (file) {
      const auto next = file->next();
      if (!next || !*next) break;
      ++packets;
      if (const auto segment = read_packet(file->link(), (*next)->captured, (*next)->length)) watched.take(*segment);
    }
    watched.end();
  }
  EXPECT_GT(packets, 1'000U);
}

// A client's stream as it may come: parts of any size, some twice, some overlapping, nearby ones in another order.
class Stream {
 public:
  Stream(std::uint16_t port, std::string bytes) : bytes_(std::move(bytes)) { talk_.client.port(port); }

  std::vector<Segment> segments(std::mt19937& random) const {
    const auto below = [&](std::size_t bound) { return random() % bound; };
    const auto start = static_cast<std::uint32_t>(random());
    std::vector<Segment> all;
    for (std::size_t at = 0; at < bytes_.size();) {
      const std::size_t size = 1 + below(below(4) == 0 ? 3 : 400);
      const std::size_t from = below(3) == 0 ? at - std::min(at, below(50)) : at;
      const auto part = std::string_view(bytes_).substr(from, at + size - from);
      for (std::size_t copies = 1 + below(2); copies > 0; --copies) {
        all.push_back(talk_.data(start + 1 + static_cast<std::uint32_t>(from), part));
      }
      at += size;
    }
    for (std::size_t i = 0; i < all.size(); ++i) std::swap(all[i], all[std::min(i + below(8), all.size() - 1)]);
    all.insert(all.begin(), talk_.syn(start));
    return all;
  }
  [[nodiscard]] const Talk& talk() const { return talk_; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  Talk talk_;
  std::string bytes_;
};

TEST_F(AtRandom, StreamsAreToldOfOnceAndAsTheyWereSent) {
  using namespace std::literals;
  for (int round = 0; round < 200; ++round) {
    std::vector<Stream> streams;
    for (std::uint16_t port = 1; port <= 20; ++port) {
      const std::size_t size = below(3000);
      std::string tlv = "\xE0"s + static_cast<char>(size >> 8U) + static_cast<char>(size);
      while (tlv.size() < 3 + size) tlv += static_cast<char>(random_());
      const std::size_t length = 12 + tlv.size();
      streams.emplace_back(port, "\r\n\r\n\0\r\nQUIT\n\x21\x11"s + static_cast<char>(length >> 8U) +
                                     static_cast<char>(length) + std::string(12, 'a') + tlv);
    }
    // All at once, each in its own order.
    std::vector<std::vector<Segment>> left;
    left.reserve(streams.size());
    for (const auto& stream : streams) left.push_back(stream.segments(random_));
    Watched watched;
    while (!left.empty()) {
      const std::size_t i = below(left.size());
      watched.take(left[i].front());
      left[i].erase(left[i].begin());
      if (left[i].empty()) left.erase(left.begin() + static_cast<std::ptrdiff_t>(i));
    }
    watched.end();
    std::map<std::string, Told> told;
    for (auto& each : watched.told()) EXPECT_TRUE(told.emplace(each.client, each).second) << "twice: " << each.client;
    for (const auto& stream : streams) {
      ASSERT_EQ(told[net::to_string(stream.talk().client)], told_of(stream.talk(), End::answered, stream.bytes()));
    }
  }
}

}  // namespace
}  // namespace realpeer::capture

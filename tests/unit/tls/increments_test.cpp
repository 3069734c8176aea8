// Hellos that arrive in pieces and in many records: no beginning may be decided wrongly, waiting must end, and the
// reading be cheap.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "hellos.h"

namespace realpeer::tls {
namespace {

using namespace hellos;

struct Fed {
  HelloReading reading;
  std::size_t calls = 0;
};

// As a caller does that reads a stream: parse, wait for as many bytes as it says, parse again.
Fed feed(std::string_view bytes) {
  Fed fed{read({}), 1};
  std::size_t length = 0;
  while (const auto* more = std::get_if<NeedMore>(&fed.reading)) {
    if (more->at_least == 0 || length + more->at_least > bytes.size()) break;
    length += more->at_least;
    fed.reading = read(bytes.substr(0, length));
    ++fed.calls;
  }
  return fed;
}

std::vector<std::string> good_messages() {
  return {hello(""), message(body({})), hello(server_name("a.example")),
          hello(grease() + server_name("pq.example") + post_quantum_key_share() + alpn({"h2", "http/1.1"}))};
}

// One message in records of many sizes.
std::vector<std::string> in_records(std::string_view message) {
  std::vector<std::string> all;
  for (const std::size_t size : {1, 2, 3, 4, 5, 7, 64, 500, 16384}) all.push_back(in_records_of(size, message));
  return all;
}

TEST(Increments, EveryCutOfAHelloNeedsMoreAndNeverAsksPastItsEnd) {
  std::vector<std::string> all;
  for (const std::string& message : good_messages()) {
    for (std::string& bytes : in_records(message)) all.push_back(std::move(bytes));
  }
  for (const Captured& real : captured()) all.push_back(real.bytes);
  for (const std::string& bytes : all) {
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const HelloReading reading = read(std::string_view(bytes).substr(0, length));
      const auto* more = std::get_if<NeedMore>(&reading);
      ASSERT_NE(more, nullptr) << shown(reading) << " at " << length;
      ASSERT_GE(more->at_least, 1U);
      ASSERT_LE(length + more->at_least, bytes.size()) << "at " << length;
    }
    const HelloReading whole = read(bytes);
    ASSERT_TRUE(std::holds_alternative<ClientHello>(whole)) << shown(whole);
    EXPECT_EQ(std::get<ClientHello>(whole).length, bytes.size());
    EXPECT_TRUE(same(feed(bytes).reading, whole)) << shown(feed(bytes).reading);
  }
}

TEST(Increments, EverySplitOverTwoRecordsReadsTheSame) {
  for (const std::string& message : good_messages()) {
    const auto expected = std::get<ClientHello>(read(record(message)));
    for (std::size_t cut = 1; cut < message.size(); ++cut) {
      const HelloReading reading = read(record(message.substr(0, cut)) + record(message.substr(cut)));
      ASSERT_TRUE(std::holds_alternative<ClientHello>(reading)) << shown(reading) << " at " << cut;
      ASSERT_EQ(std::get<ClientHello>(reading).server_name, expected.server_name);
      ASSERT_EQ(std::get<ClientHello>(reading).alpn, expected.alpn);
    }
  }
}

TEST(Increments, AsksForTheWholeRestOnceTheLengthIsKnown) {
  const std::string whole = hello(server_name("a.example"));
  const std::string one = record(whole);
  const std::vector<std::pair<std::size_t, std::size_t>> asked{
      {0, 1}, {1, 1}, {2, 3}, {3, 2}, {4, 1}, {5, 1}, {6, 3}, {8, 1}, {9, one.size() - 9}, {one.size() - 1, 1}};
  for (const auto& [length, at_least] : asked) {
    EXPECT_EQ(shown(read(one.substr(0, length))), "need " + std::to_string(at_least)) << "at " << length;
  }
  // 20 bytes in the first record: then a header must follow, of which some bytes may be there.
  const std::string two = record(whole.substr(0, 20)) + record(whole.substr(20));
  for (std::size_t length = 9; length < two.size(); ++length) {
    EXPECT_EQ(shown(read(two.substr(0, length))), "need " + std::to_string(two.size() - length)) << "at " << length;
  }
}

TEST(Increments, FewCallsReadEvenOneByteRecords) {
  for (const std::size_t size : {120UL, 1000UL, 5400UL}) {
    const std::string bytes = in_records_of(1, hello_of_size(size, "slow.example"));
    const Fed fed = feed(bytes);
    EXPECT_TRUE(std::holds_alternative<ClientHello>(fed.reading)) << shown(fed.reading);
    EXPECT_LE(fed.calls, 60U) << size;
  }
  const Fed refused = feed(in_records_of(1, hello_of_size(max_hello, "slow.example")));
  EXPECT_TRUE(std::holds_alternative<Malformed>(refused.reading)) << shown(refused.reading);
  EXPECT_LE(refused.calls, 60U);
  EXPECT_LE(feed(record(hello_of_size(max_hello, "big.example"))).calls, 7U);
}

// --- Broken at random ---

constexpr std::uint32_t seed = 84460516;
constexpr int rounds = 200'000;

class Breaker {
 public:
  std::string next() {
    std::string bytes = in_records_of(sizes_[below(sizes_.size())], broken(messages_[below(messages_.size())]));
    return below(2) == 0 ? broken(std::move(bytes)) : bytes;
  }
  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  std::string broken(std::string bytes) {
    for (std::size_t times = below(4); times > 0 && !bytes.empty(); --times) {
      const std::size_t at = below(bytes.size());
      switch (below(5)) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
        case 1: bytes[at] = static_cast<char>(below(256)); break;
        case 2: bytes.insert(at, bytes.substr(at, below(40))); break;
        case 3: bytes.erase(at, 1 + below(3)); break;
        default: bytes.resize(at); break;
      }
    }
    return bytes;
  }

  std::mt19937 random_{seed};
  std::vector<std::string> messages_ = good_messages();
  std::vector<std::size_t> sizes_{1, 3, 60, 500, 16384};
};

bool fit_for_a_log_line(const HelloReading& reading) {
  return std::ranges::all_of(shown(reading), [](char c) { return c >= ' ' && c <= '~'; });
}

TEST(Increments, TwoHundredThousandBrokenHellosAreDecidedOnceAndInBounds) {
  Breaker breaker;
  std::array<int, 4> kinds{};
  for (int round = 0; round < rounds; ++round) {
    const std::string bytes = breaker.next();
    const HelloReading whole = read(bytes);
    ++kinds[whole.index()];
    ASSERT_TRUE(fit_for_a_log_line(whole)) << "round " << round;
    if (const auto* more = std::get_if<NeedMore>(&whole)) {
      ASSERT_GE(more->at_least, 1U);
      ASSERT_LE(bytes.size() + more->at_least, max_wire) << "round " << round;
    }
    const HelloReading part = read(std::string_view(bytes).substr(0, breaker.below(bytes.size() + 1)));
    ASSERT_TRUE(std::holds_alternative<NeedMore>(part) || same(part, whole))
        << "round " << round << ": " << shown(part) << ", then " << shown(whole);
    // A caller who waits as told comes to the same end, or waits for bytes that are not there.
    const HelloReading fed = feed(bytes).reading;
    ASSERT_TRUE(std::holds_alternative<NeedMore>(fed) || same(fed, whole)) << "round " << round;
  }
  // Else the test would be about one thing only.
  for (const int count : kinds) EXPECT_GT(count, rounds / 100);
}

TEST(Increments, AnyValueOfAnyByteOfAHelloIsSurvived) {
  const std::string good = in_records_of(40, hello(server_name("a.example") + alpn({"h2"})));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(value);
      const HelloReading whole = read(bytes);
      for (std::size_t length = 0; length < bytes.size(); length += 7) {
        const HelloReading part = read(std::string_view(bytes).substr(0, length));
        ASSERT_TRUE(std::holds_alternative<NeedMore>(part) || same(part, whole)) << at << ": " << value;
      }
    }
  }
}

}  // namespace
}  // namespace realpeer::tls

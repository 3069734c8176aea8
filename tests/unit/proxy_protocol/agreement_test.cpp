// decode() against a decoder written apart from it (harness/proxy_header_oracle.h), on samples broken at random.
#include <gtest/gtest.h>

#include <array>
#include <iomanip>
#include <iostream>
#include <random>
#include <sstream>

#include "harness/proxy_header_oracle.h"
#include "proxy_protocol/encode.h"
#include "samples.h"

namespace realpeer::proxy_protocol {
namespace {

using namespace std::literals;
using harness::HeaderReading;
using harness::read_proxy_header;

constexpr std::uint32_t seed = 20200305;
constexpr int rounds = 200'000;

std::string raw_address(const net::Endpoint& endpoint) {
  const auto text = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
  return endpoint.address().is_v4() ? text(endpoint.address().to_v4().to_bytes())
                                    : text(endpoint.address().to_v6().to_bytes());
}

// The decoder's answer in the oracle's terms.
HeaderReading reading_of(const Decoding& decoding) {
  HeaderReading reading;
  if (std::holds_alternative<NeedMore>(decoding)) reading.verdict = HeaderReading::Verdict::need_more;
  const auto* accepted = std::get_if<Accepted>(&decoding);
  if (accepted == nullptr) return reading;
  const Header& header = accepted->header;
  reading.verdict = HeaderReading::Verdict::accept;
  reading.length = accepted->length;
  reading.version = static_cast<int>(header.version);
  reading.command = static_cast<int>(header.command);
  reading.family = static_cast<int>(header.family);
  reading.transport = static_cast<int>(header.transport);
  reading.source = header.source ? raw_address(*header.source) : header.source_path;
  reading.destination = header.destination ? raw_address(*header.destination) : header.destination_path;
  reading.source_port = header.source ? header.source->port() : 0;
  reading.destination_port = header.destination ? header.destination->port() : 0;
  for (const Tlv& tlv : header.tlvs) reading.tlvs.emplace_back(tlv.type, tlv.value);
  return reading;
}

std::string shown(std::string_view bytes) {
  std::ostringstream out;
  out << std::hex << std::setfill('0');
  for (const char c : bytes) out << std::setw(2) << static_cast<int>(static_cast<unsigned char>(c));
  return out.str();
}

testing::AssertionResult agree(const std::string& bytes) {
  const HeaderReading ours = reading_of(samples::decode_text(bytes));
  const HeaderReading theirs = read_proxy_header(bytes);
  const auto key = [](const HeaderReading& r) {
    return std::tie(r.verdict, r.length, r.version, r.command, r.family, r.transport, r.source, r.destination,
                    r.source_port, r.destination_port, r.tlvs);
  };
  if (theirs.verdict != HeaderReading::Verdict::accept && ours.verdict == theirs.verdict) {
    return testing::AssertionSuccess();
  }
  if (key(ours) == key(theirs)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "verdict " << static_cast<int>(ours.verdict) << ", the oracle's "
                                     << static_cast<int>(theirs.verdict) << ", for " << shown(bytes);
}

class Breaker {
 public:
  explicit Breaker(std::uint32_t from) : random_(from) {
    for (const auto& good : samples::good_headers()) samples_.push_back(good.bytes);
    for (const auto& bad : samples::bad_headers()) samples_.push_back(bad.bytes);
  }

  std::string next() {
    switch (below(8)) {
      case 0: return noise();
      case 1: return line();
      case 2: return composed();
      case 3: return broken(composed(), 1 + below(2));
      case 4: return broken(line(), 1 + below(2));
      default: return broken(samples_[below(samples_.size())], below(5));
    }
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  char byte() {
    constexpr std::string_view telling = "\0\x01\x02\x03\x04\x05\x0C\x20\x21\x24\xD8\xFF\r\n .:0129afF%+-"sv;
    return below(2) == 0 ? telling[below(telling.size())] : static_cast<char>(below(256));
  }

  // A signature, perhaps, and then anything.
  std::string noise() {
    const std::array<std::string, 4> openings{"", "PROXY ", samples::v2(0x21, 0x11, "").substr(0, 12),
                                              samples::v2(0x21, 0x11, samples::inet_block)};
    std::string out = openings[below(openings.size())];
    for (std::size_t left = below(140); left > 0; --left) out += byte();
    return out;
  }

  std::string number() { return below(8) == 0 ? "0" + std::to_string(below(99)) : std::to_string(below(70'000)); }
  std::string quad() {
    std::string out = std::to_string(below(260));
    for (int i = 0; i < 3; ++i) out += "." + std::to_string(below(260));
    return out;
  }
  std::string groups() {
    std::string out;
    const std::size_t count = 1 + below(9);
    for (std::size_t i = 0; i < count; ++i) {
      constexpr std::string_view digits = "0123456789abcdefABCDEF";
      if (below(6) != 0) {
        for (std::size_t left = 1 + below(4); left > 0; --left) out += digits[below(digits.size())];
      }
      if (i + 1 < count) out += below(7) == 0 ? "::" : ":";
    }
    if (below(5) == 0) out += (out.ends_with(':') ? "" : ":") + quad();
    return out;
  }
  std::string line() {
    const bool four = below(2) == 0;
    const auto address = [&] { return four ? quad() : groups(); };
    return std::string("PROXY TCP") + (four ? "4 " : "6 ") + address() + " " + address() + " " + number() + " " +
           number() + "\r\n";
  }

  // A well-formed header of random parts, its checksum right if it has one.
  std::string composed() {
    Header header = below(2) == 0 ? samples::inet_header() : samples::inet6_header();
    header.transport = static_cast<Transport>(below(3));
    header.command = below(9) == 0 ? Command::local : Command::proxy;
    for (std::size_t left = below(4); left > 0; --left) {
      constexpr std::array<std::uint8_t, 7> types{1, 2, 3, 4, 5, 0x20, 0xE1};
      Tlv tlv{types[below(types.size())], std::string(below(140), byte())};
      if (tlv.type == 0x20) tlv.value = std::string("\x01\0\0\0\0", 5) + samples::tlv(0x21, "TLSv1.3");
      header.tlvs.push_back(std::move(tlv));
    }
    return encode(header) + std::string(below(3), 'p');
  }

  std::string broken(std::string bytes, std::size_t times) {
    for (; times > 0 && !bytes.empty(); --times) {
      // Mostly near the start, where the fields are.
      const std::size_t at = below(std::min<std::size_t>(bytes.size(), below(2) == 0 ? 64 : bytes.size()));
      switch (below(6)) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
        case 1: bytes[at] = byte(); break;
        case 2: bytes.insert(at, 1, byte()); break;
        case 3: bytes.erase(at, 1 + below(3)); break;
        case 4: bytes.resize(at); break;
        default: bytes.insert(at, bytes.substr(at, below(8))); break;
      }
    }
    return bytes;
  }

  std::mt19937 random_;
  std::vector<std::string> samples_;
};

TEST(Agreement, OnEverySampleAndEveryPrefixOfIt) {
  std::vector<std::string> all;
  for (const auto& good : samples::good_headers()) all.push_back(good.bytes);
  for (const auto& bad : samples::bad_headers()) all.push_back(bad.bytes);
  for (const std::string& bytes : all) {
    for (std::size_t length = 0; length <= bytes.size(); ++length) ASSERT_TRUE(agree(bytes.substr(0, length)));
  }
}

TEST(Agreement, OnTwoHundredThousandBrokenHeaders) {
  Breaker breaker(seed);
  std::array<int, 3> verdicts{};
  for (int round = 0; round < rounds; ++round) {
    const std::string bytes = breaker.next();
    ASSERT_TRUE(agree(bytes)) << "round " << round << " of seed " << seed;
    ++verdicts[static_cast<std::size_t>(read_proxy_header(bytes).verdict)];
  }
  std::cout << "seed " << seed << ": " << verdicts[0] << " accepted, " << verdicts[1] << " unfinished, " << verdicts[2]
            << " refused\n";
  // Else the agreement would be about one thing only.
  for (const int count : verdicts) EXPECT_GT(count, rounds / 20);
}

}  // namespace
}  // namespace realpeer::proxy_protocol

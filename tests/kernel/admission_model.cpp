#include "kernel/admission_model.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <variant>

namespace realpeer::test {
namespace {

using View = std::span<const std::uint8_t>;

// What ends the reading of a frame that holds no SYN.
struct Verdict {
  std::string counter;
};

struct Syn {
  net::Address source;
  net::Endpoint destination;
};

using Reading = std::variant<Verdict, Syn>;

const Verdict passed{"passed"};
const Verdict truncated{"truncated"};

std::size_t number(View bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | bytes[at + i];
  return value;
}

net::Address address_v4(View bytes, std::size_t at) {
  return boost::asio::ip::address_v4(static_cast<std::uint32_t>(number(bytes, at, 4)));
}

net::Address address_v6(View bytes, std::size_t at) {
  boost::asio::ip::address_v6::bytes_type raw{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), raw.size(), raw.begin());
  return boost::asio::ip::address_v6(raw);
}

Reading read_tcp(View tcp, const net::Address& source, const net::Address& destination) {
  if (tcp.size() < 20) return truncated;
  if ((tcp[13] & 0x12U) != 0x02U) return passed;
  return Syn{source, {destination, static_cast<std::uint16_t>(number(tcp, 2, 2))}};
}

Reading read_ipv4(View ip) {
  if (ip.size() < 20) return truncated;
  if (ip[9] != 6) return passed;
  const std::size_t words = ip[0] & 0xFU;
  if (ip[0] >> 4U != 4 || words < 5) return Verdict{"malformed"};
  if ((number(ip, 6, 2) & 0x3FFFU) != 0) return Verdict{"fragment"};
  if (ip.size() < 4 * words) return truncated;
  return read_tcp(ip.subspan(4 * words), address_v4(ip, 12), address_v4(ip, 16));
}

// Position and type of what follows the extension headers, or what ends the reading there.
std::variant<Verdict, std::pair<std::size_t, std::size_t>> skip_extensions(View ip) {
  const std::set<std::size_t> extensions{0, 43, 44, 51, 60};
  std::size_t next = ip[6];
  std::size_t at = 40;
  for (int count = 0; extensions.contains(next); ++count) {
    if (count == 8) return Verdict{"too_deep"};
    if (ip.size() < at + 8) return truncated;
    const std::size_t type = next;
    next = ip[at];
    if (type == 44 && (number(ip, at + 2, 2) & 0xFFF9U) != 0) {
      return next == 6 || extensions.contains(next) ? Verdict{"fragment"} : passed;
    }
    at += type == 44 ? 8 : type == 51 ? (ip[at + 1] + 2U) * 4U : (ip[at + 1] + 1U) * 8U;
    if (at > ip.size()) return truncated;
  }
  return std::pair{at, next};
}

Reading read_ipv6(View ip) {
  if (ip.size() < 40) return truncated;
  const auto found = skip_extensions(ip);
  if (const auto* ended = std::get_if<Verdict>(&found)) return *ended;
  const auto [at, next] = std::get<1>(found);
  if (next != 6) return passed;
  if (ip[0] >> 4U != 6) return Verdict{"malformed"};
  return read_tcp(ip.subspan(at), address_v6(ip, 8), address_v6(ip, 24));
}

Reading read_frame(View frame) {
  const auto is_tag = [](std::size_t type) { return type == 0x8100 || type == 0x88a8; };
  if (frame.size() < 14) return truncated;
  std::size_t at = 14;
  while (is_tag(number(frame, at - 2, 2))) {
    if (at == 14 + 8) return Verdict{"too_deep"};
    at += 4;
    if (frame.size() < at) return truncated;
  }
  const auto type = number(frame, at - 2, 2);
  if (type == 0x0800) return read_ipv4(frame.subspan(at));
  if (type == 0x86dd) return read_ipv6(frame.subspan(at));
  return passed;
}

// Cidr::contains() takes a v4-mapped address for IPv4, as peers are; on the wire it is IPv6.
bool contains(const std::vector<net::Cidr>& list, const net::Address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return std::ranges::any_of(list, [](const net::Cidr& cidr) { return cidr.network().is_v6() && cidr.bits() == 0; });
  }
  return net::any_contains(list, address);
}

const kernel::AdmissionListener* find_listener(const Syn& syn, const kernel::AdmissionRules& rules) {
  // An IPv6 packet to ::ffff:a.b.c.d is taken for one to a.b.c.d; the stack delivers no such packet.
  const auto on = [&](const net::Address& address) -> const kernel::AdmissionListener* {
    for (const auto& listener : rules.listeners) {
      const bool same = net::mapped_v6(listener.bind.address()) == net::mapped_v6(address);
      if (same && listener.bind.port() == syn.destination.port()) return &listener;
    }
    return nullptr;
  };
  const auto address = syn.destination.address();
  if (const auto* exact = on(address)) return exact;
  const auto* any_v4 = address.is_v4() ? on(boost::asio::ip::address_v4::any()) : nullptr;
  return any_v4 != nullptr ? any_v4 : on(boost::asio::ip::address_v6::any());
}

}  // namespace

std::string model_verdict(const testing::Bytes& frame, const kernel::AdmissionRules& rules) {
  const auto reading = read_frame(frame);
  if (const auto* ended = std::get_if<Verdict>(&reading)) return ended->counter;
  const auto& syn = std::get<Syn>(reading);
  const auto* listener = find_listener(syn, rules);
  if (listener == nullptr) return "passed";
  if (contains(rules.denied, syn.source)) return "denied";
  if (listener->drop_untrusted && !contains(listener->trusted, syn.source)) return "untrusted";
  return "admitted";
}

}  // namespace realpeer::test

#include "net/address.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <charconv>
#include <optional>

namespace realpeer::net {

namespace asio = boost::asio;

namespace {

// "::ffff:0:0/96", the prefix every v4-mapped address shares.
constexpr unsigned mapped_prefix_bits = 96;

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::optional<Address> parse_address(std::string_view text) {
  // Asio hands a C string on, which would end at the first NUL and let what follows pass unread.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  boost::system::error_code failed;
  const Address address = asio::ip::make_address(text, failed);
  if (failed) return std::nullopt;
  // Asio reads the name of an interface that does not exist as scope 0.
  const bool scoped = text.find('%') != std::string_view::npos;
  if (scoped && address.to_v6().scope_id() == 0) return std::nullopt;
  return address;
}

template <typename Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The address with its bits beyond the prefix cleared.
Address masked(const Address& address, unsigned bits) {
  const auto length = static_cast<unsigned short>(bits);
  if (address.is_v4()) return asio::ip::network_v4(address.to_v4(), length).network();
  return asio::ip::network_v6(address.to_v6(), length).network();
}

unsigned width(const Address& address) { return address.is_v4() ? 32 : 128; }

std::string prefix_to_string(const Address& address, unsigned bits) {
  return address.to_string() + "/" + std::to_string(bits);
}

}  // namespace

Address unmapped(const Address& address) {
  if (address.is_v4()) return address;
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
  return asio::ip::address_v6(v6.to_bytes());
}

Endpoint unmapped(const Endpoint& endpoint) { return {unmapped(endpoint.address()), endpoint.port()}; }

asio::ip::address_v6 mapped_v6(const Address& address) {
  if (address.is_v6()) return address.to_v6();
  return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
}

Address household(const Address& address) {
  const Address plain = unmapped(address);
  if (plain.is_v4() || is_shared_subnet(plain)) return plain;
  auto bytes = plain.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::address_v6(bytes);
}

std::string in_words(const Address& household) {
  return household.to_string() + (household.is_v4() || is_shared_subnet(household) ? "" : "/64");
}

bool is_of_a_host(const Address& address) {
  const Address plain = unmapped(address);
  if (plain.is_loopback() || plain.is_multicast() || plain.is_unspecified()) return false;
  if (plain.is_v6()) return true;
  const unsigned first = plain.to_v4().to_bytes()[0];
  return first != 0 && first < 240;
}

bool is_shared_subnet(const Address& address) {
  const Address plain = unmapped(address);
  if (plain.is_v4()) return false;
  constexpr std::array<unsigned char, 12> nat64{0x00, 0x64, 0xff, 0x9b};
  const auto bytes = plain.to_v6().to_bytes();
  return plain.to_v6().is_link_local() || std::equal(nat64.begin(), nat64.end(), bytes.begin());
}

std::string to_string(const Endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

boost::system::result<HostPort, std::string> split_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) {
    return quoted(text) + " has no port: write " + quoted(std::string(text) + ":PORT");
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return quoted(text) + " is ambiguous: put brackets around an IPv6 address, as in '[2001:db8::1]:443'";
  }
  if (host.empty()) return quoted(text) + " names no host: write 'HOST:PORT'";
  const auto port = parse_decimal<std::uint16_t>(port_text);
  if (!port || *port == 0) {
    return quoted(port_text) + " in " + quoted(text) + " is not a port: write a number from 1 to 65535";
  }
  return HostPort{host, *port};
}

boost::system::result<Endpoint, std::string> parse_endpoint(std::string_view text) {
  const auto split = split_host_port(text);
  if (!split) return split.error();
  const auto address = parse_address(split->host);
  if (!address) {
    return quoted(split->host) + " in " + quoted(text) +
           " is not an IP address: names are not taken here, write one as in '192.0.2.1:80' or '[2001:db8::1]:80'";
  }
  if (address->is_v6() != text.starts_with('[')) {
    return "brackets in " + quoted(text) + " are for IPv6 addresses: write " +
           quoted(to_string(Endpoint(*address, split->port)));
  }
  return Endpoint(*address, split->port);
}

boost::system::result<Cidr, std::string> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  const std::string_view address_text = text.substr(0, slash);
  const auto address = parse_address(address_text);
  if (!address || address_text.find('%') != std::string_view::npos) {
    return quoted(text) + " is not a network: write an address and a prefix length, as in '10.0.0.0/8'";
  }
  unsigned bits = width(*address);
  if (slash != std::string_view::npos) {
    const auto length = parse_decimal<unsigned>(text.substr(slash + 1));
    if (!length || *length > bits) {
      return quoted(text) + " has no valid prefix length: write a number from 0 to " + std::to_string(bits) +
             " after the '/'";
    }
    bits = *length;
  }
  const Address network = masked(*address, bits);
  if (network != *address) {
    return quoted(text) + " has bits set beyond its prefix: write '" + prefix_to_string(network, bits) +
           "' for the network, or '" + prefix_to_string(*address, width(*address)) + "' for the one address";
  }
  // A network of v4-mapped addresses is kept as the IPv4 network it stands for, as contains() sees its peers.
  if (network.is_v6() && network.to_v6().is_v4_mapped() && bits >= mapped_prefix_bits) {
    return Cidr(unmapped(network), bits - mapped_prefix_bits);
  }
  return Cidr(network, bits);
}

bool Cidr::contains(const Address& address) const {
  const Address plain = unmapped(address);
  return plain.is_v4() == network_.is_v4() && masked(plain, bits_) == network_;
}

std::string Cidr::to_string() const { return prefix_to_string(network_, bits_); }

bool any_contains(const std::vector<Cidr>& cidrs, const Address& address) {
  return std::ranges::any_of(cidrs, [&](const Cidr& cidr) { return cidr.contains(address); });
}

}  // namespace realpeer::net

// Addresses: the one place where text, socket addresses and the kernel contract meet.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace realpeer::net {

using Address = boost::asio::ip::address;
// Address and port; used for any transport, since the PROXY protocol names datagram endpoints too.
using Endpoint = boost::asio::ip::tcp::endpoint;

// ::ffff:a.b.c.d becomes a.b.c.d; everything else is returned as it is. Scope ids are dropped.
Address unmapped(const Address& address);
Endpoint unmapped(const Endpoint& endpoint);

// a.b.c.d becomes ::ffff:a.b.c.d; an IPv6 address is returned as it is.
boost::asio::ip::address_v6 mapped_v6(const Address& address);

// Whom a client's address stands for: an IPv4 address, or the /64 of an IPv6 address, since that is what one household
// is given and chooses from at will. An address of a shared subnet stands for itself.
Address household(const Address& address);

// A household as people write it: "203.0.113.42", "2001:db8:0:7::/64".
std::string in_words(const Address& household);

// Whether a host on a network can have this address: neither loopback, nor multicast, nor "this network" (0.0.0.0/8,
// ::), nor reserved (240.0.0.0/4).
bool is_of_a_host(const Address& address);

// Whether a /64 stands for many who do not choose: link-local addresses (every link has the same one), and IPv4 clients
// behind NAT64 (64:ff9b::/96, RFC 6052).
bool is_shared_subnet(const Address& address);

// "192.0.2.1:80", "[2001:db8::1]:443".
std::string to_string(const Endpoint& endpoint);

struct HostPort {
  HostPort(std::string_view host_, std::uint16_t port_) : host(host_), port(port_) {}

  std::string_view host;  // without brackets; a view into the text it was split from
  std::uint16_t port;
};

// Splits "HOST:PORT", the host being an address or a name; an IPv6 address needs brackets. The host is not looked
// at further. The error says what is wrong and the remedy.
boost::system::result<HostPort, std::string> split_host_port(std::string_view text);

// Parses "ADDR:PORT" with brackets around IPv6; port 0 is refused. No names.
boost::system::result<Endpoint, std::string> parse_endpoint(std::string_view text);

// A network prefix. Host bits beyond the prefix are an error in parse(): they are most often a typing mistake.
class Cidr {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or a bare address (a /32 or /128). The error says what is wrong and the remedy.
  static boost::system::result<Cidr, std::string> parse(std::string_view text);

  // v4-mapped addresses are compared as IPv4.
  [[nodiscard]] bool contains(const Address& address) const;
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] bool is_everything() const { return bits_ == 0; }
  [[nodiscard]] const Address& network() const { return network_; }
  [[nodiscard]] unsigned bits() const { return bits_; }

 private:
  Cidr(Address network, unsigned bits) : network_(std::move(network)), bits_(bits) {}

  Address network_;
  unsigned bits_;
};

bool any_contains(const std::vector<Cidr>& cidrs, const Address& address);

}  // namespace realpeer::net

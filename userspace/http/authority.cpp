#include "http/authority.h"

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <charconv>
#include <cstdint>

#include "http/characters.h"

namespace realpeer::http {
namespace {

// The longest that DNS has, and a dot at its end (RFC 1035, section 2.3.4).
constexpr std::size_t longest_name = 254;

bool is_name_character(char c) { return is_alphanumeric(c) || is_one_of("-._", c); }

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return false;
    boost::system::error_code error;
    boost::asio::ip::make_address_v6(std::string(host.substr(1, host.size() - 2)), error);
    return !error && host.find('%') == std::string_view::npos;
  }
  return !host.empty() && host.size() <= longest_name && std::ranges::all_of(host, is_name_character);
}

bool is_port(std::string_view port) {
  std::uint16_t number = 0;
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
  return failed == std::errc{} && end == port.data() + port.size() && port.size() <= 5;
}

// Where the port's colon stands; npos: there is none.
std::size_t port_colon(std::string_view text) {
  const auto bracket = text.rfind(']');
  return text.find(':', bracket == std::string_view::npos ? 0 : bracket);
}

}  // namespace

bool is_authority(std::string_view text) {
  const auto colon = port_colon(text);
  return is_host(text.substr(0, colon)) && (colon == std::string_view::npos || is_port(text.substr(colon + 1)));
}

std::string_view host_of(std::string_view authority) { return authority.substr(0, port_colon(authority)); }

}  // namespace realpeer::http

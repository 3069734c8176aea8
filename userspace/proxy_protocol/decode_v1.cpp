// Version 1: one line of text (section 2.1).
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "proxy_protocol/decode_versions.h"
#include "proxy_protocol/wire.h"

namespace realpeer::proxy_protocol {

namespace {

struct Opening {
  std::string_view text;
  Family family;
};

constexpr std::array<Opening, 3> openings{{
    {"PROXY TCP4 ", Family::inet},
    {"PROXY TCP6 ", Family::inet6},
    {"PROXY UNKNOWN", Family::unspec},  // the rest of the line may be left out, its space included
}};

enum class LineEnd : std::uint8_t { not_yet, found, broken };

// Neither CR nor LF may stand alone ("must not tolerate a single CR or LF"), not even in what UNKNOWN ignores: a
// sender that ends its line with LF would have its payload swallowed up to the next CRLF.
LineEnd find_line_end(std::string_view line, std::size_t from, std::size_t& at) {
  at = line.find_first_of(wire::v1_line_end, from);
  if (at == std::string_view::npos) return LineEnd::not_yet;
  const std::string_view end = line.substr(at, wire::v1_line_end.size());
  if (end == wire::v1_line_end) return LineEnd::found;
  return wire::v1_line_end.starts_with(end) ? LineEnd::not_yet : LineEnd::broken;
}

// Exactly four fields, exactly one space between each two.
std::optional<std::array<std::string_view, 4>> split(std::string_view text) {
  std::array<std::string_view, 4> fields;
  for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    fields[i] = text.substr(0, space);
    text.remove_prefix(space + 1);
  }
  fields.back() = text;
  return fields;
}

// The system's inet_pton takes canonical forms only; scope ids and bytes after a NUL are kept away from it here.
std::optional<net::Address> parse_address(std::string_view text, Family family) {
  const std::string_view alphabet = family == Family::inet ? "0123456789." : "0123456789abcdefABCDEF:.";
  if (text.find_first_not_of(alphabet) != std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  const net::Address address = family == Family::inet
                                   ? net::Address(boost::asio::ip::make_address_v4(std::string(text), error))
                                   : net::Address(boost::asio::ip::make_address_v6(std::string(text), error));
  if (error) return std::nullopt;
  return address;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  if (parsed.ec != std::errc()) return std::nullopt;
  return port;
}

// `rest` is what stands between "PROXY TCP4 " and CRLF.
Decoding decode_addresses(std::string_view rest, Family family, std::size_t length) {
  const auto fields = split(rest);
  if (!fields) return malformed("a v1 line needs two addresses and two ports, one space between each");
  const auto source = parse_address((*fields)[0], family);
  const auto destination = parse_address((*fields)[1], family);
  const auto source_port = parse_port((*fields)[2]);
  const auto destination_port = parse_port((*fields)[3]);
  const std::string_view wanted =
      family == Family::inet ? " is not a canonical IPv4 address" : " is not an IPv6 address";
  if (!source) return malformed("the source of the v1 line" + std::string(wanted));
  if (!destination) return malformed("the destination of the v1 line" + std::string(wanted));
  if (!source_port) return malformed("the source port of the v1 line is not a plain number up to 65535");
  if (!destination_port) return malformed("the destination port of the v1 line is not a plain number up to 65535");
  Header header;
  header.version = Version::v1;
  header.family = family;
  header.transport = Transport::stream;
  header.source = net::Endpoint(*source, *source_port);
  header.destination = net::Endpoint(*destination, *destination_port);
  return Accepted{std::move(header), length};
}

Header unknown_client() {
  Header header;
  header.version = Version::v1;
  return header;
}

}  // namespace

Decoding decode_v1(std::string_view bytes, std::size_t max_header) {
  const std::size_t limit = std::min(wire::v1_max_line, max_header);
  const std::string_view line = bytes.substr(0, limit);
  const auto unfinished = [&]() -> Decoding {
    if (line.size() < limit) return NeedMore{};
    return Refused{policy::RejectReason::header_too_large,
                   "no CRLF within " + std::to_string(limit) + " bytes of a v1 line"};
  };

  const auto* const opening =
      std::ranges::find_if(openings, [line](const Opening& one) { return line.starts_with(one.text); });
  if (opening == openings.end()) {
    const bool may_become_one =
        std::ranges::any_of(openings, [line](const Opening& one) { return one.text.starts_with(line); });
    return may_become_one ? unfinished() : malformed("a v1 line begins PROXY TCP4, PROXY TCP6 or PROXY UNKNOWN");
  }

  const std::string_view after = line.substr(opening->text.size());
  if (opening->family == Family::unspec && !after.empty() && after.front() != ' ' && after.front() != '\r') {
    return malformed("UNKNOWN in a v1 line must be followed by a space or CRLF");
  }
  std::size_t end = 0;
  switch (find_line_end(line, opening->text.size(), end)) {
    case LineEnd::not_yet: return unfinished();
    case LineEnd::broken:
      return malformed("byte " + std::to_string(end) + " of the v1 line is a CR or LF that is not part of CRLF");
    case LineEnd::found: break;
  }
  const std::size_t length = end + wire::v1_line_end.size();
  if (opening->family == Family::unspec) return Accepted{unknown_client(), length};
  return decode_addresses(line.substr(opening->text.size(), end - opening->text.size()), opening->family, length);
}

}  // namespace realpeer::proxy_protocol

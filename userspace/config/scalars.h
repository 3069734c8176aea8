// Text to values: each parser gives the value, or what is wrong with the text and the remedy.
#pragma once

#include <array>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/schema.h"

namespace realpeer::config {

struct Problem {
  std::string text;
};

template <typename T>
using Parsed = boost::system::result<T, Problem>;

// "500ms", "5s", "5m", "1h": a whole number with its unit.
Parsed<std::chrono::milliseconds> parse_duration(std::string_view text, Range<std::chrono::milliseconds> range);
// The shortest text parse_duration() reads back to the same value.
std::string to_string(std::chrono::milliseconds duration);

// Bytes: "65536", "64KiB", "1MiB".
Parsed<std::uint64_t> parse_size(std::string_view text, Range<std::uint64_t> range);

// A network, as net::Cidr::parse() takes it.
Parsed<net::Cidr> parse_cidr(std::string_view text);

// "50/s", "300/m", "1000/h"; the burst is left at 1.
Parsed<policy::Rate> parse_rate(std::string_view text, Range<std::uint64_t> range);
// The text that parse_rate() reads back, without the burst.
std::string to_string(const policy::Rate& rate);

Parsed<std::uint64_t> parse_integer(std::string_view text, Range<std::uint64_t> range);

// The parsers above with their range, for what takes a parser of text alone.
inline auto duration_within(Range<std::chrono::milliseconds> range) {
  return [range](std::string_view text) { return parse_duration(text, range); };
}
inline auto size_within(Range<std::uint64_t> range) {
  return [range](std::string_view text) { return parse_size(text, range); };
}
inline auto integer_within(Range<std::uint64_t> range) {
  return [range](std::string_view text) { return parse_integer(text, range); };
}

// Of nodes, listeners and backends: 1 to 63 of [A-Za-z0-9._-], not "." or "..".
Parsed<std::string> parse_name(std::string_view text);

// "stdout", "off" or a path. A path has a slash, so that a misspelt word does not become a file.
Parsed<std::string> parse_log_target(std::string_view text);

// "HOST:PORT" of a backend: an address or a host name. No look-up happens here.
Parsed<EndpointSpec> parse_endpoint_spec(std::string_view text);

// Whether it is meant as an IP address rather than a name; without brackets.
bool is_address(std::string_view text);

// A server name of a route, in lower case: "git.example.com", or "*.example.com" for all below it.
Parsed<std::string> parse_server_name_pattern(std::string_view text);

// A type of TLV by its registered name ("ssl") or number ("0xEA", "234").
Parsed<std::uint8_t> parse_tlv_type(std::string_view text);
// The text that parse_tlv_type() reads back: the name where there is one.
std::string tlv_type_to_string(std::uint8_t type);

// The index of `text` among `names`; `unavailable` are words of the design that this version does not have.
Parsed<std::size_t> parse_choice(std::string_view text, std::span<const std::string_view> names,
                                 std::span<const std::string_view> unavailable = {});

// The same for an enum whose values have a to_string().
template <typename Enum, std::size_t N>
Parsed<Enum> parse_enum(std::string_view text, const std::array<Enum, N>& values,
                        std::span<const std::string_view> unavailable = {}) {
  std::array<std::string_view, N> names;
  for (std::size_t i = 0; i < N; ++i) names[i] = to_string(values[i]);
  const auto index = parse_choice(text, names, unavailable);
  if (!index) return index.error();
  return values[*index];
}

}  // namespace realpeer::config

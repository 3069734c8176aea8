#include "config/scalars.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/spelling.h"
#include "proxy_protocol/wire.h"

namespace realpeer::config {

namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr Unit duration_units[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
constexpr Unit size_units[] = {{"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}};

// A whole number and the letters after it; no value if the text does not begin with a digit or the number is too large.
struct Quantity {
  std::optional<std::uint64_t> number;
  std::string_view unit;
};

Quantity split_quantity(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{}) return {std::nullopt, {}};
  return {number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

// number × factor, or nothing if it leaves the range; never overflows.
std::optional<std::uint64_t> scaled_within(std::uint64_t number, std::uint64_t factor, Range<std::uint64_t> range) {
  if (number > range.most / factor || number * factor < range.least) return std::nullopt;
  return number * factor;
}

template <std::size_t N>
const Unit* find_unit(const Unit (&units)[N], std::string_view name) {
  const auto* found = std::ranges::find(units, name, &Unit::name);
  return found == std::end(units) ? nullptr : found;
}

// The number with the largest unit that loses nothing; zero takes the unit people write it with.
template <std::size_t N>
std::string with_unit(const Unit (&units)[N], std::uint64_t number, std::string_view of_zero) {
  if (number == 0) return "0" + std::string(of_zero);
  for (const Unit& unit : units) {
    if (number % unit.factor == 0) return std::to_string(number / unit.factor) + std::string(unit.name);
  }
  return std::to_string(number);
}

Problem out_of_range(std::string_view text, const std::string& least, const std::string& most) {
  return {quoted(text) + " is out of range: write " + least + " to " + most};
}

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_name_character(char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; }

// Digits and dots alone are meant as an address, if not a whole one.
bool looks_like_v4(std::string_view host) { return host.find_first_not_of("0123456789.") == std::string_view::npos; }

// Host names as resolvers take them, and literal addresses. What looks like an address and is none would be looked up
// as a name, which is never what was meant.
bool is_host(std::string_view host, std::string_view endpoint) {
  if (net::parse_endpoint(endpoint)) return true;
  if (endpoint.starts_with('[') || host.size() > ranges::host_name) return false;
  const bool empty_label = host.starts_with('.') || host.find("..") != std::string_view::npos;
  return !empty_label && !looks_like_v4(host) && std::ranges::all_of(host, is_name_character);
}

}  // namespace

bool is_address(std::string_view name) {
  const bool v4 = !name.empty() && looks_like_v4(name);
  return v4 || net::parse_endpoint("[" + std::string(name) + "]:1").has_value();
}

Parsed<milliseconds> parse_duration(std::string_view text, Range<milliseconds> range) {
  const auto [number, suffix] = split_quantity(text);
  if (!number) {
    return Problem{quoted(text) + " is not a duration: write a whole number with ms, s, m or h, as in '5s'"};
  }
  if (suffix.empty()) return Problem{quoted(text) + " has no unit: write " + quoted(std::string(text) + "s")};
  const Unit* unit = find_unit(duration_units, suffix);
  if (unit == nullptr) {
    return Problem{quoted(text) + " is not a duration: write one whole number with ms, s, m or h, as in '5s'"};
  }
  const Range<std::uint64_t> counts{static_cast<std::uint64_t>(range.least.count()),
                                    static_cast<std::uint64_t>(range.most.count())};
  const auto count = scaled_within(*number, unit->factor, counts);
  if (!count) return out_of_range(text, to_string(range.least), to_string(range.most));
  return milliseconds(static_cast<milliseconds::rep>(*count));
}

std::string to_string(milliseconds duration) {
  return with_unit(duration_units, static_cast<std::uint64_t>(duration.count()), "s");
}

Parsed<std::uint64_t> parse_size(std::string_view text, Range<std::uint64_t> range) {
  const auto [number, suffix] = split_quantity(text);
  const Unit* unit = number ? find_unit(size_units, suffix) : nullptr;
  if (unit == nullptr) {
    return Problem{quoted(text) + " is not a size: write whole bytes, or a whole number with KiB or MiB, as in '1MiB'"};
  }
  const auto bytes = scaled_within(*number, unit->factor, range);
  if (!bytes) return out_of_range(text, with_unit(size_units, range.least, ""), with_unit(size_units, range.most, ""));
  return *bytes;
}

Parsed<net::Cidr> parse_cidr(std::string_view text) {
  const auto cidr = net::Cidr::parse(text);
  if (cidr) return *cidr;
  return Problem{cidr.error()};
}

Parsed<policy::Rate> parse_rate(std::string_view text, Range<std::uint64_t> range) {
  const auto slash = text.find('/');
  const auto [number, rest] = split_quantity(text.substr(0, slash));
  const std::string_view unit = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  const Unit* per = unit == "ms" ? nullptr : find_unit(duration_units, unit);
  if (!number || !rest.empty() || per == nullptr) {
    return Problem{quoted(text) + " is not a rate: write a whole number for each s, m or h, as in '50/s'"};
  }
  if (!scaled_within(*number, 1, range)) {
    return out_of_range(text, std::to_string(range.least) + "/s", std::to_string(range.most) + "/s");
  }
  return policy::Rate{.count = static_cast<std::uint32_t>(*number),
                      .per = milliseconds(static_cast<milliseconds::rep>(per->factor))};
}

std::string to_string(const policy::Rate& rate) {
  const auto per = static_cast<std::uint64_t>(rate.per.count());
  const auto* unit = std::ranges::find(duration_units, per, &Unit::factor);
  return std::to_string(rate.count) + "/" + std::string(unit == std::end(duration_units) ? "" : unit->name);
}

Parsed<std::uint64_t> parse_integer(std::string_view text, Range<std::uint64_t> range) {
  const auto [number, suffix] = split_quantity(text);
  if (!number || !suffix.empty()) return Problem{quoted(text) + " is not a whole number: write digits only"};
  const auto value = scaled_within(*number, 1, range);
  if (!value) return out_of_range(text, std::to_string(range.least), std::to_string(range.most));
  return *value;
}

Parsed<std::string> parse_name(std::string_view text) {
  const bool dots = text == "." || text == "..";
  if (text.empty() || text.size() > ranges::name_length || dots || !std::ranges::all_of(text, is_name_character)) {
    return Problem{quoted(text) + " cannot be a name: write 1 to " + std::to_string(ranges::name_length) +
                   " letters, digits, '.', '_' or '-', and not '.' or '..'"};
  }
  return {boost::system::in_place_value, text};
}

Parsed<std::string> parse_log_target(std::string_view text) {
  const bool path = text.find('/') != std::string_view::npos && !text.ends_with('/');
  if (text != "stdout" && text != "off" && !path) {
    return Problem{quoted(text) + " is no place for a log: write stdout, off, or a path with a '/', as in '/var/log/" +
                   "realpeer/access.log'"};
  }
  return {boost::system::in_place_value, text};
}

Parsed<EndpointSpec> parse_endpoint_spec(std::string_view text) {
  const auto split = net::split_host_port(text);
  if (!split) return Problem{split.error()};
  if (!is_host(split->host, text)) {
    return Problem{quoted(split->host) + " in " + quoted(text) +
                   " is neither an IP address nor a host name: write one, as in '10.0.0.7:80' or 'web.internal:80'"};
  }
  return EndpointSpec{std::string(split->host), split->port};
}

Parsed<std::string> parse_server_name_pattern(std::string_view text) {
  const auto refuse = [text](const std::string& why) { return Problem{quoted(text) + " " + why}; };
  if (text == "*") return refuse("is every name: write default: NAME beside sni for those");
  if (text == words::otherwise) return refuse("is no server name: write it beside sni, for every other name");
  if (!std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    return refuse("is not ASCII: write its A-label, as in 'xn--bcher-kva.example'");
  }
  const bool wildcard = text.starts_with("*.");
  const std::string_view name = wildcard ? text.substr(2) : text;
  // RFC 6066, section 3: no literal addresses as server names.
  if (is_address(name)) {
    return refuse("is an address, and no client asks for one by SNI: write a host name, or default: NAME beside sni");
  }
  if (name.size() > 1 && name.ends_with('.')) {
    return refuse("ends with a dot, which counts for nothing: write " + quoted(text.substr(0, text.size() - 1)));
  }
  const bool empty_label = name.empty() || name.starts_with('.') || name.find("..") != std::string_view::npos;
  if (empty_label || name.size() > ranges::host_name || !std::ranges::all_of(name, is_name_character)) {
    return refuse("is not a server name: write a host name, as in 'git.example.com', or '*.example.com' for all below");
  }
  return {boost::system::in_place_value, policy::normal_name(text)};
}

Parsed<std::uint8_t> parse_tlv_type(std::string_view text) {
  for (unsigned type = 0; type <= 0xFF; ++type) {
    const auto name = proxy_protocol::wire::tlv_name(static_cast<std::uint8_t>(type));
    if (!name.empty() && name == text) return static_cast<std::uint8_t>(type);
  }
  const bool hexadecimal = text.starts_with("0x");
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  unsigned number = 0;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, hexadecimal ? 16 : 10);
  if (failed != std::errc{} || end != digits.data() + digits.size() || number > 0xFF) {
    return Problem{quoted(text) +
                   " is no type of TLV: write a registered name, as in 'ssl', or a number, as in '0xEA'"};
  }
  return static_cast<std::uint8_t>(number);
}

std::string tlv_type_to_string(std::uint8_t type) {
  if (const auto name = proxy_protocol::wire::tlv_name(type); !name.empty()) return std::string(name);
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {'0', 'x', digits[type >> 4U], digits[type & 0xFU]};
}

Parsed<std::size_t> parse_choice(std::string_view text, std::span<const std::string_view> names,
                                 std::span<const std::string_view> unavailable) {
  const auto found = std::ranges::find(names, text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::string choices = "choose one of " + listed(names);
  if (std::ranges::find(unavailable, text) != unavailable.end()) {
    return Problem{quoted(text) + " is not available in this version: " + choices};
  }
  const auto meant = nearest(text, names);
  if (meant) return Problem{quoted(text) + " is not known; did you mean " + quoted(*meant) + "? " + choices};
  return Problem{quoted(text) + " is not known: " + choices};
}

}  // namespace realpeer::config

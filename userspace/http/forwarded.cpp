#include "http/forwarded.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "http/authority.h"
#include "http/characters.h"

namespace realpeer::http {
namespace {

// By which software tells who a client is, or what it asked for; folded. "proxy" becomes the setting HTTP_PROXY of CGI
// programs.
constexpr std::array<std::string_view, 17> told_names{
    "forwarded",        "forwarded-for",  "x-real-ip",        "x-remote-ip",        "x-remote-addr",
    "x-originating-ip", "x-proxyuser-ip", "x-scheme",         "x-url-scheme",       "x-rewrite-url",
    "front-end-https",  "x-request-id",   "cf-connecting-ip", "cf-connecting-ipv6", "x-appengine-user-ip",
    "remote-addr",      "proxy"};
constexpr std::array<std::string_view, 3> told_beginnings{"x-forwarded", "x-original", "x-envoy"};
constexpr std::array<std::string_view, 2> told_ends{"client-ip", "clientip"};

bool tells_client(const std::string& name) {
  return std::ranges::find(told_names, name) != told_names.end() ||
         std::ranges::any_of(told_beginnings, [&](std::string_view begin) { return name.starts_with(begin); }) ||
         std::ranges::any_of(told_ends, [&](std::string_view end) { return name.ends_with(end); });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view without_brackets(std::string_view text) {
  return text.starts_with('[') && text.ends_with(']') ? text.substr(1, text.size() - 2) : text;
}

// An address, alone or with a port, as some proxies write it.
std::optional<net::Address> read_address(std::string_view text) {
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address(std::string(without_brackets(text)), error);
  if (!error) return net::unmapped(address);
  address = boost::asio::ip::make_address(std::string(without_brackets(host_of(text))), error);
  if (error) return std::nullopt;
  return net::unmapped(address);
}

// Without the zone, which means nothing to others.
std::string written(const net::Address& address) {
  std::string text = net::unmapped(address).to_string();
  return text.substr(0, text.find('%'));
}

// The values of all fields of that name, joined as RFC 9110, section 5.3, has it.
std::string joined(const Fields& fields, std::string_view name) {
  std::string all;
  const auto [first, last] = fields.equal_range(name);
  for (auto at = first; at != last; ++at) {
    if (trimmed(at->value()).empty()) continue;
    if (!all.empty()) all += ", ";
    all += trimmed(at->value());
  }
  return all;
}

std::string added(const std::string& before, const std::string& last) {
  return before.empty() ? last : before + ", " + last;
}

// RFC 7239, section 6: IPv6 in brackets, and quoted for the colons.
std::string node(const net::Address& address) {
  const std::string text = written(address);
  return text.find(':') == std::string::npos ? text : "\"[" + text + "]\"";
}

std::string forwarded_element(const Forwarding& forwarding) {
  std::string element = "for=" + node(forwarding.sender);
  if (!forwarding.host.empty()) element += ";host=\"" + std::string(forwarding.host) + "\"";
  return element + (forwarding.over_tls ? ";proto=https" : ";proto=http");
}

// What a trusted forwarder said of the request as it came to it, where that can be.
struct Said {
  std::string chain;     // X-Forwarded-For
  std::string elements;  // Forwarded
  std::string protocol;  // "http", "https"
  std::string host;
  std::string request_id;
};

Said said_by(const Fields& fields) {
  Said said{.chain = joined(fields, "X-Forwarded-For"),
            .elements = joined(fields, "Forwarded"),
            .protocol = joined(fields, "X-Forwarded-Proto"),
            .host = joined(fields, "X-Forwarded-Host"),
            .request_id = joined(fields, "X-Request-Id")};
  if (!iequals(said.protocol, "http") && !iequals(said.protocol, "https")) said.protocol.clear();
  if (!is_authority(said.host)) said.host.clear();
  return said;
}

}  // namespace

net::Address believed_client(const Fields& fields, const net::Address& sender, const net::CidrSet& trusted) {
  net::Address client = net::unmapped(sender);
  const std::string chain = joined(fields, "X-Forwarded-For");
  std::string_view rest = chain;
  while (!rest.empty() && trusted.contains(client)) {
    const auto comma = rest.rfind(',');
    const auto last = trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
    const auto before = read_address(last);
    if (!before) break;
    client = *before;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
  }
  return client;
}

void remove_forwarded(Fields& fields) { remove_where(fields, tells_client); }

void write_forwarded(Fields& fields, const Forwarding& forwarding) {
  const Said said = forwarding.by_trusted ? said_by(fields) : Said{};
  const auto or_else = [](const std::string& first, std::string_view second) {
    return first.empty() ? std::string(second) : first;
  };
  remove_forwarded(fields);
  fields.set("X-Forwarded-For", added(said.chain, written(forwarding.sender)));
  fields.set("X-Forwarded-Proto", or_else(said.protocol, forwarding.over_tls ? "https" : "http"));
  const std::string host = or_else(said.host, forwarding.host);
  if (!host.empty()) fields.set("X-Forwarded-Host", host);
  fields.set("X-Real-IP", written(forwarding.client));
  fields.set("X-Request-Id", or_else(said.request_id, forwarding.request_id));
  if (forwarding.rfc7239) fields.set("Forwarded", added(said.elements, forwarded_element(forwarding)));
}

}  // namespace realpeer::http

#include "http/fields.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <vector>

namespace realpeer::http {
namespace {

using boost::beast::iequals;
using boost::beast::http::field;
using boost::beast::http::token_list;

constexpr std::array hop_by_hop{"Connection", "Keep-Alive",          "Proxy-Connection", "Transfer-Encoding",
                                "TE",         "Proxy-Authorization", "Upgrade",          "HTTP2-Settings"};

constexpr std::array essential{"Host", "Content-Length", "Trailer"};

char plain(char c) {
  if (c == '_') return '-';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_essential(std::string_view name) {
  return std::ranges::any_of(essential, [name](std::string_view known) { return iequals(name, known); });
}

// Content_Length is Content-Length to CGI, and no frame to us.
void remove_look_alikes(Fields& fields) {
  for (auto at = fields.begin(); at != fields.end();) {
    const auto name = at->name_string();
    const auto looks = [name](std::string_view known) { return same_name(name, known) && !iequals(name, known); };
    at = std::ranges::any_of(essential, looks) ? fields.erase(at) : std::next(at);
  }
}

bool is_of_http(std::string_view protocol) {
  return protocol.size() >= 2 && (iequals(protocol.substr(0, 2), "h2") || iequals(protocol.substr(0, 3), "tls") ||
                                  iequals(protocol.substr(0, 4), "http"));
}

}  // namespace

bool same_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, plain, plain);
}

void remove_all(Fields& fields, std::string_view name) {
  for (auto at = fields.begin(); at != fields.end();) {
    at = same_name(at->name_string(), name) ? fields.erase(at) : std::next(at);
  }
}

std::string upgrade_of(const Fields& fields) {
  bool asked = false;
  const auto [first, last] = fields.equal_range(field::connection);
  for (auto at = first; at != last; ++at) asked = asked || token_list(at->value()).exists("upgrade");
  if (!asked || fields.count(field::upgrade) != 1) return {};
  const std::string_view protocol = fields[field::upgrade];
  return is_of_http(protocol) || protocol.find(',') != std::string_view::npos ? std::string() : std::string(protocol);
}

void remove_hop_by_hop(Fields& fields) {
  std::vector<std::string> named;
  const auto [first, last] = fields.equal_range(field::connection);
  for (auto at = first; at != last; ++at) {
    for (const auto token : token_list(at->value())) named.emplace_back(token);
  }
  for (const auto& name : named) {
    if (!is_essential(name)) remove_all(fields, name);
  }
  for (const auto* name : hop_by_hop) remove_all(fields, name);
  remove_look_alikes(fields);
}

void append(const Fields& fields, std::string& text) {
  for (const auto& field : fields) {
    text.append(field.name_string()).append(": ").append(field.value()).append("\r\n");
  }
}

}  // namespace realpeer::http

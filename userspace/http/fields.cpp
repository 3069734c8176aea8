#include "http/fields.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/rfc7230.hpp>
#include <vector>

#include "http/characters.h"

namespace realpeer::http {
namespace {

using boost::beast::http::field;
using boost::beast::http::token_list;

// Folded.
constexpr std::array<std::string_view, 9> of_one_hop{
    "connection",          "keep-alive", "proxy-connection", "transfer-encoding", "te",
    "proxy-authorization", "upgrade",    "http2-settings",   "content-length"};
constexpr std::array<std::string_view, 8> of_heads{"host",       "trailer",          "authorization", "cookie",
                                                   "set-cookie", "content-encoding", "content-type",  "content-range"};

bool is_one_of(const auto& known, std::string_view name) {
  return std::ranges::find(known, name) != std::ranges::end(known);
}

// What Connection names, folded and in order.
std::vector<std::string> named_by_connection(const Fields& fields) {
  std::vector<std::string> named;
  const auto [first, last] = fields.equal_range(field::connection);
  for (auto at = first; at != last; ++at) {
    for (const auto token : token_list(at->value())) named.push_back(folded(token));
  }
  std::ranges::sort(named);
  return named;
}

bool is_of_http(std::string_view protocol) {
  return iequals(protocol.substr(0, 2), "h2") || iequals(protocol.substr(0, 3), "tls") ||
         iequals(protocol.substr(0, 4), "http");
}

}  // namespace

std::string folded(std::string_view name) {
  std::string plain(name);
  for (char& c : plain) {
    if (!is_alphanumeric(c)) c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return plain;
}

std::string upgrade_of(const Fields& fields) {
  const auto named = named_by_connection(fields);
  if (!std::ranges::binary_search(named, "upgrade") || fields.count(field::upgrade) != 1) return {};
  const std::string_view protocol = fields[field::upgrade];
  return is_of_http(protocol) || protocol.find(',') != std::string_view::npos ? std::string() : std::string(protocol);
}

void remove_hop_by_hop(Fields& fields) {
  const auto named = named_by_connection(fields);
  remove_where(fields, [&named](const std::string& name) {
    return is_one_of(of_one_hop, name) || std::ranges::binary_search(named, name);
  });
}

void keep_trailer(Fields& trailer) {
  remove_hop_by_hop(trailer);
  remove_where(trailer, [](const std::string& name) { return is_one_of(of_heads, name); });
}

void append(const Fields& fields, std::string& text) {
  for (const auto& field : fields) {
    text.append(field.name_string()).append(": ").append(field.value()).append("\r\n");
  }
}

}  // namespace realpeer::http

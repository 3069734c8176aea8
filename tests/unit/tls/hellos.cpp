#include "hellos.h"

#include <boost/algorithm/hex.hpp>

namespace realpeer::tls::hellos {

HelloReading read(std::string_view bytes) { return read_client_hello(std::as_bytes(std::span(bytes))); }

bool same(const HelloReading& a, const HelloReading& b) {
  return std::holds_alternative<NotTls>(a) ? std::holds_alternative<NotTls>(b) : shown(a) == shown(b);
}

std::string shown(const HelloReading& reading) {
  if (const auto* hello = std::get_if<ClientHello>(&reading)) {
    std::string text = "hello of " + std::to_string(hello->length) + " for " + hello->server_name;
    for (const std::string& protocol : hello->alpn) text += " " + boost::algorithm::hex(protocol);
    return text;
  }
  if (const auto* more = std::get_if<NeedMore>(&reading)) return "need " + std::to_string(more->at_least);
  if (const auto* other = std::get_if<NotTls>(&reading)) return "not TLS: " + other->detail;
  const auto& malformed = std::get<Malformed>(reading);
  return std::string(to_string(malformed.problem)) + ": " + malformed.detail;
}

std::string from_hex(std::string_view hex) { return boost::algorithm::unhex(std::string(hex)); }

}  // namespace realpeer::tls::hellos

#include "capture/opening.h"

#include "net/openings.h"
#include "tls/client_hello.h"

namespace realpeer::capture {

static_assert(tls::max_wire <= longest_header);

std::size_t bytes_wanted(std::span<const std::byte> bytes, const proxy_protocol::DecodeOptions& options) {
  const auto decoding = proxy_protocol::decode(bytes, options);
  if (const auto* more = std::get_if<proxy_protocol::NeedMore>(&decoding)) return more->at_least;
  const auto* refused = std::get_if<proxy_protocol::Refused>(&decoding);
  if (refused == nullptr || refused->reason != policy::RejectReason::header_missing) return 0;
  if (proxy_protocol::looks_like(bytes) == "tls_client_hello") {
    const auto reading = tls::read_client_hello(bytes);
    const auto* more = std::get_if<tls::NeedMore>(&reading);
    return more == nullptr ? 0 : more->at_least;
  }
  return bytes.size() < openings::least_text ? openings::least_text - bytes.size() : 0;
}

}  // namespace realpeer::capture

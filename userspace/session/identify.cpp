#include "session/identify.h"

#include "policy/trust.h"
#include "proxy_protocol/decode.h"
#include "session/reading.h"

namespace realpeer::session {
namespace {

using boost::asio::ip::tcp;
using policy::Expectation;
using policy::RejectReason;

Refusal refuse(const proxy_protocol::Refused& refused, const std::string& bytes) {
  const bool missing = refused.reason == RejectReason::header_missing;
  return {.reason = refused.reason,
          .detail = refused.detail,
          .looks_like = missing ? proxy_protocol::looks_like(as_bytes(bytes)) : std::string_view()};
}

Refusal refuse_end(Read how, const std::string& bytes) {
  if (how == Read::timeout) {
    return {.reason = RejectReason::header_timeout,
            .detail = "no complete header after " + std::to_string(bytes.size()) + " bytes",
            .looks_like = {}};
  }
  if (bytes.empty()) return {.reason = RejectReason::empty_probe, .detail = {}, .looks_like = {}};
  return {.reason = RejectReason::header_truncated,
          .detail = "the peer closed after " + std::to_string(bytes.size()) + " bytes of a header",
          .looks_like = {}};
}

void believe(const proxy_protocol::Header& header, Identified& identified) {
  identified.tlvs = header.tlvs;
  identified.header = header.version;
  if (!header.names_client()) {
    identified.source = REALPEER_SOURCE_LOCAL;
    return;
  }
  identified.source =
      header.version == proxy_protocol::Version::v1 ? REALPEER_SOURCE_PROXY_V1 : REALPEER_SOURCE_PROXY_V2;
  identified.client = net::unmapped(*header.source);
  if (header.destination) identified.destination = net::unmapped(*header.destination);
}

// A header comes first, or the connection is refused.
Stage<Identified> read_header(tcp::socket& socket, const config::Listener& listener, Identified identified,
                              const net::Deadline<tcp::socket>& deadline) {
  std::string& bytes = identified.payload;
  const proxy_protocol::DecodeOptions options{.max_header = listener.max_header};
  for (;;) {
    const auto decoding = proxy_protocol::decode(as_bytes(bytes), options);
    if (const auto* refused = std::get_if<proxy_protocol::Refused>(&decoding)) co_return refuse(*refused, bytes);
    if (const auto* accepted = std::get_if<proxy_protocol::Accepted>(&decoding)) {
      believe(accepted->header, identified);
      bytes.erase(0, accepted->length);
      co_return identified;
    }
    const Read read = co_await read_more(socket, bytes, deadline);
    if (read != Read::some) co_return refuse_end(read, bytes);
  }
}

// Application data, but a header is refused. A client that waits for the server to speak is not waited for.
Stage<Identified> refuse_header(tcp::socket& socket, Identified identified,
                                const net::Deadline<tcp::socket>& deadline) {
  std::string& bytes = identified.payload;
  if (read_available(socket, bytes) == Read::reset) co_return client_reset;
  while (!bytes.empty()) {
    const auto signature = proxy_protocol::find_signature(as_bytes(bytes));
    if (signature == proxy_protocol::Signature::absent) co_return identified;
    if (signature == proxy_protocol::Signature::present) {
      co_return untrusted_header;
    }
    const Read read = co_await read_more(socket, bytes, deadline);
    if (read == Read::reset) co_return client_reset;
    if (read == Read::timeout) co_return refuse_end(read, bytes);
    if (read == Read::end) co_return identified;  // too short for a header: data after all
  }
  identified.watch_first_bytes = true;
  co_return identified;
}

// A header is used when it comes first.
Stage<Identified> allow_header(tcp::socket& socket, const config::Listener& listener, Identified identified,
                               const net::Deadline<tcp::socket>& deadline) {
  std::string& bytes = identified.payload;
  while (proxy_protocol::find_signature(as_bytes(bytes)) == proxy_protocol::Signature::partial || bytes.empty()) {
    const Read read = co_await read_more(socket, bytes, deadline);
    if (read == Read::some) continue;
    if (read == Read::reset) co_return client_reset;
    if (read == Read::end) {
      if (bytes.empty()) co_return refuse_end(read, bytes);
      co_return identified;
    }
    // A client that waits for the server to speak; a header from here on would come too late.
    if (!bytes.empty()) co_return refuse_end(read, bytes);
    identified.watch_first_bytes = true;
    co_return identified;
  }
  if (proxy_protocol::find_signature(as_bytes(bytes)) == proxy_protocol::Signature::absent) co_return identified;
  co_return co_await read_header(socket, listener, std::move(identified), deadline);
}

}  // namespace

Stage<Identified> identify(tcp::socket& socket, const net::Endpoint& peer, const config::Listener& listener,
                           std::chrono::steady_clock::time_point until) {
  boost::system::error_code error;
  Identified identified;
  identified.client = peer;
  identified.destination = net::unmapped(socket.local_endpoint(error));
  const net::Deadline deadline(socket, until);

  switch (policy::expectation(listener.trust, peer.address())) {
    case Expectation::refused:
      co_return Refusal{.reason = RejectReason::untrusted_source,
                        .detail = "the peer is outside trusted_cidrs of a strict listener",
                        .looks_like = {}};
    case Expectation::required: co_return co_await read_header(socket, listener, std::move(identified), deadline);
    case Expectation::optional: co_return co_await allow_header(socket, listener, std::move(identified), deadline);
    case Expectation::forbidden: co_return co_await refuse_header(socket, std::move(identified), deadline);
    case Expectation::none:
      if (read_available(socket, identified.payload) == Read::reset) co_return client_reset;
      co_return identified;
  }
  co_return identified;
}

}  // namespace realpeer::session

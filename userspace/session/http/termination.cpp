#include "session/http/termination.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "proxy_protocol/decode.h"
#include "session/reading.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using policy::RejectReason;
using proxy_protocol::find_signature;
using proxy_protocol::Signature;

Refusal failed(std::string detail, std::string_view looks_like = {}) {
  return {.reason = RejectReason::tls_failed, .detail = std::move(detail), .looks_like = looks_like};
}

Refusal explain(const boost::system::error_code& error, bool timed_out) {
  if (timed_out) return failed("no TLS handshake within tls.handshake_timeout");
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return failed("the client closed during the TLS handshake");
  }
  if (error.category() != asio::error::get_ssl_category()) return client_reset;
  const auto code = static_cast<unsigned long>(error.value());
  if (ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST) return failed("a request without TLS came to a port of TLS", "http");
  const char* reason = ERR_reason_error_string(code);
  return failed("the TLS handshake failed: " + std::string(reason == nullptr ? error.message() : reason));
}

}  // namespace

asio::awaitable<std::optional<Refusal>> refuse_forbidden_header(tcp::socket& client, Identified& identified,
                                                                std::chrono::steady_clock::time_point until) {
  if (!std::exchange(identified.watch_first_bytes, false)) co_return std::nullopt;
  const net::Deadline deadline(client, until);
  for (;;) {
    const auto signature = find_signature(as_bytes(identified.payload));
    if (signature == Signature::present) co_return untrusted_header;
    if (signature == Signature::absent) co_return std::nullopt;
    const Read read = co_await read_more(client, identified.payload, deadline);
    if (read == Read::some) continue;
    if (read == Read::reset) co_return client_reset;
    if (!identified.payload.empty()) co_return std::nullopt;  // the next stage says what is wrong with it
    co_return Refusal{.reason = RejectReason::empty_probe, .detail = {}, .looks_like = {}};
  }
}

asio::awaitable<std::optional<Refusal>> terminate(Conversation& conversation, asio::ssl::context& context) {
  Ticket ticket;
  if (!Ticket::take(conversation.shared().handshakes, ticket)) {
    co_return Refusal{.reason = RejectReason::too_many_connections, .detail = "limits.handshakes", .looks_like = {}};
  }
  auto& tls = conversation.stream.begin_tls(context);
  conversation.reading.at_most(conversation.listener().tls->handshake_timeout);
  const auto [error] =
      co_await tls.async_handshake(asio::ssl::stream_base::server, asio::as_tuple(asio::use_awaitable));
  conversation.reading.forever();
  if (const char* name = SSL_get_servername(tls.native_handle(), TLSEXT_NAMETYPE_host_name)) {
    conversation.base.server_name = name;
  }
  if (error) co_return explain(error, conversation.reading.over());
  co_return std::nullopt;
}

}  // namespace realpeer::session

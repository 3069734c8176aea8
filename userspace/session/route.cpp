#include "session/route.h"

#include <algorithm>

#include "proxy_protocol/decode.h"
#include "session/reading.h"

namespace realpeer::session {
namespace {

using boost::asio::ip::tcp;
using policy::RejectReason;
using proxy_protocol::find_signature;
using proxy_protocol::Signature;

Refusal no_route(std::string detail, std::string_view looks_like = {}) {
  return {.reason = RejectReason::no_route, .detail = std::move(detail), .looks_like = looks_like};
}

// A connection whose first bytes are no ClientHello. A header where none may be has its own reason.
Refusal refuse_bytes(const std::string& bytes, const std::string& what, bool header_forbidden) {
  if (header_forbidden && find_signature(as_bytes(bytes)) == Signature::present) {
    return untrusted_header;
  }
  return no_route("this listener routes by server name, and got no TLS ClientHello: " + what,
                  proxy_protocol::looks_like(as_bytes(bytes)));
}

// A client that ended, or stopped, before its ClientHello was whole. `announced`: a header came before.
Refusal refuse_end(Read how, const std::string& bytes, bool announced) {
  const std::string so_far = "after " + std::to_string(bytes.size()) + " bytes";
  switch (how) {
    case Read::end:
      if (bytes.empty() && !announced) return {.reason = RejectReason::empty_probe, .detail = {}, .looks_like = {}};
      return no_route("the client closed " + so_far + " of its ClientHello");
    case Read::timeout:
      return {.reason = RejectReason::header_timeout,
              .detail = bytes.empty() ? "no ClientHello came: this listener routes by server name, so the client must "
                                        "speak first, and TLS"
                                      : "no complete ClientHello " + so_far,
              .looks_like = {}};
    case Read::reset:
    case Read::some:
    case Read::nothing: break;
  }
  return client_reset;
}

// RFC 8701: reserved values by which clients keep servers tolerant.
bool is_grease(const std::string& protocol) {
  return protocol.size() == 2 && protocol[0] == protocol[1] && (protocol[0] & 0x0F) == 0x0A;
}

std::string describe(const tls::ClientHello& hello, const policy::Choice& choice) {
  if (hello.server_name.empty()) return "the ClientHello names no server";
  const std::string name = "the server name '" + hello.server_name + "'";
  if (!choice.name_known) return "nothing is routed for " + name;
  return name + (choice.by_protocol ? " is rejected with the protocols that are offered" : " is rejected");
}

}  // namespace

Stage<tls::ClientHello> read_hello(tcp::socket& socket, Identified& identified,
                                   std::chrono::steady_clock::time_point until) {
  std::string& bytes = identified.payload;
  const net::Deadline deadline(socket, until);
  const bool header_forbidden = std::exchange(identified.watch_first_bytes, false);
  const bool announced = identified.source == REALPEER_SOURCE_PROXY_V1 || identified.source == REALPEER_SOURCE_PROXY_V2;
  Read read = Read::some;
  std::size_t enough = 0;
  for (;;) {
    // What may yet become a header that is refused has a reason of its own, however it is cut.
    const bool may_be_header = header_forbidden && find_signature(as_bytes(bytes)) == Signature::partial;
    // Not after each segment: a hello that comes byte by byte is looked at a few times only.
    const bool last_look = read == Read::end || read == Read::timeout;
    if ((bytes.size() >= enough || last_look) && !may_be_header) {
      auto reading = tls::read_client_hello(as_bytes(bytes));
      if (auto* hello = std::get_if<tls::ClientHello>(&reading)) co_return std::move(*hello);
      if (const auto* other = std::get_if<tls::NotTls>(&reading)) {
        co_return refuse_bytes(bytes, other->detail, header_forbidden);
      }
      if (const auto* bad = std::get_if<tls::Malformed>(&reading)) {
        co_return no_route("the ClientHello is malformed: " + bad->detail);
      }
      enough = bytes.size() + std::get<tls::NeedMore>(reading).at_least;
    }
    if (read != Read::some) co_return refuse_end(read, bytes, announced);
    read = co_await read_more(socket, bytes, deadline);
  }
}

Outcome<Routed> route(const policy::Route& route, const tls::ClientHello& hello) {
  const auto choice = policy::choose(route, {hello.server_name, hello.alpn});
  if (!*choice.target) return no_route(describe(hello, choice));
  const auto first = std::ranges::find_if_not(hello.alpn, is_grease);
  const std::string_view offered = first == hello.alpn.end() ? std::string_view() : *first;
  return Routed{**choice.target, choice.protocol != nullptr ? std::string_view(*choice.protocol) : offered};
}

}  // namespace realpeer::session

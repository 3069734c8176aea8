#include "session/session.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "kernel/tcp_state.h"
#include "net/deadline.h"
#include "proxy_protocol/wire.h"
#include "session/account.h"
#include "session/connector.h"
#include "session/delivery.h"
#include "session/http/serve_http.h"
#include "session/identify.h"
#include "session/limit.h"
#include "session/presentation.h"
#include "session/reading.h"
#include "session/route.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using observe::Record;
using policy::RejectReason;

Record begin_record(const Accepted& accepted) {
  Record record;
  record.id = accepted.generation->shared.next_id.fetch_add(1);
  record.started = std::chrono::system_clock::now();
  record.since = std::chrono::steady_clock::now();
  record.listener = accepted.listener().name;
  record.peer = accepted.peer;
  record.trusted = policy::is_trusted(accepted.listener().trust, accepted.peer.address());
  return record;
}

void count_header(observe::ListenerTally& tally, const Outcome<Identified>& identified) {
  using observe::HeaderResult;
  using observe::HeaderVersion;
  if (!identified) {
    if (policy::is_of_header(identified.error().reason)) tally.header(HeaderVersion::unknown, HeaderResult::rejected);
    return;
  }
  if (!identified->header) return;
  const bool v1 = *identified->header == proxy_protocol::Version::v1;
  const bool local = identified->source == REALPEER_SOURCE_LOCAL;
  tally.header(v1 ? HeaderVersion::v1 : HeaderVersion::v2, local ? HeaderResult::local : HeaderResult::accepted);
}

void note(const Identified& identified, Record& record) {
  record.client = identified.client;
  record.source = identified.source;
  for (const auto& tlv : identified.tlvs) {
    record.tlv_types.push_back(tlv.type);
    if (tlv.type == proxy_protocol::wire::type_unique_id && record.unique_id.empty()) record.unique_id = tlv.value;
  }
}

// The header for this backend. A connection that came without an id and is sent on with one is logged by it.
std::string header_for(const config::Backend& backend, const Identified& identified, const Routed& routed,
                       const SharedState& shared, Record& record) {
  const bool make_id = backend.tlvs.unique_id && record.unique_id.empty();
  if (make_id) record.unique_id = shared.unique_id(record.id);
  return presentation(backend, {.client = identified.client,
                                .destination = identified.destination,
                                .believed = identified.tlvs,
                                .server_name = record.server_name,
                                .protocol = routed.protocol,
                                .made_id = record.unique_id});
}

// Header and first payload leave in one write: receivers that read once see both.
Stage<std::size_t> present(tcp::socket& backend, const std::string& bytes, std::chrono::milliseconds timeout) {
  if (bytes.empty()) co_return std::size_t{0};
  const net::Deadline deadline(backend, std::chrono::steady_clock::now() + timeout);
  const auto [error, written] =
      co_await asio::async_write(backend, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
  if (!error) co_return written;
  co_return Refusal{.reason = deadline.expired() ? RejectReason::backend_timeout : RejectReason::backend_unavailable,
                    .detail = "the backend took the connection but not the header: " + error.message(),
                    .looks_like = {}};
}

}  // namespace

asio::awaitable<void> serve(WorkerState& worker, Accepted accepted) {
  Generation& generation = *accepted.generation;
  SharedState& shared = generation.shared;
  tcp::socket& client = accepted.socket;
  auto tracked = std::make_unique<Tracked>(worker.live, accepted.state().tally, begin_record(accepted));
  Record& record = tracked->record;
  Underway underway(shared, client, *tracked);
  Tickets tickets;
  if (const auto refused = admit(accepted, record, tickets)) co_return underway.refuse(*refused);

  // Whom no header can make somebody else is limited before it can hold the connection by half a header.
  Outcome<ClientPlace> place = ClientPlace();
  const bool known = policy::client_is_peer(accepted.listener().trust, accepted.peer.address());
  if (known) {
    record.client = accepted.peer;
    if (!is_forwarder(accepted.listener(), accepted.peer.address())) place = limit(generation, record);
    if (!place) co_return underway.refuse(place.error());
  }
  const auto until = std::chrono::steady_clock::now() + accepted.listener().header_timeout;
  auto identified = co_await identify(client, accepted.peer, accepted.listener(), until);
  count_header(accepted.state().tally, identified);
  if (!identified) co_return underway.refuse(identified.error());
  note(*identified, record);
  if (!known && !is_forwarder(accepted.listener(), identified->client.address())) place = limit(generation, record);
  if (!place) co_return underway.refuse(place.error());

  if (accepted.listener().route.is_http()) {
    co_return co_await serve_http(worker, accepted, std::move(*identified), underway, tracked, std::move(tickets),
                                  std::move(*place));
  }
  tls::ClientHello hello;
  if (accepted.listener().route.reads_hello()) {
    auto read = co_await read_hello(client, *identified, until);
    if (!read) co_return underway.refuse(read.error());
    hello = std::move(*read);
    record.server_name = hello.server_name;
  }
  const auto routed = route(accepted.listener().route, hello);
  if (!routed) co_return underway.refuse(routed.error());
  upstream::Pool& pool = generation.pool(routed->backend);
  record.backend = pool.backend().name;
  record.identity = config::to_string(pool.backend().identity);

  if (const auto refused = refuse_claim(pool.backend(), *identified)) co_return underway.refuse(*refused);

  auto believed = kernel::make_client(identified->client, accepted.peer, identified->source, record.trusted);
  believed.by_peername = pool.backend().identity == config::Identity::peername ? 1 : 0;
  const ForClient whom{.socket = client, .believed = identified->client, .recorded = believed};
  const auto began = std::chrono::steady_clock::now();
  auto connected = co_await connect_backend(pool, generation.config.timeouts.connect, shared.clients, whom);
  if (!connected) co_return underway.refuse(connected.error());
  shared.connect_seconds.add(std::chrono::steady_clock::now() - began);
  record.endpoint = connected->lease.endpoint().text;
  record.upstream = own_address(connected->socket);

  // What came in while connecting still travels with the header.
  if (identified->payload.empty() && !identified->watch_first_bytes) read_available(client, identified->payload);
  if (kernel::is_reset(client.native_handle())) {
    reset(connected->socket);
    co_return underway.refuse(client_reset);
  }
  const auto header = header_for(pool.backend(), *identified, *routed, shared, record);
  const auto presented =
      co_await present(connected->socket, header + identified->payload, generation.config.timeouts.connect);
  if (!presented) {
    const bool slow = presented.error().reason == RejectReason::backend_timeout;
    connected->lease.failed(slow ? upstream::Failure::slow : upstream::Failure::quick, presented.error().detail);
    co_return underway.refuse(presented.error());
  }
  connected->lease.succeeded();
  record.bytes_in = identified->payload.size();
  accepted.state().tally.moved(observe::Direction::in, observe::Path::relay, identified->payload.size());

  boost::system::error_code ignored;
  client.set_option(tcp::no_delay(true), ignored);
  underway.done();
  worker.pump.engage({.client = kernel::UniqueFd(client.release()),
                      .backend = kernel::UniqueFd(connected->socket.release()),
                      .owner = std::make_unique<Engaged>(accepted.generation, std::move(tickets), std::move(*place),
                                                         std::move(connected->lease), std::move(tracked)),
                      .splice = shared.splice != nullptr,
                      .hold_first_bytes = identified->watch_first_bytes});
}

}  // namespace realpeer::session

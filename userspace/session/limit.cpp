#include "session/limit.h"

namespace realpeer::session {
namespace {

using policy::RejectReason;

Refusal refusal(RejectReason reason, std::string detail) {
  return {.reason = reason, .detail = std::move(detail), .looks_like = {}};
}

}  // namespace

std::optional<Refusal> admit(SharedState& shared, const Accepted& accepted, const observe::Record& record,
                             Tickets& tickets) {
  if (!Ticket::take(shared.connections, tickets.daemon)) {
    return refusal(RejectReason::too_many_connections, "limits.connections");
  }
  if (!Ticket::take(accepted.listener_ceiling, tickets.listener)) {
    return refusal(RejectReason::too_many_connections, "max_connections of the listener");
  }
  if (shared.admission == nullptr) return std::nullopt;
  return shared.admission->refuse_peer(accepted.peer.address(), record.trusted);
}

Outcome<ClientPlace> limit(SharedState& shared, const observe::Record& record) {
  using Known = policy::ClientLimits::Known;
  const net::Address client = record.client->address();
  if (shared.denied_clients.contains(client)) return refusal(RejectReason::client_denied, "limits.denied_clients");
  // By its address only who has it: the packets of a client known by a header carry the gateway's.
  const auto known = record.source == REALPEER_SOURCE_PEER && !record.trusted ? Known::directly : Known::by_header;
  if (known == Known::by_header && shared.admission != nullptr) {
    if (auto refused = shared.admission->refuse_client(client)) return *refused;
  }
  ClientPlace place;
  const auto verdict = place.take(shared.client_limits, client, known);
  if (verdict.ban && shared.admission != nullptr) shared.admission->ban(client);
  switch (verdict.verdict) {
    case policy::ClientVerdict::admitted: break;
    case policy::ClientVerdict::too_often: return refusal(RejectReason::rate_limited, "limits.per_client.rate");
    case policy::ClientVerdict::too_many: return refusal(RejectReason::rate_limited, "limits.per_client.concurrent");
  }
  return place;
}

}  // namespace realpeer::session

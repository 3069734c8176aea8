#include "session/limit.h"

namespace realpeer::session {
namespace {

using policy::RejectReason;

Refusal refusal(RejectReason reason, std::string detail) {
  return {.reason = reason, .detail = std::move(detail), .looks_like = {}};
}

}  // namespace

std::optional<Refusal> admit(const Accepted& accepted, const observe::Record& record, Tickets& tickets) {
  const Generation& generation = *accepted.generation;
  if (!Ticket::take(generation.shared.connections, tickets.daemon)) {
    return refusal(RejectReason::too_many_connections, "limits.connections");
  }
  if (!Ticket::take(accepted.state().connections, tickets.listener)) {
    return refusal(RejectReason::too_many_connections, "max_connections of the listener");
  }
  if (generation.admission == nullptr) return std::nullopt;
  const net::Address peer = accepted.peer.address();
  if (generation.denied_peers.contains(peer)) return refusal(RejectReason::client_denied, "admission.denied_cidrs");
  // Bans are not of peers that the listener trusts.
  return record.trusted ? std::nullopt : generation.admission->refuse_client(peer);
}

Outcome<ClientPlace> limit(Generation& generation, const observe::Record& record) {
  using Known = policy::ClientLimits::Known;
  const auto& policy = generation.config.limits.per_client;
  Admission* const admission = generation.admission;
  const net::Address client = record.client->address();
  if (generation.denied_clients.contains(client)) return refusal(RejectReason::client_denied, "limits.denied_clients");
  // By its address only who has it: the packets of a client known by a header carry the gateway's.
  const auto known = record.source == REALPEER_SOURCE_PEER && !record.trusted ? Known::directly : Known::by_header;
  if (known == Known::by_header && admission != nullptr) {
    if (auto refused = admission->refuse_client(client)) return *refused;
  }
  ClientPlace place;
  const auto verdict = place.take(generation.shared.client_limits, policy, client, known);
  if (verdict.ban && policy.ban && admission != nullptr) admission->ban(client, *policy.ban);
  switch (verdict.verdict) {
    case policy::ClientVerdict::admitted: break;
    case policy::ClientVerdict::too_often: return refusal(RejectReason::rate_limited, "limits.per_client.rate");
    case policy::ClientVerdict::too_many: return refusal(RejectReason::rate_limited, "limits.per_client.concurrent");
  }
  return place;
}

}  // namespace realpeer::session

#include "session/delivery.h"

#include <spdlog/spdlog.h>

namespace realpeer::session {
namespace {

struct Instead {
  std::string_view seen;
  std::string_view why;
};

Instead instead_of_the_client(kernel::NameDelivery delivery) {
  if (delivery == kernel::NameDelivery::inexpressible) {
    return {.seen = "192.0.0.8 (nobody)",
            .why = "the client is IPv6 and the backend listens on IPv4 only: let it listen on IPv6"};
  }
  return {.seen = "this gateway",
          .why = "source NAT on the way, a backend on another host or outside the cgroup: see docs/identity.md"};
}

}  // namespace

std::optional<Refusal> refuse_claim(const config::Backend& backend, const Identified& identified) {
  if (config::sends_header(backend.identity) || backend.identity == config::Identity::none) return std::nullopt;
  const bool claimed = identified.source == REALPEER_SOURCE_PROXY_V1 || identified.source == REALPEER_SOURCE_PROXY_V2;
  const net::Address client = identified.client.address();
  if (!claimed || net::is_of_a_host(client)) return std::nullopt;
  return Refusal{.reason = policy::RejectReason::client_denied,
                 .detail = "the header names " + client.to_string() + ", which identity: " +
                           std::string(to_string(backend.identity)) + " shows to no backend: no host has it",
                 .looks_like = {}};
}

void note_delivery(Generation& generation, int backend, const std::string& endpoint, observe::Record& record) {
  using kernel::NameDelivery;
  if (record.identity == to_string(config::Identity::transparent)) {
    // The handshake came back to an address that only its backend was told.
    record.identity_delivered = true;
    return;
  }
  if (record.identity != to_string(config::Identity::peername) || generation.shared.names == nullptr) return;
  const NameDelivery delivery = generation.shared.names->delivery(backend);
  if (delivery == NameDelivery::under_way) return;
  record.identity_delivered = delivery == NameDelivery::delivered;
  if (*record.identity_delivered) return;
  const std::size_t kind = delivery == NameDelivery::inexpressible ? 1 : 0;
  if (!generation.complaints.find(record.backend)->second.at(kind).due(std::chrono::steady_clock::now())) return;
  const Instead instead = instead_of_the_client(delivery);
  spdlog::warn("backend '{}' saw {} and not the client: identity: peername was not delivered to {}: {}", record.backend,
               instead.seen, endpoint, instead.why);
}

}  // namespace realpeer::session

// Whether a peer may speak for others: a pure function of the peer, the listener's policy and what the peer sent.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "net/address.h"

namespace realpeer::policy {

enum class AcceptProxy : std::uint8_t { off, strict, mixed, optional };

constexpr std::string_view to_string(AcceptProxy mode) {
  switch (mode) {
    case AcceptProxy::off: return "off";
    case AcceptProxy::strict: return "strict";
    case AcceptProxy::mixed: return "mixed";
    case AcceptProxy::optional: return "optional";
  }
  return "";
}

struct TrustPolicy {
  AcceptProxy accept_proxy = AcceptProxy::off;
  std::vector<net::Cidr> trusted_cidrs;
};

// Whether the peer may speak for others here.
bool is_trusted(const TrustPolicy& policy, const net::Address& peer);

// What the session must do with the first bytes of a connection.
enum class Expectation : std::uint8_t {
  none,       // every byte is application data
  required,   // a header must come first
  optional,   // a header is used when it comes first
  forbidden,  // application data, but a header is refused: never stripped, never forwarded
  refused,    // the peer may not connect at all
};

// The table of docs/trust.md: one row per mode, one column per "is the peer trusted".
Expectation expectation(const TrustPolicy& policy, const net::Address& peer);

// Whether the peer is the client whatever it sends: known before a byte is read.
bool client_is_peer(const TrustPolicy& policy, const net::Address& peer);

}  // namespace realpeer::policy

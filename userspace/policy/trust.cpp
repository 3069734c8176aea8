#include "policy/trust.h"

namespace realpeer::policy {

Expectation expectation(const TrustPolicy& policy, const net::Address& peer) {
  if (policy.accept_proxy == AcceptProxy::off) return Expectation::none;
  const bool trusted = net::any_contains(policy.trusted_cidrs, peer);
  switch (policy.accept_proxy) {
    case AcceptProxy::off: return Expectation::none;
    case AcceptProxy::strict: return trusted ? Expectation::required : Expectation::refused;
    case AcceptProxy::mixed: return trusted ? Expectation::required : Expectation::forbidden;
    case AcceptProxy::optional: return trusted ? Expectation::optional : Expectation::forbidden;
  }
  // No mode of ours: let nobody in rather than believe anybody.
  return Expectation::refused;
}

bool is_trusted(const TrustPolicy& policy, const net::Address& peer) {
  return policy.accept_proxy != AcceptProxy::off && net::any_contains(policy.trusted_cidrs, peer);
}

bool client_is_peer(const TrustPolicy& policy, const net::Address& peer) {
  const Expectation expected = expectation(policy, peer);
  return expected == Expectation::none || expected == Expectation::forbidden;
}

}  // namespace realpeer::policy

// What all workers of the daemon share.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "config/config.h"
#include "kernel/clients.h"
#include "kernel/peer_names.h"
#include "kernel/splice_map.h"
#include "net/cidr_set.h"
#include "observe/access_log.h"
#include "observe/refusal_log.h"
#include "observe/refusals.h"
#include "observe/tally.h"
#include "policy/client_limits.h"
#include "session/admission.h"
#include "session/ceiling.h"
#include "session/certificates.h"
#include "session/complaint.h"
#include "upstream/upstreams.h"

namespace realpeer::session {

struct SharedState {
  const config::Config& config;
  observe::AccessLog& access_log;
  upstream::Upstreams& upstreams;
  kernel::SpliceMap* splice = nullptr;   // null: relay only
  kernel::ClientMap* clients = nullptr;  // null: no client map
  kernel::PeerNames* names = nullptr;    // null: no backend is told so
  Admission* admission = nullptr;        // null: none is configured
  const Certificates* certificates = nullptr;
  policy::ClientLimits client_limits{config.limits.per_client};
  net::CidrSet denied_clients{config.limits.denied_clients};
  Ceiling connections{config.limits.connections};
  Ceiling handshakes{config.limits.handshakes};
  std::uint64_t run = 0;                         // a random number of this run of the daemon
  std::atomic<std::uint64_t> next_id{1};         // of connections
  std::deque<Ceiling> listeners{};               // as Config::listeners
  std::deque<observe::ListenerTally> tallies{};  // the same
  observe::Refusals refusals{};
  observe::RefusalLog refusal_log{config.listeners};
  observe::Histogram connect_seconds{};
  std::array<observe::Count, observe::path_change_names.size()> path_changes{};
  // By backend, of names not delivered: for want of a way, for want of room in IPv4. One that complains without end
  // must not silence the others.
  std::map<std::string, std::array<Complaint, 2>> complaints{};

  // Of a connection, in the world: text, since receivers write it into headers and logs.
  [[nodiscard]] std::string unique_id(std::uint64_t connection) const {
    return fmt::format("{:016x}{:016x}", run, connection);
  }
};

// Writes the line of what has ended, a connection or a request, and counts it where it was refused.
void note_end(SharedState& shared, observe::ListenerTally& tally, const observe::Record& record);

// One of the connections that a believed client may have at a time, and its arrival counted; held to the end.
class ClientPlace {
 public:
  ClientPlace() = default;
  ClientPlace(ClientPlace&& other) noexcept
      : limits_(std::exchange(other.limits_, nullptr)), client_(std::move(other.client_)) {}
  ClientPlace& operator=(ClientPlace&& other) noexcept {
    release();
    limits_ = std::exchange(other.limits_, nullptr);
    client_ = std::move(other.client_);
    return *this;
  }
  ClientPlace(const ClientPlace&) = delete;
  ClientPlace& operator=(const ClientPlace&) = delete;
  ~ClientPlace() { release(); }

  policy::ClientLimits::Verdict take(policy::ClientLimits& limits, const net::Address& client,
                                     policy::ClientLimits::Known known) {
    if (!limits.policy().limits()) return {};
    const auto verdict = limits.connect(client, known, policy::Clock::now());
    if (verdict.verdict != policy::ClientVerdict::admitted) return verdict;
    limits_ = &limits;
    client_ = client;
    return verdict;
  }
  [[nodiscard]] bool held() const { return limits_ != nullptr; }
  // Gives it back before its owner goes.
  void release() {
    if (limits_ != nullptr) std::exchange(limits_, nullptr)->disconnect(client_);
  }

 private:
  policy::ClientLimits* limits_ = nullptr;
  net::Address client_;
};

}  // namespace realpeer::session

// What all workers of the daemon share, whatever its configuration is at the moment.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "kernel/clients.h"
#include "kernel/peer_names.h"
#include "kernel/splice_map.h"
#include "observe/access_log.h"
#include "observe/refusal_log.h"
#include "observe/refusals.h"
#include "observe/tally.h"
#include "policy/client_limits.h"
#include "session/ceiling.h"

namespace realpeer::session {

struct SharedState {
  observe::AccessLog& access_log;
  kernel::SpliceMap* splice = nullptr;   // null: relay only
  kernel::ClientMap* clients = nullptr;  // null: no client map
  kernel::PeerNames* names = nullptr;    // null: no backend is told so
  policy::ClientLimits client_limits{};
  std::uint32_t most_connections = 0;  // that the kernel's maps have room for, whatever is configured; 0: any number
  Ceiling connections{0};
  Ceiling handshakes{0};
  std::uint64_t run = 0;                  // a random number of this run of the daemon
  std::atomic<std::uint64_t> next_id{1};  // of connections
  observe::Refusals refusals{};
  observe::RefusalLog refusal_log{};
  observe::Histogram connect_seconds{};
  std::array<observe::Count, observe::path_change_names.size()> path_changes{};

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

  policy::ClientLimits::Verdict take(policy::ClientLimits& limits, const policy::ClientPolicy& policy,
                                     const net::Address& client, policy::ClientLimits::Known known) {
    if (!policy.limits()) return {};
    const auto verdict = limits.connect(policy, client, known, policy::Clock::now());
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

// What all workers of the daemon share.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "config/config.h"
#include "kernel/clients.h"
#include "kernel/splice_map.h"
#include "observe/access_log.h"
#include "session/connector.h"

namespace realpeer::session {

struct SharedState {
  const config::Config& config;
  observe::AccessLog& access_log;
  kernel::SpliceMap* splice = nullptr;    // null: relay only
  kernel::ClientMap* clients = nullptr;   // null: no client map
  std::deque<BackendState> backends{};    // as config.backends
  std::atomic<std::uint64_t> next_id{1};  // of connections
  std::atomic<std::uint32_t> active{0};   // connections between accept and end

  BackendState& backend(const std::string& name) {
    for (auto& state : backends) {
      if (state.config->name == name) return state;
    }
    return backends.front();  // unreachable: the configuration was checked
  }
};

// One of the connections allowed at a time; held from accept to the end.
class Ticket {
 public:
  // Whether one was left.
  static bool take(SharedState& shared, Ticket& ticket) {
    if (shared.active.fetch_add(1) >= shared.config.limits.connections) {
      shared.active.fetch_sub(1);
      return false;
    }
    ticket.shared_ = &shared;
    return true;
  }

  Ticket() = default;
  Ticket(Ticket&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  Ticket& operator=(Ticket&&) = delete;
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() {
    if (shared_ != nullptr) shared_->active.fetch_sub(1);
  }

 private:
  SharedState* shared_ = nullptr;
};

}  // namespace realpeer::session

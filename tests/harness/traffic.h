// Clients and a backend that echoes, busy all the time: connections that stay and move data now and then, and new ones
// that come at a rate. Every byte is compared.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "harness/netns.h"
#include "harness/tcp.h"

namespace realpeer::testing {

struct TrafficPlan {
  const Netns* clients = nullptr;
  Endpoint gateway;  // where they connect
  const Netns* server = nullptr;
  Endpoint backend;          // where the backend listens
  unsigned staying = 1'000;  // connections
  unsigned rate = 200;       // new ones a second
};

class Traffic {
 public:
  // Returns when all connections that stay have moved data.
  explicit Traffic(const TrafficPlan& plan);
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  ~Traffic();

  // Waits until so many more new connections were served, and every connection that stays has moved data again.
  void go_on(unsigned connections);
  // Ends all connections in order; what went wrong since the beginning, empty: nothing.
  std::string finish();
  [[nodiscard]] std::uint64_t served() const;

 private:
  struct Backend;
  struct Clients;

  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Clients> clients_;
};

}  // namespace realpeer::testing

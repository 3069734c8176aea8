// Asks the hops of a chain, in order, what they know of the tracer's connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "admin_client/client.h"
#include "trace/hop.h"

namespace realpeer::trace {

// As given by --hop.
struct Asked {
  std::string name;                                // empty: the node's
  std::optional<admin_client::Address> address{};  // nothing: no realpeer
  std::string token{};
};

class Chain {
 public:
  explicit Chain(std::vector<Asked> asked);

  // Reads what each hop is, and which connections are older than the one to come. What fails is in its trouble.
  void prepare();
  // Looks for the connection of `own` to `port` at each hop; what was found before is replaced.
  void look(const net::Endpoint& own, std::uint16_t port);
  // Whether no more is to be learnt by waiting: up to the last hop, or the first that refused it, all is known.
  [[nodiscard]] bool settled() const;

  [[nodiscard]] const std::vector<Hop>& hops() const { return hops_; }

 private:
  // What fails is in the hop's trouble.
  std::vector<Seen> ask(std::size_t hop);

  std::vector<Asked> asked_;
  std::vector<Hop> hops_;
  std::vector<std::unique_ptr<admin_client::Client>> clients_;  // null: no realpeer
  std::vector<std::uint64_t> newest_;                           // connection of each hop before ours
};

}  // namespace realpeer::trace

// Which hop lost the address, and what mends it. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "trace/hop.h"

namespace realpeer::trace {

// What the tracer saw at its own end.
struct Outcome {
  std::string trouble{};                                 // a sentence, where the backend did not answer as it should
  std::string remark{};                                  // a sentence, of what may say nothing
  std::optional<std::vector<net::Address>> addresses{};  // that the page it was asked for shows, each once
};

struct Fault {
  std::size_t hop = 0;   // where it shows: the first that does not know the client
  std::string what;      // a sentence
  std::size_t side = 0;  // the hop whose setting is to be changed; hops.size(): the last backend
  std::string remedy;    // a sentence that names the setting
};

struct Verdict {
  std::optional<Fault> fault{};  // nothing: every hop knows the client
  std::vector<std::string> notes{};
};

// The client as the first hop knows it, since the tracer may be behind NAT; where that hop is no realpeer, `own`: the
// tracer's address.
net::Endpoint true_client(std::span<const Hop> hops, const net::Endpoint& own);

Verdict judge(std::span<const Hop> hops, const net::Endpoint& own, const Outcome& outcome);

}  // namespace realpeer::trace

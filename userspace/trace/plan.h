// What the tracer must say for its connection to be carried to the end. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"
#include "trace/hop.h"

namespace realpeer::trace {

// https: TLS, and a request in it.
enum class Speech : std::uint8_t { none, tls, http, https };
// "none", "tls", "http", "https"; nothing for other words.
std::optional<Speech> parse_speech(std::string_view text);

struct Plan {
  Speech speech = Speech::none;
  std::string name{};  // of the server, to be asked for; empty: none is known
};

// From the listeners that a connection to `port` of the first hop may come by: those that route by server name or by
// request want to be spoken to. `host` is the target's, which is asked for if it is a name.
Plan plan(std::span<const Hop> hops, std::string_view host, std::uint16_t port);

// The addresses that stand in a text, each once, in order.
std::vector<net::Address> addresses_in(std::string_view text);

}  // namespace realpeer::trace

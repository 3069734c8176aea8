// Stage "route": which backend? By the listener, or by what the client's ClientHello asks for.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string_view>

#include "policy/route.h"
#include "session/identify.h"
#include "session/refusal.h"
#include "tls/client_hello.h"

namespace realpeer::session {

// Reads on after identified.payload until the ClientHello is whole; its bytes stay there, to be forwarded as they came.
// What is no ClientHello is `no_route`; one that is not whole by `until` is `header_timeout`.
Stage<tls::ClientHello> read_hello(boost::asio::ip::tcp::socket& socket, Identified& identified,
                                   std::chrono::steady_clock::time_point until);

struct Routed {
  std::string_view backend;   // its name in the configuration
  std::string_view protocol;  // of ALPN: the one that decided, else the client's first; empty: none
};

// `hello` is empty where the listener reads none. The result points into both.
Outcome<Routed> route(const policy::Route& route, const tls::ClientHello& hello);

}  // namespace realpeer::session

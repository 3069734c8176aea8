// A connection whose requests are routed, once its client is known.
#pragma once

#include "session/account.h"
#include "session/identify.h"
#include "session/session.h"

namespace realpeer::session {

// TLS where the listener ends it, then one request after another. `underway` is told of a connection that comes to no
// request; `tracked` is the connection, whose record begins the line of each.
boost::asio::awaitable<void> serve_http(WorkerState& worker, Accepted& accepted, Identified identified,
                                        Underway& underway, std::unique_ptr<Tracked>& tracked, Tickets tickets,
                                        ClientPlace place);

// Whether the listener believes this client about whom its requests are from: then it is limited by those, and not by
// itself.
bool is_forwarder(const config::Listener& listener, const net::Address& client);

}  // namespace realpeer::session

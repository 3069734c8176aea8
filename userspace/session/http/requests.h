// The requests of one connection, from the handshake on.
#pragma once

#include "session/http/conversation.h"

namespace realpeer::session {

// One request after another, until either side has had enough. The connection has been accepted, identified and
// limited; what it holds is given back at the end.
boost::asio::awaitable<void> serve_requests(Conversation& conversation);

}  // namespace realpeer::session

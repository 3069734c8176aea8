// The orderly end of a client's connection.
#pragma once

#include "session/http/conversation.h"

namespace realpeer::session {

// Says that no more will come, and waits a little for the client to end as well: closing with bytes unread would reset
// the connection, and the client could lose the response that it was about to read.
boost::asio::awaitable<void> close_in_order(Conversation& conversation);

}  // namespace realpeer::session

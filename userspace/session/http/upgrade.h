// A connection that goes on with another protocol than HTTP, such as WebSocket.
#pragma once

#include "http/response.h"
#include "session/http/conversation.h"

namespace realpeer::session {

// Passes the response on, and then bytes: a plain connection becomes the data path's, as one that was never looked at;
// one with TLS is relayed here, to its end. `left`: bytes that the backend sent behind its response.
// `place`: of the request's client, where that is not the connection's.
boost::asio::awaitable<After> go_on_with_bytes(Conversation& conversation, RequestAccount& account,
                                               const http::Response& response, Connected& backend,
                                               boost::beast::flat_buffer& left, ClientPlace place);

}  // namespace realpeer::session

// Stage "terminate": TLS ends here.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "session/http/conversation.h"

namespace realpeer::session {

// Waits until the client's first bytes can begin no PROXY protocol header, where one is forbidden.
boost::asio::awaitable<std::optional<Refusal>> refuse_forbidden_header(boost::asio::ip::tcp::socket& client,
                                                                       Identified& identified,
                                                                       std::chrono::steady_clock::time_point until);

// The handshake, within tls.handshake_timeout. Notes the server name that the client asked for.
boost::asio::awaitable<std::optional<Refusal>> terminate(Conversation& conversation,
                                                         boost::asio::ssl::context& context);

}  // namespace realpeer::session

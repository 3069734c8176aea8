// What the gateway answers itself.
#pragma once

#include "http/fault.h"
#include "http/request.h"
#include "session/http/conversation.h"

namespace realpeer::session {

// To a request that could not be read; the connection ends, since nobody knows where the next one begins.
boost::asio::awaitable<After> answer_fault(Conversation& conversation, RequestAccount& account,
                                           const http::Fault& fault, bool to_head,
                                           policy::RejectReason reason = policy::RejectReason::request_malformed);

// To one that is refused, or that no backend could answer.
boost::asio::awaitable<After> answer(Conversation& conversation, RequestAccount& account, const http::Request& request,
                                     unsigned status, const Refusal& refusal);

boost::asio::awaitable<After> redirect(Conversation& conversation, RequestAccount& account,
                                       const http::Request& request, const std::string& location);

// The line of a connection that ended before it asked for anything.
void note_silence(Conversation& conversation);

}  // namespace realpeer::session

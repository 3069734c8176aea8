// Stages "accept" and "limit": what can be said of a connection before it is read, and of a client that is known.
#pragma once

#include "observe/record.h"
#include "session/account.h"
#include "session/session.h"

namespace realpeer::session {

// What can be said before a byte is read.
std::optional<Refusal> admit(const Accepted& accepted, const observe::Record& record, Tickets& tickets);

// By whom we believe the client to be.
Outcome<ClientPlace> limit(Generation& generation, const observe::Record& record);

}  // namespace realpeer::session

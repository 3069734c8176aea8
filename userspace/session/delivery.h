// Whether a backend was told the client, where the bytes do not show it.
#pragma once

#include <string>

#include "observe/record.h"
#include "session/shared_state.h"

namespace realpeer::session {

// To be called at the end of a connection to `endpoint`, while its socket is open. A name that was not delivered is in
// the log as well, once a minute for each reason.
void note_delivery(SharedState& shared, int backend, const std::string& endpoint, observe::Record& record);

}  // namespace realpeer::session

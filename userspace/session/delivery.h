// Whether a backend was told the client, where the bytes do not show it.
#pragma once

#include <optional>
#include <string>

#include "observe/record.h"
#include "session/generation.h"
#include "session/identify.h"

namespace realpeer::session {

// Why this backend is not connected to for this client: it would take the client for a process of its own host, or for
// nobody, on the word of a header alone. Nothing: because all is well.
std::optional<Refusal> refuse_claim(const config::Backend& backend, const Identified& identified);

// To be called at the end of a connection to `endpoint`, while its socket is open. A name that was not delivered is in
// the log as well, once a minute for each backend and reason.
void note_delivery(Generation& generation, int backend, const std::string& endpoint, observe::Record& record);

}  // namespace realpeer::session

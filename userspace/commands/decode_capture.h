// realpeer decode --pcap FILE|- [--port N] [--json]: the header that began each connection of a capture.
#pragma once

#include "commands/commands.h"
#include "proxy_protocol/decode.h"

namespace realpeer::commands {

int decode_capture(Arguments arguments, const proxy_protocol::DecodeOptions& options);

}  // namespace realpeer::commands

// Commands that a running daemon does itself.
#pragma once

#include <string>

namespace realpeer::commands {

// Asks the daemon of --node, or the only one there is, to do it, prints what it says of it, and in the end `done` or
// `refused`. Returns the command's exit code: 0 done, 2 refused, 1 nobody was reached.
int ask_daemon(const std::string& what, const std::string& done, const std::string& refused);

}  // namespace realpeer::commands

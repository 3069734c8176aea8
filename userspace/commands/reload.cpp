#include "commands/commands.h"
#include "commands/speak.h"

namespace realpeer::commands {

int reload(Arguments arguments) {
  if (!arguments.empty()) return usage_error("reload takes no argument: the daemon knows its file");
  return ask_daemon("reload", "reloaded: what connects from now on is served by the new configuration",
                    "not reloaded: all goes on as before");
}

}  // namespace realpeer::commands

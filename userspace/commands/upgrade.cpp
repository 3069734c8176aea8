#include "commands/commands.h"
#include "commands/speak.h"

namespace realpeer::commands {

int upgrade(Arguments arguments) {
  if (!arguments.empty()) return usage_error("upgrade takes no argument: the daemon knows its program");
  return ask_daemon("upgrade", "upgraded: the new process serves, the old one keeps its connections until they end",
                    "not upgraded: all goes on as before");
}

}  // namespace realpeer::commands

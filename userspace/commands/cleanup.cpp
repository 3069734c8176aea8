#include <iostream>

#include "commands/commands.h"
#include "kernel/remains.h"

namespace realpeer::commands {

int cleanup(Arguments arguments) {
  if (!arguments.empty()) return usage_error("cleanup takes no argument");
  const auto cleaning = kernel::remove_remains();
  for (const auto& what : cleaning.removed) std::cout << "removed " << what << '\n';
  for (const auto& node : cleaning.living) std::cout << "left alone: node '" << node << "' runs\n";
  if (cleaning.removed.empty() && cleaning.failed.empty()) std::cout << "nothing was left behind\n";
  for (const auto& what : cleaning.failed) std::cerr << "realpeer: cannot remove " << what << '\n';
  return cleaning.failed.empty() ? 0 : 1;
}

}  // namespace realpeer::commands

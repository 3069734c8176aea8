#include <gflags/gflags.h>

#include <iostream>

#include "commands/commands.h"
#include "control/place.h"
#include "kernel/remains.h"

DECLARE_string(runtime_dir);

namespace realpeer::commands {

int cleanup(Arguments arguments) {
  if (!arguments.empty()) return usage_error("cleanup takes no argument");
  auto cleaning = kernel::remove_remains();
  for (const auto& socket : control::remove_dead_sockets(control::runtime_directory(FLAGS_runtime_dir))) {
    cleaning.removed.push_back("socket " + socket);
  }
  for (const auto& what : cleaning.removed) std::cout << "removed " << what << '\n';
  for (const auto& node : cleaning.living) std::cout << "left alone: node '" << node << "' runs\n";
  if (cleaning.removed.empty() && cleaning.failed.empty()) std::cout << "nothing was left behind\n";
  for (const auto& what : cleaning.failed) std::cerr << "realpeer: cannot remove " << what << '\n';
  return cleaning.failed.empty() ? 0 : 1;
}

}  // namespace realpeer::commands

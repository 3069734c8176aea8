#include <gflags/gflags.h>

#include <boost/json.hpp>
#include <iostream>

#include "admin/access.h"
#include "commands/commands.h"
#include "commands/diagnostics.h"
#include "config/load.h"
#include "session/certificates.h"

DECLARE_string(config);
DECLARE_bool(json);

namespace realpeer::commands {

namespace {

using config::Diagnostic;
using config::Loaded;

void print_json(const Loaded& loaded) {
  const boost::json::object report{{"ok", loaded.ok()}, {"diagnostics", to_json(loaded.diagnostics)}};
  std::cout << boost::json::serialize(report) << '\n';
}

void print_text(const Loaded& loaded, const std::string& file) {
  for (const Diagnostic& diagnostic : loaded.diagnostics) std::cerr << diagnostic.to_string() << '\n';
  if (!loaded.ok()) return;
  // Without errors, every diagnostic is a warning.
  std::cout << file << ": ok: " << counted(loaded.config.listeners.size(), "listener") << ", "
            << counted(loaded.config.backends.size(), "backend") << ", "
            << counted(loaded.diagnostics.size(), "warning") << '\n';
}

}  // namespace

int check(Arguments arguments) {
  if (!arguments.empty()) return usage_error("check takes no argument: name the file with --config FILE");
  if (FLAGS_config.empty()) return usage_error("check needs --config FILE");
  Loaded loaded = config::load_file(FLAGS_config);
  loaded.add(session::check_certificates(loaded.config));
  if (const auto& admin = loaded.config.admin) {
    if (const auto access = admin::access_to(*admin); !access) loaded.add({access.error()});
  }
  if (FLAGS_json) {
    print_json(loaded);
  } else {
    print_text(loaded, FLAGS_config);
  }
  return loaded.ok() ? 0 : 2;
}

}  // namespace realpeer::commands

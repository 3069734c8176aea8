#include <gflags/gflags.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <thread>

#include "admin/access.h"
#include "commands/commands.h"
#include "config/load.h"
#include "control/place.h"
#include "daemon/gateway.h"
#include "kernel/object.h"
#include "observe/log.h"
#include "session/certificates.h"

DECLARE_string(config);
DECLARE_string(runtime_dir);
DEFINE_bool(take_over, false, "run: take over from the daemon of this node, if one runs");
DEFINE_bool(watch, false, "run: reload when a file of the configuration changes");
DEFINE_uint32(threads, 0, "run: worker threads; 0: one per processor");

namespace realpeer::commands {

namespace {

int fail(const std::string& text) {
  spdlog::error("{}", text);
  return 1;
}

}  // namespace

int run(Arguments arguments) {
  if (!arguments.empty()) return usage_error("run takes no argument: name the file with --config FILE");
  if (FLAGS_config.empty()) return usage_error("run needs --config FILE");
  auto loaded = config::load_file(FLAGS_config);
  loaded.add(session::check_certificates(loaded.config));
  if (loaded.ok() && loaded.config.admin) {
    if (const auto access = admin::access_to(*loaded.config.admin); !access) loaded.add({access.error()});
  }
  for (const auto& diagnostic : loaded.diagnostics) std::cerr << diagnostic.to_string() << '\n';
  if (!loaded.ok()) return 2;
  observe::set_up_log(loaded.config.log);
  kernel::log_libbpf_messages();
  std::signal(SIGPIPE, SIG_IGN);

  const std::uint32_t workers = FLAGS_threads != 0 ? FLAGS_threads : std::max(1U, std::thread::hardware_concurrency());
  const auto directory = control::runtime_directory(FLAGS_runtime_dir);
  // Root's own, as systemd makes it (RuntimeDirectory=); whoever made it removes it, once nobody's socket is there.
  const bool made = ::mkdir(directory.c_str(), 0755) == 0;
  daemon::Gateway::Options options{.file = FLAGS_config,
                                   .workers = workers,
                                   .control = control::socket_path(directory, loaded.config.node),
                                   .take_over = FLAGS_take_over,
                                   .watch = FLAGS_watch,
                                   .invocation = daemon::Invocation::current()};
  auto gateway = daemon::Gateway::create(std::move(options), std::move(loaded));
  if (!gateway) return fail(gateway.error().text);
  const auto served = (*gateway)->run();
  gateway->reset();
  if (made) ::rmdir(directory.c_str());
  return served ? 0 : fail(served.error().text);
}

}  // namespace realpeer::commands

#include "daemon/reload.h"

#include <spdlog/spdlog.h>

#include "daemon/announce.h"
#include "observe/log.h"
#include "session/certificates.h"

namespace realpeer::daemon {
namespace {

// What a new configuration needs beside what is there, made before anything changes.
struct Prepared {
  std::unique_ptr<session::Certificates> certificates{};
  std::unique_ptr<observe::AccessLog> access_log{};  // null: the one that is there
  std::unique_ptr<upstream::Upstreams> upstreams{};
  session::Sockets sockets{};
  std::optional<admin::Access> access{};
  std::unique_ptr<admin::Listener> admin{};  // null: the one that is there, or none
};

bool same_bind(const std::optional<config::Admin>& one, const std::optional<config::Admin>& other) {
  return one && other && one->bind == other->bind;
}

// Words, where it cannot be had.
using Trouble = std::optional<std::string>;

Trouble prepare_files(const config::Config& config, const config::Config& running, Prepared& prepared) {
  auto certificates = session::Certificates::load(config);
  if (!certificates) return certificates.error().to_string();
  prepared.certificates = std::move(*certificates);
  if (config.admin) {
    auto access = admin::access_to(*config.admin);
    if (!access) return access.error().to_string();
    prepared.access = std::move(*access);
  }
  if (config.log.access == running.log.access) return std::nullopt;
  auto log = observe::AccessLog::open(config.log.access, spdlog::should_log(spdlog::level::debug));
  if (!log) return log.error();
  prepared.access_log = std::move(*log);
  return std::nullopt;
}

Trouble prepare_sockets(boost::asio::io_context& context, const config::Config& config, const admin::Daemon& told,
                        const Serving& serving, Prepared& prepared) {
  const auto& running = serving.server.generation().config;
  auto sockets = serving.server.listen(config);
  if (!sockets) return sockets.error().text;
  prepared.sockets = std::move(*sockets);
  if (!config.admin || same_bind(config.admin, running.admin)) return std::nullopt;
  auto listener = admin::Listener::create(context, *config.admin, *prepared.access, admin::pages_of(told));
  if (!listener) return listener.error().text;
  prepared.admin = std::move(*listener);
  return std::nullopt;
}

Trouble prepare(boost::asio::io_context& context, const config::Config& config, const admin::Daemon& told,
                const Serving& serving, Prepared& prepared) {
  const auto& before = serving.server.generation();
  if (auto trouble = prepare_files(config, before.config, prepared)) return trouble;
  if (auto trouble = prepare_sockets(context, config, told, serving, prepared)) return trouble;
  auto upstreams = upstream::Upstreams::create(config, before.pools);
  if (!upstreams) return "host names cannot be resolved: " + upstreams.error().why;
  prepared.upstreams = std::move(*upstreams);
  // Last, since it changes the kernel's rules when it succeeds.
  if (auto admission = serving.host.reload_admission(config); !admission) return admission.error().text;
  return std::nullopt;
}

void commit(config::Loaded loaded, Prepared prepared, Serving& serving) {
  const auto& before = serving.server.generation();
  prepared.upstreams->start();
  auto generation =
      std::make_shared<session::Generation>(serving.server.shared(), std::move(loaded),
                                            std::move(prepared.certificates), prepared.upstreams->pools(), &before);
  const auto& config = generation->config;
  if (config.admission.enabled()) generation->admission = serving.host.admission();
  observe::change_log(config.log);
  if (prepared.access_log) serving.access_log.become(*prepared.access_log);
  const bool same_admin = same_bind(config.admin, before.config.admin);
  serving.server.follow(generation, std::move(prepared.sockets));
  serving.upstreams = std::move(prepared.upstreams);
  if (same_admin) {
    serving.admin->admit(std::move(*prepared.access));
  } else {
    serving.admin = std::move(prepared.admin);
  }
  announce_listeners(config);
}

}  // namespace

Reloaded reload(boost::asio::io_context& context, const std::string& file, const Made& made, const admin::Daemon& told,
                Serving& serving) {
  auto loaded = config::load_file(file);
  loaded.add(session::check_certificates(loaded.config));
  if (loaded.ok()) loaded.add(unchangeable(made, loaded.config, file));
  Reloaded reloaded;
  for (const auto& diagnostic : loaded.diagnostics) reloaded.lines.push_back(diagnostic.to_string());
  if (!loaded.ok()) return reloaded;
  Prepared prepared;
  if (auto trouble = prepare(context, loaded.config, told, serving, prepared)) {
    reloaded.lines.push_back(std::move(*trouble));
    return reloaded;
  }
  commit(std::move(loaded), std::move(prepared), serving);
  reloaded.applied = true;
  return reloaded;
}

}  // namespace realpeer::daemon

#include "daemon/gateway.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "daemon/announce.h"

namespace realpeer::daemon {
namespace {

void log_names(const kernel::PeerNames& names) {
  const auto counters = names.counters();
  if (!counters) return spdlog::warn("{}", counters.error().text);
  spdlog::info("names so far: asked for {}, delivered {}, undelivered {}", counters->at(REALPEER_NAMES_ASKED),
               counters->at(REALPEER_NAMES_DELIVERED), counters->at(REALPEER_NAMES_UNDELIVERED));
}

// For whoever has renamed it.
void reopen(observe::AccessLog& log) {
  const auto reopened = log.reopen();
  if (!reopened) spdlog::error("{}; lines go on into the file that is open", reopened.error());
}

}  // namespace

// --- The start ----------------------------------------------------------------------------------------------------

kernel::Result<std::unique_ptr<Gateway>> Gateway::create(Options options, config::Loaded loaded) {
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(options), loaded.config));
  if (auto prepared = gateway->prepare(std::move(loaded)); !prepared) return prepared.error();
  return gateway;
}

kernel::Result<void> Gateway::prepare(config::Loaded loaded) {
  const auto& config = loaded.config;
  // From the start: what changes while we load is news.
  if (options_.watch) {
    watch_.emplace(context_, loaded.files, [this] {
      reload();
      return watched();
    });
  }
  auto certificates = session::Certificates::load(config);
  if (!certificates) return kernel::Error::because(certificates.error().to_string());
  if (auto prepared = prepare_host(config); !prepared) return prepared.error();
  auto upstreams = upstream::Upstreams::create(config);
  if (!upstreams) return kernel::Error::because("host names cannot be resolved: " + upstreams.error().why);
  serving_.emplace(Serving{*host_, *server_, *access_log_, std::move(*upstreams), nullptr});
  auto sockets = listen(config);
  if (!sockets) return sockets.error();
  auto generation = std::make_shared<session::Generation>(
      server_->shared(), std::move(loaded), std::move(*certificates), serving_->upstreams->pools(), nullptr);
  generation->admission = host_->admission();
  server_->follow(std::move(generation), std::move(*sockets));
  // In the place of another daemon's only when that one goes.
  if (!inherited_) {
    if (auto admin = listen_for_admin(); !admin) return admin.error();
  }
  announce(server_->generation().config, *host_, options_.workers);
  announce_listeners(server_->generation().config);
  serving_->upstreams->start();
  return {};
}

kernel::Result<void> Gateway::prepare_host(const config::Config& config) {
  const auto workers = options_.workers;
  raise_descriptor_limit(config, workers);
  auto access_log = observe::AccessLog::open(config.log.access, spdlog::should_log(spdlog::level::debug));
  if (!access_log) return kernel::Error::because(access_log.error());
  access_log_ = std::move(*access_log);
  if (options_.take_over) {
    auto inherited = inherit(options_.control);
    if (!inherited) return inherited.error();
    inherited_ = std::move(*inherited);
  }
  auto lock = inherited_ ? std::move(inherited_->of_host.lock) : kernel::UniqueFd();
  auto host = session::Host::prepare(config, workers, std::move(lock));
  if (!host) return host.error();
  host_.emplace(std::move(*host));
  auto server = session::Server::create(*host_, *access_log_, workers);
  if (!server) return server.error();
  server_ = std::move(*server);
  server_->shared().most_connections = config.limits.connections;
  return {};
}

kernel::Result<session::Sockets> Gateway::listen(const config::Config& config) {
  auto at_hand = passed_sockets();
  if (inherited_) {
    for (auto& [bind, sockets] : inherited_->sockets) {
      std::ranges::move(sockets, std::back_inserter(at_hand[bind]));
    }
  }
  for (const auto& [bind, sockets] : at_hand) {
    const bool wanted = std::ranges::count(config.listeners, bind, &config::Listener::bind) > 0;
    if (!wanted && !inherited_)
      spdlog::warn("no listener is configured for the passed socket {}", net::to_string(bind));
  }
  return server_->listen(config, std::move(at_hand));
}

kernel::Result<void> Gateway::listen_for_admin() {
  const auto& config = server_->generation().config;
  admin::Before before{.another = inherited_.has_value()};
  if (inherited_ && inherited_->admin) before.socket = std::move(*inherited_->admin);
  if (!config.admin) return {};
  auto access = admin::access_to(*config.admin);
  if (!access) return kernel::Error::because(access.error().to_string());
  auto listener =
      admin::Listener::create(context_, *config.admin, std::move(*access), admin::pages_of(told()), std::move(before));
  if (!listener) return listener.error();
  spdlog::info("admin on {}", config::to_string(config.admin->bind));
  serving_->admin = std::move(*listener);
  return {};
}

void Gateway::listen_for_commands() {
  auto control = Control::listen(context_, options_.control, inherited_.has_value(),
                                 {.reload = [this] { return reload(); },
                                  .upgrade = [this] { return upgrade(); },
                                  .offer = [this] { return offer(); },
                                  .hand_over = [this](const auto& word) { return hand_over(word); }});
  if (!control) {
    spdlog::warn("`realpeer reload` and `realpeer upgrade` will not reach this daemon, signals do: {}",
                 control.error().text);
    return;
  }
  control_ = std::move(*control);
}

admin::Daemon Gateway::told() {
  return {.draining = [this] { return lifetime_.draining(); }, .server = *server_, .host = *host_, .reloads = reloads_};
}

// --- Succession ---------------------------------------------------------------------------------------------------

kernel::Result<void> Gateway::take_over() {
  if (lifetime_.told_to_end()) return kernel::Error::because("told to end before it could take over");
  if (auto go = ask_to_go(*inherited_); !go) return go.error();
  if (auto admin = listen_for_admin(); !admin) return admin.error();
  serve();
  auto clients = host_->take_over(std::move(inherited_->of_host.links));
  if (!clients) return clients.error();
  follow_interfaces();
  listen_for_commands();
  // Before the other one ends, and with it, for a supervisor that knows no better, the service.
  notify_ready(status());
  const auto says = tell_serving(*inherited_, *clients, server_->generation().config);
  // An interface that could not be judged on beside the other one.
  if (host_->admission() != nullptr) host_->admission()->follow_interfaces();
  if (!says) {
    spdlog::error("{}", says.error().text);
    return {};
  }
  spdlog::info("taken over from realpeer {}: {}", inherited_->version, *says);
  // Its end is ours to tidy up after, if it is killed.
  predecessor_.emplace(context_, inherited_->connection.release());
  predecessor_->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [this, pin = *clients](boost::system::error_code error) {
                             if (error) return;
                             if (!pin.empty()) ::unlink(pin.c_str());
                             predecessor_.reset();
                             spdlog::info("the former process has ended");
                           });
  return {};
}

// One that drains has no listening sockets left, and leaves everything else.
std::vector<Offered> Gateway::offer() const {
  return daemon::offer(*host_, server_->sockets(), serving_->admin ? serving_->admin->socket() : std::nullopt);
}

boost::json::object Gateway::hand_over(const boost::json::object& word) {
  const auto* pin = word.if_contains("clients");
  host_->hand_over(pin != nullptr && pin->is_string() ? std::string(pin->get_string()) : std::string());
  serving_->admin.reset();
  watchdog_.reset();
  handed_over_ = true;
  spdlog::info("another process serves from now on");
  lifetime_.drain(addresses_in(word));
  successor_.served();
  return {{"says", fmt::format("process {} has {} connections left and {} ms to end them", ::getpid(),
                               server_->active(), server_->generation().config.timeouts.drain.count())}};
}

boost::asio::awaitable<Reloaded> Gateway::upgrade() {
  if (lifetime_.draining()) co_return Reloaded{.applied = false, .lines = {"the daemon is draining"}};
  // It would end its container, and the other process with it.
  if (::getpid() == 1) {
    co_return Reloaded{.applied = false,
                       .lines = {"the daemon is the first process of its container: start another container of the new "
                                 "version with --take_over instead"}};
  }
  if (successor_.starting()) co_return Reloaded{.applied = false, .lines = {"an upgrade is under way"}};
  // Its own errors would stand in the log only.
  auto loaded = config::load_file(options_.file);
  loaded.add(session::check_certificates(loaded.config));
  Reloaded told;
  for (const auto& diagnostic : loaded.diagnostics) told.lines.push_back(diagnostic.to_string());
  if (loaded.ok() && loaded.config.node != made_.node) {
    told.lines.push_back("the daemon that runs is node '" + made_.node + "' and the configuration is of node '" +
                         loaded.config.node + "': restart it");
    co_return told;
  }
  if (!loaded.ok()) co_return told;
  spdlog::info("upgrading: {} is started", options_.invocation.program);
  const auto served = co_await successor_.start(options_.invocation);
  told.applied = served.has_value();
  if (!served) {
    spdlog::error("not upgraded, all goes on as before: {}", served.error().text);
    told.lines.push_back(served.error().text);
  }
  co_return told;
}

// --- Serving ------------------------------------------------------------------------------------------------------

// Admission may come and stay with a reload.
void Gateway::follow_interfaces() {
  if (host_->admission() != nullptr && !follower_) follower_.emplace(context_, *host_->admission());
}

std::string Gateway::status() const {
  return fmt::format("serving {} listeners", server_->generation().config.listeners.size());
}

Reloaded Gateway::reload() {
  if (lifetime_.draining()) return {.applied = false, .lines = {"the daemon is draining: it reloads nothing any more"}};
  if (control_ && control_->taking_over()) {
    return {.applied = false, .lines = {"another process is taking over: ask that one, in a moment"}};
  }
  spdlog::info("reloading {}", options_.file);
  notify_reloading();
  auto reloaded = daemon::reload(context_, options_.file, made_, told(), *serving_);
  for (const auto& line : reloaded.lines) {
    spdlog::log(reloaded.applied ? spdlog::level::warn : spdlog::level::err, "{}", line);
  }
  if (reloaded.applied) {
    ++reloads_.applied;
    follow_interfaces();
    if (watch_) watch_->follow(watched());
    spdlog::info("reloaded: what connects from now on is served by the new configuration");
  } else {
    ++reloads_.refused;
    spdlog::error("not reloaded: all goes on as before");
  }
  notify_ready(status());
  return reloaded;
}

std::vector<std::string> Gateway::watched() const {
  const auto& generation = server_->generation();
  std::vector<std::string> files = generation.files;
  for (const auto& listener : generation.config.listeners) {
    if (!listener.tls) continue;
    for (const auto& pair : listener.tls->certificates) {
      files.push_back(pair.certificate);
      files.push_back(pair.key);
    }
  }
  const auto& admin = generation.config.admin;
  if (admin && !admin->token_file.empty()) files.push_back(admin->token_file);
  return files;
}

void Gateway::log_status() {
  reopen(*access_log_);
  serving_->upstreams->log_status();
  if (host_->names() != nullptr) log_names(*host_->names());
  if (host_->admission() != nullptr) host_->admission()->log_status();
}

void Gateway::serve() {
  server_->start();
  if (watch_) watch_->follow(watched());
}

kernel::Result<void> Gateway::run() {
  if (inherited_) {
    if (auto taken = take_over(); !taken) return taken.error();
  } else {
    listen_for_commands();
    follow_interfaces();
    serve();
  }
  const session::RefusalTeller teller(context_, server_->refusal_log());
  watchdog_.emplace(context_, *server_);
  spdlog::info("ready");
  notify_ready(status());
  const auto draining = [this] {
    if (!handed_over_) notify_stopping("draining");
  };
  lifetime_.wait(*server_, {.log_status = [this] { log_status(); },
                            .reload = [this] { reload(); },
                            .draining = draining,
                            .busy = [this] { return control_ && control_->busy(); }});
  server_->stop();
  return {};
}

}  // namespace realpeer::daemon

#include <gflags/gflags.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <functional>
#include <iostream>
#include <thread>

#include "admin/listener.h"
#include "admin/pages.h"
#include "commands/commands.h"
#include "config/load.h"
#include "kernel/object.h"
#include "observe/log.h"
#include "session/certificates.h"
#include "session/interface_follower.h"
#include "session/refusal_teller.h"
#include "session/server.h"
#include "session/transparent.h"

DECLARE_string(config);
DEFINE_uint32(threads, 0, "run: worker threads; 0: one per processor");

namespace realpeer::commands {
namespace {

namespace asio = boost::asio;

constexpr rlim_t own_descriptors = 64 + admin::limits::connections;  // logs, maps, epoll sets, …

// As many descriptors as allowed; a warning when the connections configured need more.
void raise_descriptor_limit(const config::Config& config, std::uint32_t workers) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t needed =
      rlim_t{2} * config.limits.connections + workers * (config.listeners.size() + 8) + own_descriptors;
  if (limit.rlim_max < needed) {
    spdlog::warn(
        "limits.connections is {}, which needs {} descriptors, but only {} are allowed: raise LimitNOFILE "
        "(systemd) or ulimit -n, or lower limits.connections",
        config.limits.connections, needed, limit.rlim_max);
  }
}

std::string where_to(const policy::Route& route) {
  const std::string others = route.otherwise ? "to backend '" + *route.otherwise + "'" : "rejected";
  if (route.is_http()) return "by " + std::to_string(route.http.size()) + " rules for requests, others " + others;
  if (route.reads_hello()) return "by " + std::to_string(route.names.size()) + " server names, others " + others;
  return others;
}

void log_names(const kernel::PeerNames& names) {
  const auto counters = names.counters();
  if (!counters) return spdlog::warn("{}", counters.error().text);
  spdlog::info("names so far: asked for {}, delivered {}, undelivered {}", counters->at(REALPEER_NAMES_ASKED),
               counters->at(REALPEER_NAMES_DELIVERED), counters->at(REALPEER_NAMES_UNDELIVERED));
}

// No fallback: where answers do not come back, connections end with backend_timeout.
void warn_of_transparent(const config::Config& config) {
  for (const auto& [endpoint, missing] : session::unready_for_transparent(config)) {
    spdlog::warn("identity: transparent will not reach {}: missing {} (realpeer setup transparent --apply)", endpoint,
                 missing);
  }
}

void announce(const config::Config& config, const session::Host& host, std::uint32_t workers) {
  spdlog::info("realpeer {} as node '{}', {} worker threads", REALPEER_VERSION, config.node, workers);
  spdlog::info("data path: {} ({})", host.splice() != nullptr ? "sockmap" : "relay", host.splice_reason());
  if (host.clients() != nullptr) {
    spdlog::info("client map: {}", host.clients_reason());
  } else {
    spdlog::warn("client map: none, `realpeer whois` will not know this daemon's clients: {}", host.clients_reason());
  }
  if (host.splice() == nullptr && config.datapath != config::Datapath::relay) {
    spdlog::warn("connections are relayed in userspace; `realpeer doctor` says how to get the kernel path");
  }
  if (host.names() != nullptr) spdlog::info("names: for backends in cgroup {}", host.names()->cgroup());
  warn_of_transparent(config);
  for (const auto& listener : config.listeners) {
    spdlog::info("listener '{}' on {}: accept_proxy {}, {}{}", listener.name, net::to_string(listener.bind),
                 policy::to_string(listener.trust.accept_proxy), listener.tls ? "TLS ends here, " : "",
                 where_to(listener.route));
  }
}

// Answers signals: waits for one to end, then for the connections to. From its construction on a signal no longer
// kills: what the daemon makes afterwards is always taken back.
class Signals {
 public:
  Signals(asio::io_context& context, std::chrono::milliseconds drain) : context_(context), drain_(drain) {
    signals_.add(SIGUSR1);
  }

  // What the daemon does on SIGUSR1 and SIGHUP.
  struct Answers {
    std::function<void()> log_status;
    std::function<void()> reload;
  };

  // Runs the context until it is over.
  void wait(session::Server& server, Answers answers) {
    server_ = &server;
    answers_ = std::move(answers);
    wait_for_signal();
    context_.run();
  }

  [[nodiscard]] bool draining() const { return draining_; }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        answers_.reload();
      } else if (signal == SIGUSR1) {
        answers_.log_status();
      } else if (std::exchange(draining_, true)) {
        spdlog::info("stopping now: {} connections are reset", server_->active());
        context_.stop();
        return;
      } else {
        begin();
      }
      wait_for_signal();
    });
  }

  void begin() {
    deadline_ = std::chrono::steady_clock::now() + drain_;
    server_->stop_accepting();
    spdlog::info("draining: {} connections have {} ms to end; a second signal stops at once", server_->active(),
                 drain_.count());
    look();
  }

  void look() {
    if (server_->idle()) return context_.stop();
    if (std::chrono::steady_clock::now() >= deadline_) {
      spdlog::warn("drain timeout: {} connections are reset", server_->active());
      return context_.stop();
    }
    timer_.expires_after(std::chrono::milliseconds(20));
    timer_.async_wait([this](boost::system::error_code error) {
      if (!error) look();
    });
  }

  session::Server* server_ = nullptr;
  Answers answers_;
  asio::io_context& context_;
  std::chrono::milliseconds drain_;
  asio::signal_set signals_{context_, SIGTERM, SIGINT, SIGHUP};
  asio::steady_timer timer_{context_};
  std::chrono::steady_clock::time_point deadline_;
  bool draining_ = false;
};

// Null where none is configured.
kernel::Result<std::unique_ptr<admin::Listener>> listen_for_admin(asio::io_context& context,
                                                                  const config::Config& config, admin::Access access,
                                                                  const admin::Daemon& daemon) {
  if (!config.admin) return std::unique_ptr<admin::Listener>();
  auto listener = admin::Listener::create(context, *config.admin, std::move(access), admin::pages_of(daemon));
  if (listener) spdlog::info("admin on {}", config::to_string(config.admin->bind));
  return listener;
}

void reload(session::Certificates& certificates) {
  spdlog::warn(
      "SIGHUP: certificates are read again; this version reloads nothing else: restart to apply a new configuration");
  if (const auto failed = certificates.reload()) {
    spdlog::error("{} listeners keep their old certificates: mend what is said above and send SIGHUP again", failed);
  }
}

// For whoever has renamed it.
void reopen(observe::AccessLog& log) {
  const auto reopened = log.reopen();
  if (!reopened) spdlog::error("{}; lines go on into the file that is open", reopened.error());
}

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
  for (const auto& diagnostic : loaded.diagnostics) std::cerr << diagnostic.to_string() << '\n';
  if (!loaded.ok()) return 2;
  const auto& config = loaded.config;
  observe::set_up_log(config.log);
  kernel::log_libbpf_messages();
  std::signal(SIGPIPE, SIG_IGN);

  auto certificates = session::Certificates::load(config);
  if (!certificates) {
    std::cerr << certificates.error().to_string() << '\n';
    return 2;
  }
  boost::system::result<admin::Access, config::Diagnostic> access = admin::Access();
  if (config.admin) access = admin::access_to(*config.admin);
  if (!access) {
    std::cerr << access.error().to_string() << '\n';
    return 2;
  }
  const std::uint32_t workers = FLAGS_threads != 0 ? FLAGS_threads : std::max(1U, std::thread::hardware_concurrency());
  raise_descriptor_limit(config, workers);
  auto access_log = observe::AccessLog::open(config.log.access, spdlog::should_log(spdlog::level::debug));
  if (!access_log) return fail(access_log.error());
  asio::io_context main{1};
  Signals signals(main, config.timeouts.drain);
  auto host = session::Host::prepare(config, workers);
  if (!host) return fail(host.error().text);
  auto upstreams = upstream::Upstreams::create(config);
  if (!upstreams) return fail("host names cannot be resolved: " + upstreams.error().why);
  auto server = session::Server::create(config, *host, **upstreams, **certificates, **access_log, workers);
  if (!server) return fail(server.error().text);
  const admin::Daemon daemon{.draining = [&signals] { return signals.draining(); },
                             .certificates = **certificates,
                             .server = **server,
                             .host = *host,
                             .lint = loaded.diagnostics};
  const auto admin_listener = listen_for_admin(main, config, std::move(*access), daemon);
  if (!admin_listener) return fail(admin_listener.error().text);
  announce(config, *host, workers);

  const session::InterfaceFollower follower(main, host->admission());
  (*upstreams)->start();
  (*server)->start();
  const session::RefusalTeller teller(main, (*server)->refusal_log());
  spdlog::info("ready");
  const auto log_status = [&] {
    reopen(**access_log);
    (*upstreams)->log_status();
    if (host->names() != nullptr) log_names(*host->names());
    if (host->admission() != nullptr) host->admission()->log_status();
  };
  signals.wait(**server, {log_status, [&] { reload(**certificates); }});
  (*server)->stop();
  return 0;
}

}  // namespace realpeer::commands

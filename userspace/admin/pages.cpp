#include "admin/pages.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "admin/documents.h"
#include "admin/exposition.h"
#include "admin/metrics.h"
#include "admin/query.h"
#include "admin/web_page.h"
#include "config/effective.h"

namespace realpeer::admin {

namespace {

namespace json = boost::json;

std::vector<OfEndpoint> endpoints_of(const session::Generation& generation) {
  std::vector<OfEndpoint> found;
  for (const auto& backend : generation.config.backends) {
    for (const auto& status : generation.pool(backend.name).status()) {
      found.push_back({backend.name, status.endpoint, status.state == "up"});
    }
  }
  return found;
}

Measured measure(const Daemon& daemon) {
  const auto& shared = daemon.server.shared();
  const auto& generation = daemon.server.generation();
  Measured measured{.endpoints = endpoints_of(generation),
                    .connects = shared.connect_seconds.snapshot(),
                    .certificates = generation.certificates->status(generation.config),
                    .reloads = daemon.reloads,
                    .process = OfProcess::read()};
  for (std::size_t i = 0; i < generation.listeners.size(); ++i) {
    measured.listeners.push_back({generation.config.listeners[i].name, &generation.listeners[i]->tally});
  }
  for (std::size_t i = 0; i < measured.path_changes.size(); ++i)
    measured.path_changes[i] = shared.path_changes[i].load();
  if (shared.names != nullptr) {
    if (const auto counters = shared.names->counters()) measured.names = *counters;
  }
  if (generation.admission != nullptr) measured.admission = generation.admission->counters();
  return measured;
}

Page json_page(const Daemon& daemon, json::object document) {
  document["node"] = daemon.server.generation().config.node;
  return {.body = json::serialize(document) + "\n", .type = "application/json"};
}

Page listeners(const Daemon& daemon) {
  const auto& generation = daemon.server.generation();
  json::array all;
  for (std::size_t i = 0; i < generation.listeners.size(); ++i) {
    const auto& listener = generation.config.listeners[i];
    all.push_back(listener_document(generation.config, listener, generation.listeners[i]->tally,
                                    lint_of(listener, generation.lint)));
  }
  const json::object datapath{{"path", daemon.host.splice() != nullptr ? "sockmap" : "relay"},
                              {"reason", daemon.host.splice_reason()}};
  return json_page(daemon, {{"version", REALPEER_VERSION},
                            {"started", observe::timestamp(daemon.started)},
                            {"now", observe::timestamp(std::chrono::system_clock::now())},
                            {"draining", daemon.draining()},
                            {"datapath", datapath},
                            {"listeners", std::move(all)}});
}

Page backends(const Daemon& daemon) {
  const auto& generation = daemon.server.generation();
  json::array all;
  for (const auto& backend : generation.config.backends) {
    all.push_back(backend_document(backend, generation.pool(backend.name).status()));
  }
  const auto& shared = daemon.server.shared();
  return json_page(daemon, {{"connect_seconds", histogram_document(shared.connect_seconds.snapshot())},
                            {"backends", std::move(all)}});
}

Page refusals(const Daemon& daemon, std::size_t limit) {
  json::array all;
  for (const auto& refusal : daemon.server.shared().refusals.newest()) {
    if (all.size() == limit) break;
    all.push_back(refusal_document(refusal));
  }
  return json_page(daemon, {{"refusals", std::move(all)}});
}

Page bad_request(const std::string& why) { return {.status = 400, .body = why + "\n"}; }

boost::asio::awaitable<Page> connections(const Daemon& daemon, const Query& query) {
  const auto looking = read_looking(query);
  if (!looking) co_return bad_request(looking.error());
  const auto sight = co_await daemon.server.look(*looking);
  co_return json_page(daemon, connections_document(sight, *looking, std::chrono::steady_clock::now()));
}

PageMaker for_everyone(PageMaker page) {
  page.for_everyone = true;
  return page;
}

}  // namespace

Pages pages_of(const Daemon& daemon) {
  Pages pages;
  pages["/"] = for_everyone(at_once(web_page));
  pages["/healthz"] = for_everyone(at_once([] { return Page{.body = "ok\n"}; }));
  // Before the listeners accept nothing answers here either.
  pages["/readyz"] = for_everyone(at_once(
      [daemon] { return daemon.draining() ? Page{.status = 503, .body = "draining\n"} : Page{.body = "ready\n"}; }));
  pages["/metrics"] = at_once(
      [daemon] { return Page{.body = metrics(measure(daemon)), .type = std::string(Exposition::content_type)}; });
  pages["/listeners"] = at_once([daemon] { return listeners(daemon); });
  pages["/backends"] = at_once([daemon] { return backends(daemon); });
  pages["/connections"].make = [daemon](const Query& query) { return connections(daemon, query); };
  pages["/config"] =
      at_once([daemon] { return json_page(daemon, config::effective(daemon.server.generation().config)); });
  pages["/refusals"].make = [daemon](const Query& query) -> boost::asio::awaitable<Page> {
    const auto limit = read_limit(query);
    co_return limit ? refusals(daemon, *limit) : bad_request(limit.error());
  };
  return pages;
}

}  // namespace realpeer::admin

#include "trace/follow.h"

#include <algorithm>

#include "trace/find.h"

namespace realpeer::trace {

namespace {

// What is known of the connection behind this hop.
Marks marks_behind(const Seen& seen, Marks before) {
  Marks marks{.peer = seen.upstream, .unique_id = seen.unique_id, .client = before.client};
  if (seen.client && seen.client->port() != 0) marks.client = seen.client;
  if (const auto split = net::split_host_port(seen.endpoint)) marks.port = split->port;
  return marks;
}

// Nothing that matters can change any more.
bool is_final(const Seen& seen) {
  return seen.refused() || !seen.end.empty() || (seen.client.has_value() && !seen.path.empty());
}

}  // namespace

Chain::Chain(std::vector<Asked> asked) : asked_(std::move(asked)), newest_(asked_.size()) {
  for (const auto& one : asked_) {
    hops_.push_back({.name = one.name});
    clients_.push_back(one.address ? std::make_unique<admin_client::Client>(*one.address, one.token) : nullptr);
  }
}

void Chain::prepare() {
  for (std::size_t i = 0; i < hops_.size(); ++i) {
    if (clients_[i] == nullptr) continue;
    const auto listeners = clients_[i]->get("/listeners");
    const auto backends = listeners ? clients_[i]->get("/backends") : listeners;
    if (!backends) {
      hops_[i].trouble = backends.error().text;
      if (hops_[i].name.empty()) hops_[i].name = asked_[i].address->to_string();
      continue;
    }
    hops_[i].daemon = read_daemon(*listeners, *backends);
    if (hops_[i].name.empty()) hops_[i].name = hops_[i].daemon->node;
    for (const Seen& seen : ask(i)) newest_[i] = std::max(newest_[i], seen.id);
  }
}

std::vector<Seen> Chain::ask(std::size_t hop) {
  std::vector<Seen> all;
  const auto fail = [&](const std::string& why) {
    hops_[hop].trouble = why;
    return std::vector<Seen>();
  };
  for (const char* page : {"/connections?limit=1000", "/connections?state=ended&limit=1000"}) {
    const auto document = clients_[hop]->get(page);
    if (!document) return fail(document.error().text);
    std::ranges::move(read_connections(*document), std::back_inserter(all));
  }
  const auto refusals = clients_[hop]->get("/refusals?limit=100");
  if (!refusals) return fail(refusals.error().text);
  hops_[hop].trouble.clear();
  return together(std::move(all), read_refusals(*refusals));
}

void Chain::look(const net::Endpoint& own, std::uint16_t port) {
  Marks marks{.peer = own, .client = own, .port = port};
  for (std::size_t i = 0; i < hops_.size(); ++i) {
    auto& hop = hops_[i];
    if (!hop.daemon) {
      // It may have been told anything, and where it sends it is not known.
      marks = {.client = marks.client};
      continue;
    }
    marks.after = newest_[i];
    hop.found = find(*hop.daemon, ask(i), marks);
    if (!hop.found) return;
    marks = marks_behind(hop.found->seen, marks);
  }
}

bool Chain::settled() const {
  for (const auto& hop : hops_) {
    if (!hop.daemon) continue;
    if (!hop.found || !is_final(hop.found->seen)) return false;
    if (hop.found->seen.refused() && !hop.found->seen.refused_behind()) return true;
  }
  return true;
}

}  // namespace realpeer::trace

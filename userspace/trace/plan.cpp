#include "trace/plan.h"

#include <algorithm>
#include <array>

namespace realpeer::trace {

namespace {

struct Named {
  std::string_view text;
  Speech speech;
};
constexpr std::array speeches{Named{"none", Speech::none}, Named{"tls", Speech::tls}, Named{"http", Speech::http},
                              Named{"https", Speech::https}};

bool is_address(std::string_view host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

// A name that a route knows as "*.example.com" is any below it.
std::string some_name(const std::string& known) { return known.starts_with("*.") ? "trace" + known.substr(1) : known; }

std::vector<const ListenerFacts*> on_ports(const Daemon& daemon, const std::vector<std::uint16_t>& ports) {
  std::vector<const ListenerFacts*> found;
  for (const auto& listener : daemon.listeners) {
    if (std::ranges::find(ports, listener.bind.port()) != ports.end()) found.push_back(&listener);
  }
  return found;
}

std::vector<std::uint16_t> ports_behind(const Daemon& daemon, const ListenerFacts& listener) {
  std::vector<std::uint16_t> ports;
  for (const auto& name : listener.backends) {
    const auto* backend = daemon.backend(name);
    if (backend == nullptr) continue;
    for (const auto& endpoint : backend->endpoints) {
      if (const auto split = net::split_host_port(endpoint)) ports.push_back(split->port);
    }
  }
  return ports;
}

// All of a daemon's listeners, where it makes no difference which of them a connection comes by.
std::vector<const ListenerFacts*> if_alike(const Daemon& daemon) {
  std::vector<const ListenerFacts*> all;
  for (const auto& listener : daemon.listeners) all.push_back(&listener);
  const bool alike = std::ranges::all_of(all, [&](const ListenerFacts* one) {
    return one->routes == all.front()->routes && one->tls == all.front()->tls;
  });
  return alike ? all : std::vector<const ListenerFacts*>();
}

// Of two needs the one that serves both.
Speech both(Speech one, Speech other) {
  if (one == Speech::none || one == other) return other;
  if (other == Speech::none) return one;
  return Speech::https;
}

Speech wanted_by(const ListenerFacts& listener) {
  if (listener.routes == "server_names") return Speech::tls;
  if (listener.routes == "requests") return listener.tls ? Speech::https : Speech::http;
  return Speech::none;
}

}  // namespace

std::optional<Speech> parse_speech(std::string_view text) {
  const auto found = std::ranges::find(speeches, text, &Named::text);
  if (found == speeches.end()) return std::nullopt;
  return found->speech;
}

Plan plan(std::span<const Hop> hops, std::string_view host, std::uint16_t port) {
  Plan plan;
  if (!is_address(host)) plan.name = host;
  std::vector<std::uint16_t> ports{port};
  for (const Hop& hop : hops) {
    if (!hop.daemon) {
      ports.clear();  // where it leads nobody tells
      continue;
    }
    const auto listeners = ports.empty() ? if_alike(*hop.daemon) : on_ports(*hop.daemon, ports);
    ports.clear();
    bool ends = false;
    for (const auto* listener : listeners) {
      plan.speech = both(plan.speech, wanted_by(*listener));
      ends = ends || listener->routes == "requests";
      if (plan.name.empty() && !listener->names.empty()) plan.name = some_name(listener->names.front());
      std::ranges::copy(ports_behind(*hop.daemon, *listener), std::back_inserter(ports));
    }
    // Who reads requests answers them: hops behind it are spoken to by it.
    if (ends || ports.empty()) break;
  }
  return plan;
}

std::vector<net::Address> addresses_in(std::string_view text) {
  constexpr std::string_view of_addresses = "0123456789abcdefABCDEF.:";
  std::vector<net::Address> found;
  while (!text.empty()) {
    const auto begin = text.find_first_of(of_addresses);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    std::string_view word = text.substr(0, text.find_first_not_of(of_addresses));
    text.remove_prefix(word.size());
    while (word.ends_with('.')) word.remove_suffix(1);  // the end of a sentence
    boost::system::error_code error;
    auto address = boost::asio::ip::make_address(word, error);
    if (error) {  // with a port behind it
      address = boost::asio::ip::make_address(word.substr(0, word.find(':')), error);
    }
    if (error) continue;
    address = net::unmapped(address);
    if (std::ranges::find(found, address) == found.end()) found.push_back(address);
  }
  return found;
}

}  // namespace realpeer::trace

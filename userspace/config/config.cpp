#include "config/config.h"

#include <algorithm>

namespace realpeer::config {

std::string to_string(const Place& place) { return place.file + ":" + std::to_string(place.line); }

std::string to_string(const AdminBind& bind) {
  if (const auto* path = std::get_if<std::string>(&bind)) return "unix:" + *path;
  return net::to_string(std::get<net::Endpoint>(bind));
}

std::string EndpointSpec::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<net::Endpoint> EndpointSpec::literal() const {
  const auto parsed = net::parse_endpoint(to_string());
  if (!parsed) return std::nullopt;
  const net::Address plain = net::unmapped(parsed->address());
  // A scope id tells links apart, and unmapped() drops it.
  return plain.is_v4() ? net::Endpoint(plain, port) : *parsed;
}

const Backend* Config::find_backend(std::string_view name) const {
  const auto found = std::ranges::find(backends, name, &Backend::name);
  return found == backends.end() ? nullptr : &*found;
}

std::vector<const Backend*> Config::backends_of(const Listener& listener) const {
  std::vector<const Backend*> found;
  for (const std::string_view name : policy::targets(listener.route)) {
    if (const Backend* backend = find_backend(name)) found.push_back(backend);
  }
  return found;
}

std::vector<const Listener*> Config::listeners_of(const Backend& backend) const {
  std::vector<const Listener*> found;
  for (const Listener& listener : listeners) {
    const auto names = policy::targets(listener.route);
    if (std::ranges::find(names, backend.name) != names.end()) found.push_back(&listener);
  }
  return found;
}

bool Config::uses(Identity identity) const {
  return std::ranges::find(backends, identity, &Backend::identity) != backends.end();
}

}  // namespace realpeer::config

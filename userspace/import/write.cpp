// YAML by lines: yaml-cpp quotes values, and puts what is short on one line; where comments stand it cannot be told.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

#include "config/scalars.h"
#include "import/draft.h"

namespace realpeer::importing {

namespace {

constexpr std::size_t widest_comment = 110;

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Comments quote manifests: a line break in one would end it.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c == '\x7f'; }, '?');
  return text;
}

// As it may stand anywhere, within brackets too.
std::string scalar(const std::string& text) {
  YAML::Emitter out;
  out << YAML::Flow << YAML::BeginSeq << text << YAML::EndSeq;
  const std::string list = out.c_str();
  return list.substr(1, list.size() - 2);
}

std::string quoted(const std::string& text) {
  YAML::Emitter out;
  out << YAML::DoubleQuoted << text;
  return out.c_str();
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    if (!text.empty()) text += ", ";
    text += item;
  }
  return text;
}

// "{ a: b, c: d }"; the values are YAML already.
std::string flow_map(const Pairs& pairs) {
  std::vector<std::string> items;
  items.reserve(pairs.size());
  for (const auto& [key, value] : pairs) items.push_back(key + ": " + value);
  return items.empty() ? "{}" : "{ " + joined(items) + " }";
}

std::string flow_list(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.push_back(scalar(text));
  return "[" + joined(items) + "]";
}

class Writer {
 public:
  void line(std::size_t indent, const std::string& text) { text_ += std::string(indent, ' ') + text + "\n"; }

  // Wrapped between words.
  void comments(std::size_t indent, const std::vector<std::string>& lines) {
    for (const std::string& comment : lines) {
      std::istringstream words(one_line(comment));
      std::string wrapped;
      for (std::string word; words >> word;) {
        if (!wrapped.empty() && wrapped.size() + 1 + word.size() > widest_comment) {
          line(indent, "#" + wrapped);
          wrapped.clear();
        }
        wrapped += " " + word;
      }
      line(indent, "#" + wrapped);
    }
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_tls(Writer& out, const DraftListener& listener) {
  if (listener.certificates.empty()) return;
  out.line(4, "tls:");
  out.comments(6, listener.tls_comments);
  out.line(6, "certificates:");
  for (const DraftCertificate& files : listener.certificates) {
    out.line(8, "- " + flow_map({{"certificate", scalar(files.certificate)}, {"key", scalar(files.key)}}));
  }
  if (listener.least_tls != config::TlsVersion::v1_2) {
    out.line(6, "min_version: " + std::string(config::to_string(listener.least_tls)));
  }
}

void write_rule(Writer& out, const DraftRule& rule) {
  Pairs pairs;
  if (!rule.host.empty()) pairs.emplace_back("host", scalar(rule.host));
  if (rule.path != "/") pairs.emplace_back("path", scalar(rule.path));
  if (rule.backend.empty()) {
    pairs.emplace_back("redirect", "https");
  } else {
    pairs.emplace_back("backend", scalar(rule.backend));
  }
  if (rule.timeout) pairs.emplace_back("timeout", config::to_string(*rule.timeout));
  out.line(8, "- " + flow_map(pairs));
}

void write_route(Writer& out, const DraftRoute& route) {
  const std::string otherwise = "default: " + (route.backend.empty() ? "reject" : scalar(route.backend));
  if (!route.rules.empty()) {
    out.line(4, "route:");
    out.line(6, "http:");
    for (const DraftRule& rule : route.rules) write_rule(out, rule);
    out.line(6, otherwise);
  } else if (!route.names.empty()) {
    out.line(4, "route:");
    out.line(6, "sni:");
    for (const auto& [name, backend] : route.names) out.line(8, scalar(name) + ": " + scalar(backend));
    out.line(6, otherwise);
  } else {
    out.line(4, "route: " + flow_map({{"backend", scalar(route.backend)}}));
  }
}

void write_listener(Writer& out, const DraftListener& listener) {
  out.comments(2, listener.comments);
  out.line(2, "- name: " + scalar(listener.name));
  out.line(4, "bind: " + quoted(listener.bind));
  out.comments(4, listener.trust_comments);
  out.line(4, "accept_proxy: " + std::string(policy::to_string(listener.accept_proxy)));
  if (!listener.trusted_cidrs.empty()) out.line(4, "trusted_cidrs: " + flow_list(listener.trusted_cidrs));
  if (listener.max_connections > 0) out.line(4, "max_connections: " + std::to_string(listener.max_connections));
  write_tls(out, listener);
  if (!listener.trusted_forwarders.empty()) {
    out.line(4, "trusted_forwarders: " + flow_list(listener.trusted_forwarders));
  }
  write_route(out, listener.route);
}

void write_endpoints(Writer& out, const std::vector<DraftEndpoint>& endpoints) {
  const bool weighed = std::ranges::any_of(endpoints, [](const DraftEndpoint& one) { return one.weight != 1; });
  if (!weighed) {
    std::vector<std::string> items;
    items.reserve(endpoints.size());
    for (const DraftEndpoint& endpoint : endpoints) items.push_back(quoted(endpoint.address));
    out.line(4, "endpoints: [" + joined(items) + "]");
    return;
  }
  out.line(4, "endpoints:");
  for (const auto& [address, weight] : endpoints) {
    out.line(6, "- " + flow_map({{"address", quoted(address)}, {"weight", std::to_string(weight)}}));
  }
}

std::string health_of(const DraftBackend& backend) {
  const HealthCheck& check = *backend.health;
  Pairs pairs;
  if (check.interval) pairs.emplace_back("interval", config::to_string(*check.interval));
  if (check.timeout) pairs.emplace_back("timeout", config::to_string(*check.timeout));
  if (check.rise) pairs.emplace_back("rise", std::to_string(*check.rise));
  if (check.fall) pairs.emplace_back("fall", std::to_string(*check.fall));
  if (!check.path.empty()) pairs.emplace_back("path", scalar(check.path));
  if (!check.host.empty()) pairs.emplace_back("host", scalar(check.host));
  // Envoy's checks carry a header that names nobody where connections carry one.
  if (config::sends_header(backend.identity)) pairs.emplace_back("send_proxy", "local");
  return flow_map(pairs);
}

void write_backend(Writer& out, const NamedBackend& named) {
  out.comments(2, named.comments);
  out.line(2, scalar(named.name) + ":");
  write_endpoints(out, named.backend.endpoints);
  out.line(4, "identity: " + std::string(config::to_string(named.backend.identity)));
  if (named.backend.balance) out.line(4, "balance: " + std::string(config::to_string(*named.backend.balance)));
  if (named.backend.health) out.line(4, "health: " + health_of(named.backend));
}

}  // namespace

std::string write(const Draft& draft, const std::vector<std::string>& head) {
  Writer out;
  out.comments(0, head);
  out.line(0, "listeners:");
  for (const DraftListener& listener : draft.listeners) write_listener(out, listener);
  out.line(0, "backends:");
  for (const NamedBackend& backend : draft.backends) write_backend(out, backend);
  return out.take();
}

}  // namespace realpeer::importing

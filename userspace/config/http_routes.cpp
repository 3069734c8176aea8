#include "config/http_routes.h"

#include <algorithm>
#include <map>

#include "config/spelling.h"
#include "http/path.h"

namespace realpeer::config {

namespace {

using policy::HttpRule;

Parsed<std::string> parse_host(std::string_view text) {
  if (text.empty() || text == "*") return Problem{quoted(text) + " is every host: leave host out"};
  if (is_address(text) || text.starts_with('[')) {
    return Problem{quoted(text) + " is an address: write a host name, or leave host out, which takes addresses too"};
  }
  return parse_server_name_pattern(text);
}

Parsed<std::string> parse_path(std::string_view text) {
  if (!text.starts_with('/'))
    return Problem{quoted(text) + " is no path: write one that begins with '/', as in '/api'"};
  if (text.find_first_of("?#*") != std::string_view::npos) {
    return Problem{quoted(text) +
                   " is no prefix of paths: write it without '?', '#' and '*'; '/api' takes '/api/users' as well"};
  }
  if (!http::is_plain_path(text)) {
    return Problem{quoted(text) +
                   " can be the path of no request: write it without spaces, broken escapes and parts "
                   "that are '.' or '..'; requests with such are refused"};
  }
  // "/api/" and "/api" take the same.
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  return {boost::system::in_place_value, text};
}

Parsed<std::size_t> parse_redirect(std::string_view text) { return parse_choice(text, words::redirect); }

// One rule, as far as it could be read.
struct ReadRule {
  HttpRule rule{.host = {}, .path = "/", .backend = {}};
  bool complete = false;  // host and path are those that were written
};

class RuleReader {
 public:
  RuleReader(const TargetReader& targets, Listener& listener) : targets_(&targets), listener_(&listener) {}

  [[nodiscard]] ReadRule read(const Value& item) const {
    ReadRule read;
    const MapReader map(report(), item, keys::http_rule, item.path + ".");
    if (!map.is_map()) return read;
    const bool host = map.read("host", read.rule.host, parse_host) || !map.mentions("host");
    const bool path = map.read("path", read.rule.path, parse_path) || !map.mentions("path");
    read.complete = host && path;
    read_outcome(item, map, read.rule);
    return read;
  }

 private:
  [[nodiscard]] Report& report() const { return targets_->report(); }

  // Either where requests go or what answers them.
  void read_outcome(const Value& item, const MapReader& map, HttpRule& rule) const {
    const Value* backend = map.find("backend");
    const Value* redirect = map.find("redirect");
    if (backend != nullptr && redirect != nullptr) {
      report().error(redirect->line, redirect->message("cannot stand beside 'backend': remove one of the two"));
    } else if (backend != nullptr) {
      read_backend(*backend, map, rule);
    } else if (redirect != nullptr) {
      read_redirect(*redirect, map);
    } else if (!map.mentions("backend") && !map.mentions("redirect")) {
      report().error(item.line, item.message("the rule leads nowhere: add backend: NAME, or redirect: https"));
    }
  }

  void read_backend(const Value& backend, const MapReader& map, HttpRule& rule) const {
    rule.backend = targets_->backend(backend);
    std::chrono::milliseconds timeout{};
    if (map.read("timeout", timeout, duration_within(ranges::response))) rule.timeout = timeout;
  }

  void read_redirect(const Value& redirect, const MapReader& map) const {
    if (!read_scalar(report(), redirect, parse_redirect)) return;
    listener_->places.redirects.push_back(report().place(redirect.line));
    if (const Value* timeout = map.find("timeout")) {
      report().error(timeout->line, timeout->message("is of a backend's response, and a redirect has none: remove it"));
    }
  }

  const TargetReader* targets_;
  Listener* listener_;
};

std::string described(const HttpRule& rule) {
  return (rule.host.empty() ? "every host" : "host " + quoted(rule.host)) + " with path " + quoted(rule.path);
}

}  // namespace

void read_http_rules(const Value& list, const TargetReader& targets, Listener& listener) {
  Report& report = targets.report();
  const auto items = read_items(report, list);
  if (items.empty() && list.node.IsSequence()) {
    report.error(list.line, list.message("is empty: list rules, as in [{ host: git.example.com, backend: NAME }]"));
  }
  const RuleReader reader(targets, listener);
  std::map<std::pair<std::string, std::string>, int> lines;  // by host and path
  for (const Value& item : items) {
    ReadRule read = reader.read(item);
    if (read.complete) {
      const auto [first, is_new] = lines.emplace(std::pair(read.rule.host, read.rule.path), item.line);
      if (!is_new) {
        report.error(item.line,
                     item.message("the rule for " + described(read.rule) + " is written twice, first in line " +
                                  std::to_string(first->second) + ": remove one of the two"));
      }
    }
    listener.route.http.push_back(std::move(read.rule));
  }
}

}  // namespace realpeer::config

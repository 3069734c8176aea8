#include "config/http_routes.h"

#include <algorithm>

#include "config/spelling.h"
#include "http/path.h"

namespace realpeer::config {

namespace {

using policy::HttpRule;

Parsed<std::string> parse_host(std::string_view text) {
  if (text == "*") return Problem{"'*' is every host: leave host out"};
  return parse_server_name_pattern(text);
}

Parsed<std::string> parse_path(std::string_view text) {
  if (!text.starts_with('/')) return Problem{quoted(text) + " is no path: it begins with '/', as in '/api'"};
  if (text.find_first_of("?#*") != std::string_view::npos) {
    return Problem{quoted(text) +
                   " is a prefix of paths: it has no '?', '#' or '*'; '/api' takes '/api/users' as well"};
  }
  if (!http::is_plain_path(text)) {
    return Problem{quoted(text) +
                   " has a part '.' or '..' or a character that no path has: requests with such are "
                   "refused before they are routed"};
  }
  // "/api/" and "/api" take the same.
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  return {boost::system::in_place_value, text};
}

Parsed<std::size_t> parse_redirect(std::string_view text) { return parse_choice(text, words::redirect); }

// Either where requests go or what answers them.
void read_outcome(Report& report, const Value& item, const MapReader& map, const TargetReader& targets,
                  HttpRule& rule) {
  const Value* backend = map.find("backend");
  const Value* redirect = map.find("redirect");
  if (backend != nullptr && redirect != nullptr) {
    report.error(redirect->line, redirect->message("cannot stand beside 'backend': remove one of the two"));
  } else if (backend != nullptr) {
    rule.backend = targets.backend(*backend);
  } else if (redirect != nullptr) {
    read_scalar(report, *redirect, parse_redirect);
  } else if (!map.mentions("backend") && !map.mentions("redirect")) {
    report.error(item.line, "a rule of route.http leads nowhere: write backend: NAME, or redirect: https");
  }
}

HttpRule read_rule(Report& report, const Value& item, const TargetReader& targets) {
  HttpRule rule{.host = {}, .path = "/", .backend = {}};
  const MapReader map(report, item, keys::http_rule);
  if (!map.is_map()) return rule;
  map.read("host", rule.host, parse_host);
  map.read("path", rule.path, parse_path);
  if (const Value* timeout = map.find("timeout")) {
    if (const auto value = read_scalar(report, *timeout, duration_within(ranges::response))) rule.timeout = *value;
  }
  read_outcome(report, item, map, targets, rule);
  return rule;
}

}  // namespace

std::vector<HttpRule> read_http_rules(Report& report, const Value& list, const TargetReader& targets) {
  std::vector<HttpRule> rules;
  std::vector<int> lines;
  const auto items = read_items(report, list);
  if (items.empty() && list.node.IsSequence()) {
    report.error(list.line, list.message("is empty: list rules, as in [{ host: git.example.com, backend: NAME }]"));
  }
  for (const Value& item : items) {
    HttpRule rule = read_rule(report, item, targets);
    const auto first = std::ranges::find_if(
        rules, [&](const HttpRule& other) { return other.host == rule.host && other.path == rule.path; });
    if (first != rules.end()) {
      report.error(item.line, "route.http: host " + (rule.host.empty() ? "'' (every host)" : quoted(rule.host)) +
                                  " with path " + quoted(rule.path) + " is written twice, first in line " +
                                  std::to_string(lines.at(static_cast<std::size_t>(first - rules.begin()))) +
                                  ": remove one of the two");
    }
    rules.push_back(std::move(rule));
    lines.push_back(item.line);
  }
  return rules;
}

}  // namespace realpeer::config

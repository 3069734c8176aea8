// The rules of HTTPRoutes. realpeer routes by host and prefix of the path: a rule that asks for more would, without
// what it asks for, take requests that it was not to take. So it is left out.
#include <algorithm>

#include "config/schema.h"
#include "config/spelling.h"
#include "http/path.h"
#include "import/readers.h"

namespace realpeer::importing {

using config::quoted;

namespace {

constexpr std::string_view left_out = ": the match is left out";

// Nothing where the match has no translation.
std::optional<std::string> read_match(const Field& match) {
  for (const std::string_view key : {"headers", "queryParams", "method"}) {
    if (!match[key]) continue;
    match[key].warn("realpeer routes by host and path alone, and the match would take more than it says" +
                    std::string(left_out));
    return std::nullopt;
  }
  const Field path = match["path"];
  const std::string type = text_or(path["type"], "PathPrefix");
  std::string value = text_or(path["value"], "/");
  if (type != "PathPrefix") {
    path.warn(type + " " + quoted(value) + " would take more than it says, since realpeer routes by prefix" +
              std::string(left_out));
    return std::nullopt;
  }
  if (!value.starts_with('/') || value.find_first_of("?#*") != std::string::npos || !http::is_plain_path(value)) {
    path.warn(quoted(value) + " can be the path of no request" + std::string(left_out));
    return std::nullopt;
  }
  while (value.size() > 1 && value.ends_with('/')) value.pop_back();
  return value;
}

std::vector<std::string> read_paths(const Field& matches) {
  if (!matches) return {"/"};
  std::vector<std::string> paths;
  for (const Field& match : matches.items()) {
    auto path = read_match(match);
    if (path && std::ranges::find(paths, *path) == paths.end()) paths.push_back(std::move(*path));
  }
  return paths;
}

// Whether it is the redirect that realpeer has: the same host, port and path by https.
bool is_redirect_to_https(const Field& redirect) {
  const Field port = redirect["port"];
  return redirect["scheme"].text() == "https" && !redirect["hostname"] && !redirect["path"] &&
         (!port || port.port() == 443);
}

// Nothing where the rule cannot be had without the filter; else whether it is a redirect.
std::optional<bool> read_filters(const Field& filters) {
  bool redirects = false;
  for (const Field& filter : filters.items()) {
    const std::string type = filter["type"].text();
    if (type == "RequestRedirect" && is_redirect_to_https(filter["requestRedirect"])) {
      redirects = true;
    } else if (type == "ResponseHeaderModifier" || type == "RequestMirror" || type == "CORS") {
      filter.warn(type + " has no translation: the rule is taken over without it");
    } else {
      filter.warn(type + " has no translation, and without it the rule would do something else: the rule is left out");
      return std::nullopt;
    }
  }
  return redirects;
}

std::optional<std::chrono::milliseconds> read_timeout(const Field& timeouts) {
  const Field field = timeouts["backendRequest"] ? timeouts["backendRequest"] : timeouts["request"];
  const auto duration = field.duration();
  if (!duration) return std::nullopt;
  const std::chrono::milliseconds timeout(*duration);
  const auto range = config::ranges::response;
  if (timeout >= range.least && timeout <= range.most) return timeout;
  field.warn(*duration == 0 ? "there is no endless timeout: timeouts.response holds"
                            : "out of range: timeouts.response holds");
  return std::nullopt;
}

}  // namespace

std::vector<RouteRule> read_http_rules(const Field& list, const std::string& space) {
  std::vector<RouteRule> rules;
  for (const Field& item : list.items()) {
    item.pass_over_all_but({"name", "matches", "filters", "backendRefs", "timeouts"});
    auto paths = read_paths(item["matches"]);
    const auto redirects = read_filters(item["filters"]);
    auto refs = read_backend_refs(item["backendRefs"], space);
    auto timeout = read_timeout(item["timeouts"]);
    RouteRule rule{.name = item["name"].text(),
                   .paths = redirects ? std::move(paths) : std::vector<std::string>(),
                   .refs = std::move(refs),
                   .redirect_to_https = redirects.value_or(false),
                   .timeout = timeout,
                   .place = item.place()};
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace realpeer::importing

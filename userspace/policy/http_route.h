// Which backend takes an HTTP request: a pure function of the listener's rules, the host and the path.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace realpeer::policy {

struct HttpRule {
  std::string host;  // as a key of Route::names; empty: every host
  // "/" or "/api": that path and all below it, by segments. Ends with '/' only if it is "/".
  std::string path;
  std::optional<std::string> backend;                  // its name; nothing: answered with a redirection to https
  std::optional<std::chrono::milliseconds> timeout{};  // of the response; nothing: timeouts.response
};

// An exact host before a wildcard, a longer wildcard before a shorter one, both before every host; then the longer
// path. A request whose path no rule of its host takes falls back in the same order. `host` is without a port, `path`
// without a query, as they came. Null: no rule takes it.
const HttpRule* choose(const std::vector<HttpRule>& rules, std::string_view host, std::string_view path);

}  // namespace realpeer::policy

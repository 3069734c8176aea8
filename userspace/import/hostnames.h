// Host names of listeners and routes: "git.example.com", "*.example.com" for every name below, "" for every one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace realpeer::importing {

// Whether `pattern` takes every name that `name` takes; both as policy::normal_name() has them.
bool covers(std::string_view pattern, std::string_view name);

// The names that both take, as one of the two; nothing where there is none.
std::optional<std::string> common(std::string_view one, std::string_view other);

// The names of a route that a listener lets it have; a route without names has the listener's. Each once.
std::vector<std::string> names_at(const std::string& listener, const std::vector<std::string>& route);

}  // namespace realpeer::importing

// What the admin listener answers to a request, without the wire.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace realpeer::admin {

struct Page {
  unsigned status = 200;
  std::string body{};
  std::string type = "text/plain; charset=utf-8";
};

// By path. Each is made anew for every request, by the thread that runs the listener's context.
using Pages = std::map<std::string, std::function<Page()>, std::less<>>;

inline constexpr std::string_view allowed_methods = "GET, HEAD";

// The page of the target's path, whatever its query; 404 where there is none, 405 for methods that are not allowed.
// HEAD gets the page of GET.
Page answer(const Pages& pages, std::string_view method, std::string_view target);

}  // namespace realpeer::admin

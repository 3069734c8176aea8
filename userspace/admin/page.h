// What the admin listener answers to a request, without the wire.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace realpeer::admin {

struct Page {
  unsigned status = 200;
  std::string body{};
  std::string type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> fields{};  // further ones of the response
};

// What stands behind '?', decoded; of a name that stands there twice the last.
using Query = std::map<std::string, std::string, std::less<>>;

struct PageMaker {
  // Runs on the thread of the listener's context, anew for every request.
  std::function<boost::asio::awaitable<Page>(const Query&)> make;
  bool for_everyone = false;  // without the token, where one is asked for: it tells nothing of anybody
};
// Of a page that is there at once.
PageMaker at_once(std::function<Page()> make);

using Pages = std::map<std::string, PageMaker, std::less<>>;  // by path

inline constexpr std::string_view allowed_methods = "GET, HEAD";

struct Asked {
  const PageMaker* page;
  Query query;
};

// The page that is asked for; else what to answer: 404 where there is none, 405 for methods that are not allowed, 400
// for a target that is none. HEAD gets the page of GET.
std::variant<Asked, Page> find_page(const Pages& pages, std::string_view method, std::string_view target);

}  // namespace realpeer::admin

#include "admin/page.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace realpeer::admin {

namespace {

Page not_found(const Pages& pages) {
  std::string text = "there is no such page; there are";
  for (const auto& [path, page] : pages) text += " " + path;
  return {.status = 404, .body = text + "\n"};
}

}  // namespace

PageMaker at_once(std::function<Page()> make) {
  return {.make = [make = std::move(make)](const Query&) -> boost::asio::awaitable<Page> { co_return make(); }};
}

std::variant<Asked, Page> find_page(const Pages& pages, std::string_view method, std::string_view target) {
  const auto found = pages.find(target.substr(0, target.find('?')));
  if (found == pages.end()) return not_found(pages);
  if (method != "GET" && method != "HEAD") {
    return Page{.status = 405, .body = "pages are read by " + std::string(allowed_methods) + "\n"};
  }
  const auto url = boost::urls::parse_origin_form(target);
  if (!url) return Page{.status = 400, .body = "the part behind '?' is no query\n"};
  Asked asked{.page = &found->second, .query = {}};
  for (const auto& parameter : url->params()) asked.query[parameter.key] = parameter.value;
  return asked;
}

}  // namespace realpeer::admin

#include "admin/page.h"

namespace realpeer::admin {

namespace {

Page not_found(const Pages& pages) {
  std::string text = "there is no such page; there are";
  for (const auto& [path, page] : pages) text += " " + path;
  return {.status = 404, .body = text + "\n"};
}

}  // namespace

Page answer(const Pages& pages, std::string_view method, std::string_view target) {
  const auto found = pages.find(target.substr(0, target.find('?')));
  if (found == pages.end()) return not_found(pages);
  if (method != "GET" && method != "HEAD") {
    return {.status = 405, .body = "pages are read by " + std::string(allowed_methods) + "\n"};
  }
  return found->second();
}

}  // namespace realpeer::admin

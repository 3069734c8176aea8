#include "admin/web_page.h"

namespace realpeer::admin {

Page web_page() {
  return {.body = std::string(web_page_html),
          .type = "text/html; charset=utf-8",
          // Whom a page may be framed by cannot be said within it.
          .fields = {{"Content-Security-Policy", std::string(web_page_policy) + "; frame-ancestors 'none'"},
                     {"X-Content-Type-Options", "nosniff"},
                     {"Referrer-Policy", "no-referrer"}}};
}

}  // namespace realpeer::admin

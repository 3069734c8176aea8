// The page for people, one HTML document that asks for the others; web/ is what it is made of.
#pragma once

#include <string_view>

#include "admin/page.h"

namespace realpeer::admin {

Page web_page();

// Written by web/build.js: the document, and the Content-Security-Policy that knows its script and style by their hash.
extern const std::string_view web_page_html;
extern const std::string_view web_page_policy;

}  // namespace realpeer::admin

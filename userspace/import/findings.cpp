#include "import/findings.h"

#include <algorithm>

namespace realpeer::importing {

void Findings::add(const Place& place, config::Severity severity, std::string text) {
  const auto same = [&](const config::Diagnostic& known) {
    return known.place.file == place.file && known.place.line == place.line && known.text == text;
  };
  if (std::ranges::any_of(all_, same)) return;
  all_.push_back({place, severity, std::move(text)});
}

}  // namespace realpeer::importing

#include "commands/diagnostics.h"

#include <boost/json/object.hpp>

namespace realpeer::commands {

boost::json::array to_json(const std::vector<config::Diagnostic>& diagnostics) {
  boost::json::array all;
  for (const config::Diagnostic& diagnostic : diagnostics) {
    all.push_back(
        boost::json::object{{"file", diagnostic.place.file},
                            {"line", diagnostic.place.line},
                            {"severity", diagnostic.severity == config::Severity::error ? "error" : "warning"},
                            {"text", diagnostic.text}});
  }
  return all;
}

std::string counted(std::size_t count, const std::string& singular) {
  return std::to_string(count) + " " + singular + (count == 1 ? "" : "s");
}

}  // namespace realpeer::commands

#include "admin/exposition.h"

#include <spdlog/fmt/fmt.h>

namespace realpeer::admin {

namespace {

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

void Exposition::begin(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void Exposition::sample(const Labels& labels, double value) {
  std::string list;
  for (const auto& [label, of] : labels) {
    list += fmt::format("{}{}=\"{}\"", list.empty() ? "" : ",", label, escaped(of));
  }
  text_ += name_ + (list.empty() ? "" : "{" + list + "}") + fmt::format(" {}\n", value);
}

}  // namespace realpeer::admin

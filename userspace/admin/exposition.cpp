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

void Exposition::bucket(double bound, std::uint64_t so_far) {
  text_ += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", name_, bound, so_far);
}

void Exposition::sum_and_count(double sum, std::uint64_t count) {
  text_ += fmt::format("{0}_bucket{{le=\"+Inf\"}} {2}\n{0}_sum {1}\n{0}_count {2}\n", name_, sum, count);
}

}  // namespace realpeer::admin

#include "import/backend_book.h"

#include <algorithm>

#include "config/schema.h"

namespace realpeer::importing {

namespace {

constexpr std::size_t longest = 63;

bool is_of_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string plain_name(const std::string& text) {
  std::string name = text.substr(0, longest);
  std::ranges::replace_if(
      name, [](char c) { return !is_of_a_name(c); }, '-');
  if (name.empty() || name == "." || name == "..") name = "unnamed";
  return name;
}

std::string free_name(const std::vector<std::string>& proposals, const std::vector<std::string>& taken) {
  const auto is_free = [&taken](const std::string& name) {
    return name != config::words::reject && std::ranges::find(taken, name) == taken.end();
  };
  for (const std::string& proposal : proposals) {
    if (is_free(plain_name(proposal))) return plain_name(proposal);
  }
  const std::string last = plain_name(proposals.back());
  for (int number = 2;; ++number) {
    const std::string suffix = "-" + std::to_string(number);
    if (auto name = last.substr(0, longest - suffix.size()) + suffix; is_free(name)) return name;
  }
}

std::string BackendBook::enter(DraftBackend backend, const std::vector<std::string>& proposals,
                               const std::string& comment) {
  auto entry = std::ranges::find(backends_, backend, &NamedBackend::backend);
  if (entry == backends_.end()) {
    std::vector<std::string> taken;
    for (const NamedBackend& known : backends_) taken.push_back(known.name);
    backends_.push_back({free_name(proposals, taken), {}, std::move(backend)});
    entry = std::prev(backends_.end());
  }
  if (std::ranges::find(entry->comments, comment) == entry->comments.end()) entry->comments.push_back(comment);
  return entry->name;
}

}  // namespace realpeer::importing

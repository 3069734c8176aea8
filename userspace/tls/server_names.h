// Which of several certificates a server name asks for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace realpeer::tls {

// As names are compared: in lower case (ASCII), without a trailing dot.
std::string normal_name(std::string_view name);

class ServerNames {
 public:
  // "git.example.com", or "*.example.com". Where two certificates have one name, the first added has it.
  void add(std::string_view name, std::size_t certificate);

  // RFC 6125, section 6.4: an exact name before a wildcard, which stands for one whole label.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

 private:
  std::map<std::string, std::size_t, std::less<>> certificates_;
};

}  // namespace realpeer::tls

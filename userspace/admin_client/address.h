// Where an admin listener is, as people write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "admin_client/result.h"

namespace realpeer::admin_client {

class Address {
 public:
  struct Tcp {
    std::string host;  // an address without brackets, or a name
    std::uint16_t port;
  };
  struct Socket {
    std::string path;
  };

  // "127.0.0.1:9901", "[::1]:9901", "edge.internal:9901", the same behind "http://", and
  // "unix:/run/realpeer/admin.sock".
  static Result<Address> parse(std::string_view text);

  // "127.0.0.1:9901", "[::1]:9901", "unix:/run/realpeer/admin.sock".
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] const std::variant<Tcp, Socket>& where() const { return where_; }

 private:
  explicit Address(std::variant<Tcp, Socket> where) : where_(std::move(where)) {}

  std::variant<Tcp, Socket> where_;
};

}  // namespace realpeer::admin_client

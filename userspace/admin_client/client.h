// Asks an admin listener, here or elsewhere.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "admin_client/address.h"
#include "admin_client/result.h"

namespace realpeer::admin_client {

namespace limits {

inline constexpr std::chrono::seconds patience{5};  // for an answer, from the look-up of the name to its last byte
inline constexpr std::size_t body = 16U << 20;      // bytes; 1,000 connections are about 700 KiB
inline constexpr std::size_t message = 300;         // bytes shown of what a listener says of an error

}  // namespace limits

// One thread at a time. Keeps its connection for the next question.
class Client {
 public:
  // An empty token: none is sent.
  explicit Client(Address address, std::string token = {}, std::chrono::milliseconds patience = limits::patience);
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  // The document at "/listeners" or "/connections?limit=5"; waits for it. Every document has a text `node`.
  Result<boost::json::object> get(const std::string& target);

  [[nodiscard]] const Address& address() const { return address_; }

 private:
  class Connection;

  Address address_;
  std::string token_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<Connection> connection_;  // null: none is open
};

}  // namespace realpeer::admin_client

// Requests to the kernel by netlink, one answer each.
#pragma once

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "kernel/fd.h"

namespace realpeer::kernel::netlink {

using Bytes = std::vector<std::byte>;

// Message of a family's `type` with its fixed header; attributes are appended.
class Request {
 public:
  template <typename Header>
  Request(std::uint16_t type, const Header& header) {
    append(nlmsghdr{.nlmsg_len = 0, .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = 1, .nlmsg_pid = 0});
    append(header);
  }

  Request& attribute(std::uint16_t type, std::span<const std::byte> payload) {
    append(nlattr{.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + payload.size()), .nla_type = type});
    bytes_.insert(bytes_.end(), payload.begin(), payload.end());
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
    return *this;
  }
  template <typename Value>
  Request& attribute(std::uint16_t type, const Value& value) {
    return attribute(type, std::as_bytes(std::span(&value, 1)));
  }

  // With the length filled in.
  [[nodiscard]] Bytes bytes() const {
    Bytes message = bytes_;
    const auto length = static_cast<std::uint32_t>(message.size());
    std::memcpy(message.data(), &length, sizeof(length));
    return message;
  }

 private:
  template <typename Value>
  void append(const Value& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  }

  Bytes bytes_;
};

// A socket that waits a second for an answer at most; invalid where there is none to be had.
UniqueFd open(int protocol);

// What follows the netlink header in the answer, the family's fixed header first; nothing when the kernel refuses, or
// says nothing.
std::optional<Bytes> ask(const UniqueFd& socket, const Request& request);

// The first attribute of this type.
std::optional<std::span<const std::byte>> find_attribute(std::span<const std::byte> attributes, std::uint16_t type);

template <typename Value>
std::optional<Value> find_value(std::span<const std::byte> attributes, std::uint16_t type) {
  const auto payload = find_attribute(attributes, type);
  if (!payload || payload->size() < sizeof(Value)) return std::nullopt;
  Value value{};
  std::memcpy(&value, payload->data(), sizeof(value));
  return value;
}

}  // namespace realpeer::kernel::netlink

// Networks as a set: lists of thousands, asked once for each connection.
#pragma once

#include <vector>

#include "net/address.h"

namespace realpeer::net {

// Immutable; the cost of a look-up grows with the logarithm of the list.
class CidrSet {
 public:
  CidrSet() = default;
  explicit CidrSet(const std::vector<Cidr>& cidrs);

  // As Cidr::contains() of any of them.
  [[nodiscard]] bool contains(const Address& address) const;

 private:
  using Bytes = boost::asio::ip::address_v6::bytes_type;  // IPv4 as v4-mapped
  struct Range {
    Bytes first;
    Bytes last;
  };
  using Ranges = std::vector<Range>;  // disjoint, in order

  static Ranges ranges(const std::vector<Cidr>& cidrs, bool v4);

  Ranges v4_;
  Ranges v6_;  // apart, since ::/0 holds no IPv4 address
};

}  // namespace realpeer::net

#include "net/cidr_set.h"

#include <algorithm>

namespace realpeer::net {

namespace {

constexpr unsigned mapped_bits = 96;  // of ::ffff:0:0/96

}  // namespace

CidrSet::CidrSet(const std::vector<Cidr>& cidrs) : v4_(ranges(cidrs, true)), v6_(ranges(cidrs, false)) {}

CidrSet::Ranges CidrSet::ranges(const std::vector<Cidr>& cidrs, bool v4) {
  Ranges found;
  for (const Cidr& cidr : cidrs) {
    if (cidr.network().is_v4() != v4) continue;
    const Bytes first = mapped_v6(cidr.network()).to_bytes();
    Bytes last = first;
    for (unsigned bit = cidr.bits() + (v4 ? mapped_bits : 0); bit < 8 * last.size(); ++bit) {
      last.at(bit / 8) |= static_cast<unsigned char>(0x80U >> (bit % 8));
    }
    found.push_back({first, last});
  }
  // Of two networks one holds the other or they do not meet: a range that begins within the former one ends there.
  std::ranges::sort(
      found, [](const Range& a, const Range& b) { return a.first != b.first ? a.first < b.first : a.last > b.last; });
  Ranges kept;
  for (const Range& range : found) {
    if (kept.empty() || kept.back().last < range.first) kept.push_back(range);
  }
  return kept;
}

bool CidrSet::contains(const Address& address) const {
  const Address plain = unmapped(address);
  const Bytes bytes = mapped_v6(plain).to_bytes();
  const Ranges& ranges = plain.is_v4() ? v4_ : v6_;
  const auto after = std::ranges::upper_bound(ranges, bytes, {}, &Range::first);
  return after != ranges.begin() && bytes <= std::prev(after)->last;
}

}  // namespace realpeer::net

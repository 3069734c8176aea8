// The bytes of a captured packet, read from the front by one who never leaves them.
#pragma once

#include <algorithm>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace realpeer::capture {

// Why a packet is not looked at any further.
enum class Unread : std::uint8_t {
  not_ip,            // another protocol above the link
  not_tcp,           // another protocol above IP
  fragment,          // a part of an IP packet: TCP avoids them, and they are not put together here
  cut,               // the capture kept less than its headers (tcpdump -s)
  malformed,         // lengths that contradict each other
  too_many_headers,  // more VLAN tags or IPv6 extension headers than anyone sends
};
inline constexpr std::size_t unread_kinds = 6;

// "not TCP"; for the summary of what was passed over.
constexpr std::string_view in_words(Unread why) {
  switch (why) {
    case Unread::not_ip: return "not IP";
    case Unread::not_tcp: return "not TCP";
    case Unread::fragment: return "fragments of IP packets";
    case Unread::cut: return "cut by the capture within their headers";
    case Unread::malformed: return "malformed";
    case Unread::too_many_headers: return "with too many headers";
  }
  return "";
}

// What was on the wire, of which the capture may have kept a beginning only.
class Octets {
 public:
  // A capture that claims to have kept more than there was is taken at its bytes.
  Octets(std::string_view captured, std::size_t length)
      : captured_(captured), length_(std::max(length, captured.size())) {}

  // The next `count` bytes, which are then passed. The error says who is short of them: the packet or the capture.
  boost::system::result<std::string_view, Unread> take(std::size_t count) {
    if (count > length_) return Unread::malformed;
    if (count > captured_.size()) return Unread::cut;
    const std::string_view taken = captured_.substr(0, count);
    captured_.remove_prefix(count);
    length_ -= count;
    return taken;
  }

  // Passes bytes that nobody reads, whether they were captured or not. False when the packet is shorter.
  bool pass(std::size_t count) {
    if (count > length_) return false;
    captured_.remove_prefix(std::min(count, captured_.size()));
    length_ -= count;
    return true;
  }

  // A header says that so many are left: what follows is padding, and what is missing was cut off before it came here.
  void end_after(std::size_t length) {
    captured_ = captured_.substr(0, length);
    length_ = length;
  }

  [[nodiscard]] std::string_view captured() const { return captured_; }
  [[nodiscard]] std::size_t cut() const { return length_ - captured_.size(); }

 private:
  std::string_view captured_;
  std::size_t length_;
};

}  // namespace realpeer::capture

#include "capture/file.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace realpeer::capture {
namespace {

std::optional<LinkType> link_type(int number) {
  switch (number) {
    case DLT_EN10MB: return LinkType::ethernet;
    case DLT_LINUX_SLL: return LinkType::linux_cooked;
    case DLT_LINUX_SLL2: return LinkType::linux_cooked2;
    case DLT_NULL:
    case DLT_LOOP: return LinkType::loopback;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: return LinkType::ip;
    default: return std::nullopt;
  }
}

std::string shown(int link_type) {
  const char* name = ::pcap_datalink_val_to_name(link_type);
  return name != nullptr ? name : std::to_string(link_type);
}

// What a broken file says of the time may be more than a clock holds.
std::chrono::system_clock::time_point time_of(const timeval& time) {
  constexpr std::int64_t latest = 9'000'000'000;  // seconds: the year 2255
  return std::chrono::system_clock::time_point(std::chrono::seconds(std::clamp<std::int64_t>(time.tv_sec, 0, latest)) +
                                               std::chrono::microseconds(time.tv_usec % 1'000'000));
}

}  // namespace

void File::Close::operator()(pcap* handle) const { ::pcap_close(handle); }

boost::system::result<File, std::string> File::open(const std::string& name) {
  const bool from_stdin = name == "-";
  const std::string shown_name = from_stdin ? "stdin" : name;
  std::FILE* file = from_stdin ? stdin : std::fopen(name.c_str(), "rb");
  if (file == nullptr) return name + ": cannot be opened: " + std::generic_category().message(errno);
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  std::unique_ptr<pcap, Close> handle(::pcap_fopen_offline(file, why.data()));  // owns the file, once it is there
  if (!handle) {
    if (!from_stdin) std::fclose(file);
    return shown_name + ": no capture that can be read: " + why.data();
  }
  const int number = ::pcap_datalink(handle.get());
  const auto link = link_type(number);
  if (!link) {
    return shown_name + ": a capture of link type " + shown(number) +
           ", which is not read here; capture at an Ethernet, tun or loopback interface, or with `-i any`";
  }
  return File(shown_name, std::move(handle), *link);
}

boost::system::result<std::optional<Packet>, std::string> File::next() {
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  switch (::pcap_next_ex(handle_.get(), &header, &bytes)) {
    case 1:
      return Packet{.time = time_of(header->ts),
                    .captured = std::as_bytes(std::span(bytes, header->caplen)),
                    .length = header->len};
    case PCAP_ERROR_BREAK: return std::optional<Packet>();
    default: return name_ + ": breaks off: " + ::pcap_geterr(handle_.get());
  }
}

}  // namespace realpeer::capture

// Capture files, read by libpcap: classic pcap and pcapng, from a file or from a pipe while it is being written.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "capture/link.h"

struct pcap;

namespace realpeer::capture {

struct Packet {
  std::chrono::system_clock::time_point time;
  std::span<const std::byte> captured;
  std::size_t length = 0;  // on the wire
};

class File {
 public:
  // `name` may be "-" for stdin. The error names the file, and says why it is not read.
  static boost::system::result<File, std::string> open(const std::string& name);

  [[nodiscard]] LinkType link() const { return link_; }

  // Waits for the next packet, whose bytes are valid until the one after it; nothing at the end.
  boost::system::result<std::optional<Packet>, std::string> next();

 private:
  struct Close {
    void operator()(pcap* handle) const;
  };

  File(std::string name, std::unique_ptr<pcap, Close> handle, LinkType link)
      : name_(std::move(name)), handle_(std::move(handle)), link_(link) {}

  std::string name_;
  std::unique_ptr<pcap, Close> handle_;
  LinkType link_;
};

}  // namespace realpeer::capture

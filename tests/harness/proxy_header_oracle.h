// A second reading of HAProxy's doc/proxy-protocol.txt, to judge the first by. It shares no code with userspace/ and
// goes about it differently: a whole line against a regular expression, a binary header by a cursor that throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace realpeer::harness {

struct HeaderReading {
  enum class Verdict : std::uint8_t { accept, need_more, reject };

  Verdict verdict = Verdict::reject;
  // The rest is meaningful for accept only. Numbers are those of the wire; version 1 reads as command 1 (PROXY).
  std::size_t length = 0;
  int version = 0;
  int command = 0;
  int family = 0;
  int transport = 0;
  // 4 or 16 bytes in network order, or a path; empty when the header names nobody.
  std::string source;
  std::string destination;
  int source_port = 0;
  int destination_port = 0;
  std::vector<std::pair<int, std::string>> tlvs;
};

HeaderReading read_proxy_header(std::string_view bytes, std::size_t max_header = 4096);

// CRC-32C bit by bit (RFC 3720 appendix B.4 has vectors).
std::uint32_t crc32c_by_bits(std::string_view bytes);

}  // namespace realpeer::harness

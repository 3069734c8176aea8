#include "harness/proxy_header_oracle.h"

#include <algorithm>
#include <cstring>
#include <regex>

namespace realpeer::harness {

namespace {

struct Short {};
struct Wrong {};

void insist(bool holds) {
  if (!holds) throw Wrong{};
}

// --- Version 1, section 2.1 ---

const std::string octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const std::string dotted = "(?:" + octet + R"(\.){3})" + octet;
const std::string port = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|0)";

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string ipv4(const std::string& text) {
  std::string raw;
  for (const std::string& part : split(text, '.')) raw += static_cast<char>(std::stoi(part));
  return raw;
}

// Colon-separated groups (RFC 4291 section 2.2), the very last of which may be a dotted quad.
std::string ipv6_groups(const std::string& text, bool ends_address) {
  static const std::regex group("[0-9A-Fa-f]{1,4}");
  static const std::regex quad(dotted);
  if (text.empty()) return "";
  std::string raw;
  const std::vector<std::string> parts = split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (ends_address && i + 1 == parts.size() && std::regex_match(parts[i], quad)) {
      raw += ipv4(parts[i]);
      continue;
    }
    insist(std::regex_match(parts[i], group));
    const int value = std::stoi(parts[i], nullptr, 16);
    raw += static_cast<char>(value >> 8);
    raw += static_cast<char>(value & 255);
  }
  return raw;
}

std::string ipv6(const std::string& text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string::npos) {
    std::string raw = ipv6_groups(text, true);
    insist(raw.size() == 16);
    return raw;
  }
  const std::string head = ipv6_groups(text.substr(0, gap), false);
  const std::string tail = ipv6_groups(text.substr(gap + 2), true);
  insist(head.size() + tail.size() <= 14);
  return head + std::string(16 - head.size() - tail.size(), '\0') + tail;
}

// Without a CRLF nothing may be decoded; what can be said is whether the line has begun well.
bool begins_well(const std::string& text) {
  static const std::regex begun("PROXY (?:TCP[46] [^\r\n]*|UNKNOWN(?: [^\r\n]*)?)\r?");
  for (const std::string word : {"PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN"}) {
    if (text.size() <= word.size() && word.compare(0, text.size(), text) == 0) return true;
  }
  return std::regex_match(text, begun);
}

HeaderReading read_line(const std::string& line) {
  static const std::regex unknown("PROXY UNKNOWN(?: [^\r\n]*)?\r\n");
  static const std::regex tcp4("PROXY TCP4 (" + dotted + ") (" + dotted + ") " + port + " " + port + "\r\n");
  static const std::regex tcp6("PROXY TCP6 ([0-9A-Fa-f:.]+) ([0-9A-Fa-f:.]+) " + port + " " + port + "\r\n");

  HeaderReading reading;
  reading.verdict = HeaderReading::Verdict::accept;
  reading.length = line.size();
  reading.version = 1;
  reading.command = 1;
  if (std::regex_match(line, unknown)) return reading;

  std::smatch found;
  const bool four = std::regex_match(line, found, tcp4);
  insist(four || std::regex_match(line, found, tcp6));
  reading.family = four ? 1 : 2;
  reading.transport = 1;
  reading.source = four ? ipv4(found[1]) : ipv6(found[1]);
  reading.destination = four ? ipv4(found[2]) : ipv6(found[2]);
  reading.source_port = std::stoi(found[3]);
  reading.destination_port = std::stoi(found[4]);
  return reading;
}

HeaderReading read_v1(std::string_view bytes, std::size_t max_header) {
  const std::size_t room = std::min<std::size_t>(107, max_header);
  const std::string text(bytes.substr(0, room));
  const std::size_t end = text.find("\r\n");
  if (end != std::string::npos) return read_line(text.substr(0, end + 2));
  insist(text.size() < room);
  insist(begins_well(text));
  throw Short{};
}

// --- Version 2, section 2.2 ---

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : left_(bytes) {}

  std::string_view take(std::size_t count) {
    if (left_.size() < count) throw Short{};
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  int number(std::size_t width) {
    int value = 0;
    for (const char c : take(width)) value = value * 256 + static_cast<unsigned char>(c);
    return value;
  }
  [[nodiscard]] std::string_view rest() const { return left_; }

 private:
  std::string_view left_;
};

std::vector<std::pair<int, std::string>> records(std::string_view bytes) {
  std::vector<std::pair<int, std::string>> found;
  Cursor cursor(bytes);
  while (!cursor.rest().empty()) {
    const int type = cursor.number(1);
    const auto length = static_cast<std::size_t>(cursor.number(2));
    found.emplace_back(type, cursor.take(length));
  }
  return found;
}

// 2.2.3: aside with the received value, zeroes in its place, and compare.
void verify_checksum(std::string header, std::size_t value_at) {
  Cursor received(std::string_view(header).substr(value_at, 4));
  const std::uint32_t high = static_cast<std::uint32_t>(received.number(2)) * 65536U;
  const std::uint32_t aside = high + static_cast<std::uint32_t>(received.number(2));
  header.replace(value_at, 4, 4, '\0');
  insist(crc32c_by_bits(header) == aside);
}

void check_records(std::string_view header, std::string_view tlv_bytes, const HeaderReading& reading) {
  std::size_t at = header.size() - tlv_bytes.size();
  std::size_t checksums = 0;
  std::size_t checksum_at = 0;
  for (const auto& [type, value] : reading.tlvs) {
    if (type == 0x03) {
      insist(value.size() == 4);
      checksum_at = at + 3;
      ++checksums;
    }
    if (type == 0x05) insist(value.size() <= 128);
    if (type == 0x20) {
      Cursor ssl(value);
      ssl.take(1 + 4);
      records(ssl.rest());
    }
    at += 3 + value.size();
  }
  insist(checksums <= 1);
  if (checksums == 1) verify_checksum(std::string(header), checksum_at);
}

void read_body(std::string_view header, HeaderReading& reading) {
  Cursor cursor(header);
  cursor.take(16);
  if (reading.family == 3) {
    reading.source = cursor.take(108);
    reading.destination = cursor.take(108);
    for (std::string* path : {&reading.source, &reading.destination}) path->resize(std::strlen(path->c_str()));
  } else {
    const std::size_t width = reading.family == 1 ? 4 : 16;
    reading.source = cursor.take(width);
    reading.destination = cursor.take(width);
    reading.source_port = cursor.number(2);
    reading.destination_port = cursor.number(2);
  }
  reading.tlvs = records(cursor.rest());
  check_records(header, cursor.rest(), reading);
}

HeaderReading read_v2(std::string_view bytes, std::size_t max_header) {
  HeaderReading reading;
  Cursor cursor(bytes);
  cursor.take(12);
  const int version_command = cursor.number(1);
  insist(version_command == 0x20 || version_command == 0x21);
  const int protocol = cursor.number(1);
  insist(protocol / 16 <= 3 && protocol % 16 <= 2);
  const auto following = static_cast<std::size_t>(cursor.number(2));
  reading.version = 2;
  reading.command = version_command % 16;
  reading.family = protocol / 16;
  reading.transport = protocol % 16;
  reading.length = 16 + following;
  insist(reading.length <= max_header);
  if (reading.command == 1) {
    const std::vector<std::size_t> least{0, 12, 36, 216};
    insist(following >= least[static_cast<std::size_t>(reading.family)]);
  }
  cursor.take(following);
  reading.verdict = HeaderReading::Verdict::accept;
  if (reading.command == 0 || reading.family == 0 || reading.transport == 0) return reading;
  try {
    read_body(bytes.substr(0, reading.length), reading);
  } catch (const Short&) {
    throw Wrong{};  // inside a whole header there is nothing more to come
  }
  return reading;
}

bool prefix_of_either(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  return a.substr(0, common) == b.substr(0, common);
}

}  // namespace

HeaderReading read_proxy_header(std::string_view bytes, std::size_t max_header) {
  // The specification gives both in hexadecimal; so they are compared.
  const std::string binary{0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
  const std::string text{0x50, 0x52, 0x4F, 0x58, 0x59};
  HeaderReading reading;
  try {
    if (bytes.empty()) throw Short{};
    if (prefix_of_either(bytes, text)) return read_v1(bytes, max_header);
    if (prefix_of_either(bytes, binary)) return read_v2(bytes, max_header);
    reading.verdict = HeaderReading::Verdict::reject;
  } catch (const Short&) {
    reading.verdict = HeaderReading::Verdict::need_more;
  } catch (const Wrong&) {
    reading.verdict = HeaderReading::Verdict::reject;
  }
  return reading;
}

std::uint32_t crc32c_by_bits(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0x82F63B78U : crc >> 1U;
  }
  return ~crc;
}

}  // namespace realpeer::harness

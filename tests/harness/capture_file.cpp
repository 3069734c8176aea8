#include "harness/capture_file.h"

namespace realpeer::testing {
namespace {

constexpr std::uint32_t kSnapLength = 262'144;

std::string u32(std::uint64_t value) {
  std::string bytes;
  for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xFFU);
  return bytes;
}

std::uint64_t length_of(const CapturedPacket& packet) {
  return packet.length != 0 ? packet.length : packet.bytes.size();
}

std::string bytes_of(const CapturedPacket& packet) { return {packet.bytes.begin(), packet.bytes.end()}; }

// Type and length, and the length again behind a body that ends at a multiple of four.
std::string block(std::uint32_t type, std::string body) {
  body.resize((body.size() + 3) / 4 * 4);
  const std::string length = u32(body.size() + 12);
  return u32(type) + length + body + length;
}

}  // namespace

std::string pcap_file(std::uint32_t link_type, const std::vector<CapturedPacket>& packets) {
  const std::string version_2_4 = u32(2 | 4U << 16U);
  std::string file = u32(0xA1B2C3D4) + version_2_4 + u32(0) + u32(0) + u32(kSnapLength) + u32(link_type);
  for (const auto& packet : packets) {
    file += u32(packet.microseconds / 1'000'000) + u32(packet.microseconds % 1'000'000) + u32(packet.bytes.size()) +
            u32(length_of(packet)) + bytes_of(packet);
  }
  return file;
}

std::string pcapng_file(std::uint32_t link_type, const std::vector<CapturedPacket>& packets) {
  const std::string version_1_0 = u32(1);
  const std::string unknown_length = u32(0xFFFFFFFF) + u32(0xFFFFFFFF);
  std::string file = block(0x0A0D0D0A, u32(0x1A2B3C4D) + version_1_0 + unknown_length);
  file += block(1, u32(link_type) + u32(kSnapLength));
  for (const auto& packet : packets) {
    file += block(6, u32(0) + u32(packet.microseconds >> 32U) + u32(packet.microseconds) + u32(packet.bytes.size()) +
                         u32(length_of(packet)) + bytes_of(packet));
  }
  return file;
}

}  // namespace realpeer::testing

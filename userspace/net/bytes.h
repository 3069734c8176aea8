// Bytes as text, and as big-endian numbers. Callers of the readers have checked the length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace realpeer {

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::uint8_t u8_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

inline std::uint16_t u16_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(u8_at(bytes, at) << 8U | u8_at(bytes, at + 1));
}

inline std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(u16_at(bytes, at)) << 16U | u16_at(bytes, at + 2);
}

// "0x1f", for messages.
inline std::string hex_text(std::uint8_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'0', 'x', digits[value >> 4U], digits[value & 0xFU]};
}

inline void append_u8(std::string& out, unsigned value) { out.push_back(static_cast<char>(value & 0xFFU)); }

inline void append_u16(std::string& out, std::size_t value) {
  append_u8(out, static_cast<unsigned>(value >> 8U));
  append_u8(out, static_cast<unsigned>(value));
}

inline void append_u32(std::string& out, std::uint32_t value) {
  append_u16(out, value >> 16U);
  append_u16(out, value & 0xFFFFU);
}

}  // namespace realpeer

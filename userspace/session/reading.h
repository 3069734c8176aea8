// Reading a client's first bytes, as the stages before the data path do.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "net/deadline.h"

namespace realpeer::session {

inline constexpr std::size_t read_size = std::size_t{16} * 1024;

enum class Read : std::uint8_t { some, nothing, end, reset, timeout };

// Waits for more bytes and appends them, read_size at most. A connection that is silent costs no buffer meanwhile.
boost::asio::awaitable<Read> read_more(boost::asio::ip::tcp::socket& socket, std::string& bytes,
                                       const net::Deadline<boost::asio::ip::tcp::socket>& deadline);

// Appends what the socket holds already, without waiting. `reset` is reported by the kernel only once.
Read read_available(boost::asio::ip::tcp::socket& socket, std::string& bytes);

inline std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace realpeer::session

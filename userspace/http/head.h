// The head of a request: its line and its fields, before anything is made of them. Pure.
//
// Receivers that read a request in different ways can be made to see different requests (RFC 9112, section 11.2). So
// what a lenient receiver repairs is refused here, and what passes is read alike by all.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

#include "http/fault.h"

namespace realpeer::http {

// Bytes, the empty line included.
inline constexpr std::size_t longest_head = std::size_t{64} * 1024;

// Where the head at the begin of `bytes` ends, behind its empty line; nothing: not yet. What can be no head is told at
// once. `seen`: so many of the bytes were looked at before and ended nothing.
boost::system::result<std::optional<std::size_t>, Fault> find_end_of_head(std::string_view bytes, std::size_t seen);

// What is wrong with a whole head: request line and fields as RFC 9112 has them, without folded lines, a blank before a
// colon, control characters; framed in one way only; a Host where one is needed, and only one.
std::optional<Fault> fault_in_head(std::string_view head);

}  // namespace realpeer::http

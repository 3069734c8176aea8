// How the end of a body is told (RFC 9112, section 6), and its bytes as they are sent. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/fields.h"

namespace realpeer::http {

enum class Framing : std::uint8_t { none, length, chunked, until_close };

// Appends a part of a body. Of an empty one nothing: an empty chunk would be the last.
void append_body(std::string& out, Framing framing, std::string_view part);

// Appends what ends a body; the trailer's fields go with chunks only.
void append_end(std::string& out, Framing framing, const Fields& trailer);

}  // namespace realpeer::http

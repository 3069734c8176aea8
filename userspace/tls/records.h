// The record layer under a ClientHello (RFC 8446 section 5.1): which bytes on the wire are the message.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "tls/client_hello.h"

namespace realpeer::tls {

struct Message {
  std::string bytes;       // the whole handshake message, its header included
  std::size_t length = 0;  // on the wire, to the end of its last record
};

using MessageReading = std::variant<Message, NeedMore, NotTls, Malformed>;

// Copies nothing until the message is whole.
MessageReading read_message(std::string_view bytes);

// Set when the first bytes cannot begin a TLS handshake record.
std::optional<NotTls> recognise_other(std::string_view bytes);

}  // namespace realpeer::tls

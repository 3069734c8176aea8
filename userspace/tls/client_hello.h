// Bytes in; what a TLS ClientHello asks for, "need more", or an error out. Nothing is decrypted and nothing is
// answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace realpeer::tls {

struct ClientHello {
  std::string server_name;        // as sent; empty: no host name was sent
  std::vector<std::string> alpn;  // protocol names in the client's order, any bytes
  std::size_t length = 0;         // bytes on the wire up to the end of the hello's last record, there yet or not
};

// The bytes so far are a prefix of a possible hello.
struct NeedMore {
  std::size_t at_least = 1;  // further bytes without which no hello is whole; a broken record may be refused sooner
};

// The first bytes are no TLS handshake record. `detail` says what stands there, as far as the bytes at hand tell.
struct NotTls {
  std::string detail;
};

enum class HelloProblem : std::uint8_t {
  too_large,             // the message is longer than max_hello
  too_fragmented,        // records make it longer than max_wire
  empty_record,          // RFC 8446 section 5.1
  oversized_record,      // RFC 8446 section 5.1
  record_type_changed,   // another record before the hello was whole
  bad_version,           // not 3.x, in a record after the first or in the hello
  not_a_client_hello,    // another handshake message
  bad_length,            // of any field: runs over what holds it, leaves bytes, or is not allowed
  duplicate_extension,   // server_name or ALPN twice
  bad_server_name,       // RFC 6066 section 3
  several_server_names,  // RFC 6066 section 3
  bad_alpn,              // RFC 7301 section 3.1
};

// A contract, as policy::RejectReason is one.
constexpr std::string_view to_string(HelloProblem problem) {
  switch (problem) {
    case HelloProblem::too_large: return "too_large";
    case HelloProblem::too_fragmented: return "too_fragmented";
    case HelloProblem::empty_record: return "empty_record";
    case HelloProblem::oversized_record: return "oversized_record";
    case HelloProblem::record_type_changed: return "record_type_changed";
    case HelloProblem::bad_version: return "bad_version";
    case HelloProblem::not_a_client_hello: return "not_a_client_hello";
    case HelloProblem::bad_length: return "bad_length";
    case HelloProblem::duplicate_extension: return "duplicate_extension";
    case HelloProblem::bad_server_name: return "bad_server_name";
    case HelloProblem::several_server_names: return "several_server_names";
    case HelloProblem::bad_alpn: return "bad_alpn";
  }
  return "";
}

// `detail` says what and where, in words, for a log line, and holds nothing of the input but numbers. "wire byte N"
// counts from the first byte of the connection, "byte N" within the handshake message, whose header is bytes 0 to 3.
struct Malformed {
  HelloProblem problem = HelloProblem::bad_length;
  std::string detail;
};

using HelloReading = std::variant<ClientHello, NeedMore, NotTls, Malformed>;

inline constexpr std::size_t max_hello = 16384;  // bytes of the handshake message, its header included
inline constexpr std::size_t max_wire = 32768;   // bytes up to the message's end, record headers included

// Total: any bytes give one of the four; a longer input never turns anything but NeedMore into something else (though
// it may tell more of what is NotTls). What follows the hello is ignored. Calls that wait for at_least in between are
// few: about sixty when every record holds one byte.
HelloReading read_client_hello(std::span<const std::byte> bytes);

}  // namespace realpeer::tls

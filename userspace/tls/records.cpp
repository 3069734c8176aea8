#include "tls/records.h"

#include <algorithm>

#include "net/bytes.h"
#include "tls/wire.h"

namespace realpeer::tls {

namespace {

// Up to where the records have been followed.
struct Walk {
  std::size_t at = 0;     // on the wire: where the next record begins
  std::size_t taken = 0;  // bytes of the message before it
  std::string head;       // the message's header, or what is there of it
};

using RecordLength = std::variant<std::size_t, NeedMore, Malformed>;

std::string at_wire(std::size_t at) { return "wire byte " + std::to_string(at) + ": "; }

std::uint32_t announced_length(std::string_view head) {
  return static_cast<std::uint32_t>(u8_at(head, 1)) << 16U | u16_at(head, 2);
}

// As much of the message as is known to come: its type, its header, the whole.
std::size_t known_length(std::string_view head) {
  if (head.empty()) return 1;
  if (head.size() < wire::message_header_length) return wire::message_header_length;
  return wire::message_header_length + announced_length(head);
}

// Each field as soon as its byte is there. The first record's type and version were seen to be right before.
RecordLength read_record_header(std::string_view bytes, const Walk& walk) {
  const std::string_view header = bytes.substr(walk.at, wire::record_header_length);
  if (!header.empty() && u8_at(header, 0) != wire::type_handshake) {
    return Malformed{HelloProblem::record_type_changed,
                     at_wire(walk.at) + "a record of type " + std::to_string(u8_at(header, 0)) + " after " +
                         std::to_string(walk.taken) + " bytes of the hello, which is not whole"};
  }
  if (header.size() > wire::record_version_at && u8_at(header, wire::record_version_at) != wire::major_version) {
    return Malformed{HelloProblem::bad_version, at_wire(walk.at + wire::record_version_at) + "a record of version " +
                                                    std::to_string(u8_at(header, wire::record_version_at)) +
                                                    ".x, not 3.x"};
  }
  if (header.size() < wire::record_header_length) {
    // Of the first record each byte may still show that this is no TLS; later ones will most likely be as they must.
    if (walk.taken == 0) return NeedMore{header.size() < 2 ? 1 : wire::record_header_length - header.size()};
    return NeedMore{wire::record_header_length - header.size() + known_length(walk.head) - walk.taken};
  }
  const std::size_t length = u16_at(header, wire::record_length_at);
  const std::size_t length_at = walk.at + wire::record_length_at;
  if (length == 0) {
    return Malformed{HelloProblem::empty_record, at_wire(length_at) + "a handshake record without content"};
  }
  if (length > wire::max_record) {
    return Malformed{HelloProblem::oversized_record,
                     at_wire(length_at) + "a record of " + std::to_string(length) + " bytes, more than 16384"};
  }
  return length;
}

// The message's header, as much of it as is there.
std::optional<Malformed> check_head(std::string_view head) {
  if (head.empty()) return std::nullopt;
  if (u8_at(head, 0) != wire::message_client_hello) {
    return Malformed{HelloProblem::not_a_client_hello,
                     "byte 0: a handshake message of type " + std::to_string(u8_at(head, 0)) + ", not ClientHello"};
  }
  if (head.size() < wire::message_header_length || known_length(head) <= max_hello) return std::nullopt;
  return Malformed{HelloProblem::too_large, "byte 1: a hello of " + std::to_string(known_length(head)) +
                                                " bytes, more than the " + std::to_string(max_hello) + " allowed"};
}

Malformed too_fragmented(const Walk& walk) {
  return {HelloProblem::too_fragmented, at_wire(walk.at) + "only " + std::to_string(walk.taken) + " of the hello's " +
                                            std::to_string(known_length(walk.head)) + " bytes so far; its end cannot " +
                                            "come within the " + std::to_string(max_wire) + " allowed"};
}

// The content of the record at `walk`. Nothing: the record is whole, the message is not, and `walk` is at the next.
std::optional<MessageReading> pass_content(std::string_view bytes, std::size_t length, Walk& walk) {
  const std::size_t start = walk.at + wire::record_header_length;
  const std::string_view content = bytes.substr(start, length);
  walk.head += content.substr(0, wire::message_header_length - walk.head.size());
  if (auto malformed = check_head(walk.head)) return std::move(*malformed);

  const std::size_t missing = known_length(walk.head) - walk.taken;
  if (missing <= content.size()) return Message{{}, start + length};
  const bool another_record = missing > length;
  const std::size_t next_header = another_record ? wire::record_header_length : 0;
  if (start + missing + next_header > max_wire) return too_fragmented(walk);
  if (content.size() < length) return NeedMore{missing - content.size() + next_header};
  walk.taken += length;
  walk.at = start + length;
  return std::nullopt;
}

// Of records that were walked before.
std::string gather(std::string_view bytes, std::size_t size) {
  std::string message;
  message.reserve(size);
  for (std::size_t at = 0; message.size() < size;) {
    const std::size_t length = u16_at(bytes, at + wire::record_length_at);
    at += wire::record_header_length;
    message += bytes.substr(at, std::min(length, size - message.size()));
    at += length;
  }
  return message;
}

}  // namespace

MessageReading read_message(std::string_view bytes) {
  if (auto other = recognise_other(bytes)) return std::move(*other);
  Walk walk;
  while (true) {
    RecordLength length = read_record_header(bytes, walk);
    if (const auto* more = std::get_if<NeedMore>(&length)) return *more;
    if (auto* malformed = std::get_if<Malformed>(&length)) return std::move(*malformed);
    auto end = pass_content(bytes, std::get<std::size_t>(length), walk);
    if (!end) continue;
    if (auto* message = std::get_if<Message>(&*end)) message->bytes = gather(bytes, known_length(walk.head));
    return std::move(*end);
  }
}

}  // namespace realpeer::tls

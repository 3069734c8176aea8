#include "tls/client_hello.h"

#include "net/bytes.h"
#include "tls/extensions.h"
#include "tls/fields.h"
#include "tls/records.h"
#include "tls/wire.h"

namespace realpeer::tls {

namespace {

// Everything before the extensions (RFC 8446 section 4.1.2).
std::optional<Malformed> pass_fixed_part(Fields& fields) {
  const auto fixed = fields.take(wire::version_and_random_length, "the part with version and random");
  if (!fixed) return fixed.error();
  if (const auto major = u8_at(fixed->rest(), 0); major != wire::major_version) {
    return malformed(HelloProblem::bad_version, fixed->at(), "a hello of version " + std::to_string(major) + ".x");
  }
  const auto session_id = fields.vector(1, "the session id");
  if (!session_id) return session_id.error();
  if (session_id->left() > wire::max_session_id) {
    return malformed(HelloProblem::bad_length, session_id->at(),
                     "a session id of " + std::to_string(session_id->left()) + " bytes, more than 32");
  }
  const auto suites = fields.vector(2, "the list of cipher suites");
  if (!suites) return suites.error();
  if (suites->empty() || suites->left() % 2 != 0) {
    return malformed(HelloProblem::bad_length, suites->at(),
                     "a list of cipher suites of " + std::to_string(suites->left()) + " bytes, not 2, 4, ...");
  }
  const auto compression = fields.vector(1, "the list of compression methods");
  if (!compression) return compression.error();
  if (compression->empty()) {
    return malformed(HelloProblem::bad_length, compression->at(), "an empty list of compression methods");
  }
  return std::nullopt;
}

struct Seen {
  bool server_name = false;
  bool alpn = false;
};

// Others pass unread: unknown ones and GREASE (RFC 8701) must.
std::optional<Malformed> read_extension(Fields& list, Seen& seen, ClientHello& hello) {
  const std::size_t at = list.at();
  const auto type = list.number(2, "the type of an extension");
  if (!type) return type.error();
  const auto content = list.vector(2, "an extension");
  if (!content) return content.error();
  if (*type == wire::extension_server_name) {
    if (seen.server_name) return malformed(HelloProblem::duplicate_extension, at, "a second server_name extension");
    seen.server_name = true;
    return read_server_name(*content, hello.server_name);
  }
  if (*type == wire::extension_alpn) {
    if (seen.alpn) return malformed(HelloProblem::duplicate_extension, at, "a second ALPN extension");
    seen.alpn = true;
    return read_alpn(*content, hello.alpn);
  }
  return std::nullopt;
}

std::optional<Malformed> read_extensions(Fields& fields, ClientHello& hello) {
  // RFC 5246 section 7.4.1.2: absent when nothing follows the compression methods.
  if (fields.empty()) return std::nullopt;
  auto list = fields.vector(2, "the list of extensions");
  if (!list) return list.error();
  if (!fields.empty()) {
    return malformed(HelloProblem::bad_length, fields.at(),
                     std::to_string(fields.left()) + " bytes follow the extensions");
  }
  Seen seen;
  while (!list->empty()) {
    if (auto bad = read_extension(*list, seen, hello)) return bad;
  }
  return std::nullopt;
}

HelloReading read_hello(const Message& message) {
  Fields fields(std::string_view(message.bytes).substr(wire::message_header_length), wire::message_header_length);
  ClientHello hello{{}, {}, message.length};
  if (auto bad = pass_fixed_part(fields)) return std::move(*bad);
  if (auto bad = read_extensions(fields, hello)) return std::move(*bad);
  return hello;
}

}  // namespace

HelloReading read_client_hello(std::span<const std::byte> bytes) {
  MessageReading reading = read_message(as_text(bytes));
  if (const auto* message = std::get_if<Message>(&reading)) return read_hello(*message);
  if (auto* more = std::get_if<NeedMore>(&reading)) return *more;
  if (auto* other = std::get_if<NotTls>(&reading)) return std::move(*other);
  return std::move(std::get<Malformed>(reading));
}

}  // namespace realpeer::tls

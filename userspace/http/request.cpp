#include "http/request.h"

#include <boost/beast/http/field.hpp>

#include "http/forwarded.h"

namespace realpeer::http {

namespace {

using boost::beast::http::field;

Framing framing_of(const RequestReader& reader) {
  if (reader.is_done()) return Framing::none;
  return reader.parser().chunked() ? Framing::chunked : Framing::length;
}

std::optional<std::uint64_t> told_length(const RequestReader& reader) {
  const auto length = reader.parser().content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

}  // namespace

boost::system::result<Request, Fault> make_request(RequestReader& reader) {
  const auto& head = reader.message();
  auto target = read_target(head.method_string(), head.target(), head[field::host]);
  if (!target) return target.error();
  Request request{.method = head.method_string(),
                  .target = std::move(*target),
                  .http_1_1 = head.version() == 11,
                  .keep_alive = head.version() == 11 && reader.parser().keep_alive(),
                  .framing = framing_of(reader),
                  .length = told_length(reader),
                  .upgrade = {},
                  .fields = {}};
  request.fields = reader.take_fields();
  if (request.http_1_1 && request.framing == Framing::none) request.upgrade = upgrade_of(request.fields);
  remove_hop_by_hop(request.fields);
  remove_where(request.fields, [](const std::string& name) { return name == "host"; });
  return request;
}

std::string head_for_backend(const Request& request, std::string_view host) {
  const std::string_view authority = request.target.authority;
  std::string head;
  head.append(request.method).append(" ").append(request.target.origin).append(" HTTP/1.1\r\n");
  head.append("Host: ").append(authority.empty() ? host : authority).append("\r\n");
  append(request.fields, head);
  if (request.length) head.append("Content-Length: ").append(std::to_string(*request.length)).append("\r\n");
  if (request.framing == Framing::chunked) head += "Transfer-Encoding: chunked\r\n";
  if (!request.upgrade.empty()) head.append("Connection: upgrade\r\nUpgrade: ").append(request.upgrade).append("\r\n");
  return head;
}

Fields trailer_for_backend(const Fields& trailer) {
  Fields kept = trailer;
  keep_trailer(kept);
  remove_forwarded(kept);
  return kept;
}

}  // namespace realpeer::http

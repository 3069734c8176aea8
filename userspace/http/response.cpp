#include "http/response.h"

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>

namespace realpeer::http {
namespace {

using boost::beast::http::field;

Framing framing_of(const ResponseReader& reader, bool to_http_1_1) {
  if (reader.is_done()) return Framing::none;
  if (!reader.parser().chunked() && !reader.parser().need_eof()) return Framing::length;
  return to_http_1_1 ? Framing::chunked : Framing::until_close;
}

// A response to HEAD tells how the body would be framed.
bool tells_chunks(const ResponseReader& reader) { return reader.is_done() && reader.parser().chunked(); }

std::string status_line(unsigned status, std::string_view reason) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason) + "\r\n";
}

}  // namespace

Response make_response(ResponseReader& reader, bool to_http_1_1) {
  const auto& head = reader.message();
  Response response{.status = head.result_int(),
                    .reason = head.reason(),
                    .framing = framing_of(reader, to_http_1_1),
                    .upgrade = {},
                    .backend_goes_on = !reader.parser().need_eof() && reader.parser().keep_alive(),
                    .fields = {}};
  const bool tells = tells_chunks(reader) && to_http_1_1;
  response.fields = reader.take_fields();
  if (response.status == 101) response.upgrade = response.fields[field::upgrade];
  remove_hop_by_hop(response.fields);
  if (tells) response.fields.set(field::transfer_encoding, "chunked");
  return response;
}

std::string head_for_client(const Response& response, bool close) {
  std::string head = status_line(response.status, response.reason);
  append(response.fields, head);
  if (response.framing == Framing::chunked) head += "Transfer-Encoding: chunked\r\n";
  if (!response.upgrade.empty())
    head.append("Connection: upgrade\r\nUpgrade: ").append(response.upgrade).append("\r\n");
  if (close && !response.is_interim()) head += "Connection: close\r\n";
  return head + "\r\n";
}

std::string write(const Answer& answer) {
  const std::string reason(boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(answer.status)));
  const std::string body =
      std::to_string(answer.status) + " " + reason + "\nrequest " + std::string(answer.request_id) + "\n";
  std::string text = status_line(answer.status, reason);
  if (!answer.location.empty()) text.append("Location: ").append(answer.location).append("\r\n");
  if (answer.status == 405) text += "Allow: GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS\r\n";
  text +=
      "Content-Type: text/plain\r\nCache-Control: no-store\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  text.append("X-Request-Id: ").append(answer.request_id).append("\r\n");
  if (answer.close) text += "Connection: close\r\n";
  text += "\r\n";
  if (!answer.without_body) text += body;
  return text;
}

}  // namespace realpeer::http

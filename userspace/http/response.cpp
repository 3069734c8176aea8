#include "http/response.h"

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>

#include "http/characters.h"
namespace realpeer::http {
namespace {

using boost::beast::http::field;

Framing framing_of(const ResponseReader& reader, bool to_http_1_1) {
  if (reader.is_done()) return Framing::none;
  if (!reader.parser().chunked() && !reader.parser().need_eof()) return Framing::length;
  return to_http_1_1 ? Framing::chunked : Framing::until_close;
}

// Why it can be passed on to nobody.
std::optional<Fault> judge(const ResponseReader& reader) {
  const auto bad = [](std::string why) { return Fault{.status = 502, .detail = std::move(why)}; };
  const auto& head = reader.message();
  if (head.result_int() < 100) return bad("the response has the status " + std::to_string(head.result_int()));
  const auto codings = head.count(field::transfer_encoding);
  if (codings > 1 || (codings == 1 && !iequals(head[field::transfer_encoding], "chunked"))) {
    return bad("the response has a Transfer-Encoding other than chunked");
  }
  return std::nullopt;
}

bool has_no_body(unsigned status) { return status < 200 || status == 204; }

std::string status_line(unsigned status, std::string_view reason) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason) + "\r\n";
}

}  // namespace

boost::system::result<Response, Fault> make_response(ResponseReader& reader, const Asked& asked) {
  if (auto fault = judge(reader)) return std::move(*fault);
  const auto& head = reader.message();
  Response response{.status = head.result_int(),
                    .reason = head.reason(),
                    .framing = framing_of(reader, asked.http_1_1),
                    .tells_chunks = asked.head && asked.http_1_1 && reader.parser().chunked(),
                    .upgrade = {},
                    .backend_goes_on = !reader.parser().need_eof() && reader.parser().keep_alive(),
                    .fields = {}};
  const auto length = reader.parser().content_length();
  if (length && !has_no_body(response.status)) response.length = *length;
  response.fields = reader.take_fields();
  // RFC 9110, section 15.5.22: what to upgrade to is what 426 is about.
  const std::string upgrade(response.fields[field::upgrade]);
  remove_hop_by_hop(response.fields);
  if (response.status == 101) response.upgrade = upgrade;
  if (response.status == 426 && !upgrade.empty()) response.fields.set(field::upgrade, upgrade);
  return response;
}

Fields trailer_for_client(const Fields& trailer) {
  Fields kept = trailer;
  keep_trailer(kept);
  return kept;
}

std::string head_for_client(const Response& response, bool close) {
  std::string head = status_line(response.status, response.reason);
  append(response.fields, head);
  if (response.length) head.append("Content-Length: ").append(std::to_string(*response.length)).append("\r\n");
  if (response.framing == Framing::chunked || response.tells_chunks) head += "Transfer-Encoding: chunked\r\n";
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

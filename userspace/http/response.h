// A response on its way to the client. Pure.
#pragma once

#include <string>
#include <string_view>

#include "http/body.h"
#include "http/fields.h"
#include "http/message_reader.h"

namespace realpeer::http {

struct Response {
  unsigned status = 0;
  std::string reason;
  Framing framing = Framing::none;  // towards the client
  std::string upgrade;              // of 101: the protocol that follows
  bool backend_goes_on = false;     // its connection takes another request after this response
  Fields fields;                    // without those for the next hop

  [[nodiscard]] bool is_interim() const { return status < 200 && status != 101; }
};

// Once the reader has the head. Takes the fields out of it. `to_http_1_1`: what the client speaks; older ones know no
// chunks.
Response make_response(ResponseReader& reader, bool to_http_1_1);

// The head for the client; `close`: its connection ends after this response.
std::string head_for_client(const Response& response, bool close);

// A whole response of the gateway itself: the status, and the id by which its log knows the request. `location`: of a
// redirection; else empty.
struct Answer {
  unsigned status = 0;
  std::string_view request_id{};
  std::string_view location{};
  bool without_body = false;  // to HEAD
  bool close = false;
};
std::string write(const Answer& answer);

}  // namespace realpeer::http

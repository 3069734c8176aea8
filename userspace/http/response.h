// A response on its way to the client. Pure.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/body.h"
#include "http/fault.h"
#include "http/fields.h"
#include "http/message_reader.h"

namespace realpeer::http {

struct Response {
  unsigned status = 0;
  std::string reason;
  Framing framing = Framing::none;        // towards the client
  std::optional<std::uint64_t> length{};  // of the body, where it was told; to HEAD, of what there would be
  bool tells_chunks = false;              // a response to HEAD that would have them
  std::string upgrade;                    // of 101: the protocol that follows
  bool backend_goes_on = false;           // its connection takes another request after this response
  Fields fields;                          // without those for the next hop

  [[nodiscard]] bool is_interim() const { return status < 200 && status != 101; }
};

struct Asked {
  bool http_1_1 = true;  // what the client speaks; older ones know no chunks
  bool head = false;     // by HEAD
};

// Once the reader has the head. Takes the fields out of it. A response that nobody could pass on is a fault.
boost::system::result<Response, Fault> make_response(ResponseReader& reader, const Asked& asked);

// The head for the client; `close`: its connection ends after this response.
std::string head_for_client(const Response& response, bool close);

// A response's trailer, as it may go on.
Fields trailer_for_client(const Fields& trailer);

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

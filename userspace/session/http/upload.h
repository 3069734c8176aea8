// The body of a request, on its way from the client to the backend.
#pragma once

#include <optional>
#include <string>

#include "http/request.h"
#include "session/http/conversation.h"

namespace realpeer::session {

// Why there is no response of the backend's.
struct Trouble {
  unsigned status = 0;  // for the client; 0: nobody is left to be told
  Refusal refusal{};
};

class RequestBody {
 public:
  RequestBody(Conversation& conversation, const http::Request& request, http::RequestReader& reader,
              RequestAccount& account)
      : conversation_(conversation),
        framing_(request.framing),
        reader_(reader),
        account_(account),
        taken_(request.framing == http::Framing::none) {}

  // Every byte of it was taken from the client.
  [[nodiscard]] bool taken() const { return taken_; }

  // Appends what has come, framed for the backend.
  std::optional<Trouble> take(std::string& out);

  // Waits for more from the client, of which at least 1 KiB must come in timeouts.body. The time that the backend
  // takes in between does not count.
  boost::asio::awaitable<std::optional<Trouble>> wait();

 private:
  Conversation& conversation_;
  http::Framing framing_;
  http::RequestReader& reader_;
  RequestAccount& account_;
  bool taken_;
  std::chrono::steady_clock::duration waited_{};  // since `came_` was 0
  std::size_t came_ = 0;                          // bytes
};

}  // namespace realpeer::session

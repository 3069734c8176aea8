// One request and its response, between a client and a backend.
#pragma once

#include <optional>
#include <string>

#include "http/request.h"
#include "http/response.h"
#include "session/http/companion.h"
#include "session/http/conversation.h"
#include "session/http/upload.h"

namespace realpeer::session {

class Exchange {
 public:
  Exchange(Conversation& conversation, http::Request& request, http::RequestReader& reader, RequestAccount& account,
           upstream::Pool& pool, std::chrono::milliseconds timeout, ClientPlace place)
      : conversation_(conversation),
        request_(request),
        account_(account),
        pool_(pool),
        timeout_(timeout),
        place_(std::move(place)),
        body_(conversation, request, reader, account),
        companion_(conversation.stream.get_executor()) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // To the end of both. The rest of the request goes to the backend while its response comes back.
  boost::asio::awaitable<After> run();

 private:
  enum class Attempt : std::uint8_t { responded, again, failed };
  enum class Relayed : std::uint8_t { whole, backend_failed, client_failed };

  boost::asio::awaitable<After> exchange();
  boost::asio::awaitable<Attempt> attempt(bool only_new);
  boost::asio::awaitable<std::optional<Trouble>> reach(bool only_new);
  bool take_own(bool only_new);
  std::string opening() const;
  boost::asio::awaitable<boost::system::error_code> send_opening();

  boost::asio::awaitable<void> upload();
  boost::asio::awaitable<void> send_rest();
  boost::asio::awaitable<void> end_upload(std::chrono::milliseconds patience);

  boost::asio::awaitable<boost::system::error_code> read_backend();
  boost::asio::awaitable<std::optional<Trouble>> await_head();
  boost::asio::awaitable<std::optional<Trouble>> read_final_head();
  Trouble no_response(const boost::system::error_code& error) const;

  boost::asio::awaitable<After> relay_response();
  boost::asio::awaitable<Relayed> relay_body(std::string out);
  [[nodiscard]] bool is_asked_for(const http::Response& response) const;
  [[nodiscard]] bool may_wait_on(const OwnConnection& own) const;
  bool take_response(std::string& out, boost::system::error_code& error);
  boost::asio::awaitable<After> give_up(Trouble trouble);
  void leave_backend(bool in_order);

  Conversation& conversation_;
  http::Request& request_;
  RequestAccount& account_;
  upstream::Pool& pool_;
  std::chrono::milliseconds timeout_;  // of the response
  ClientPlace place_;                  // of the request's client, where that is not the connection's

  RequestBody body_;
  Companion companion_;  // sends the rest of the body
  std::optional<Connected> backend_;
  bool own_before_ = false;  // the backend's connection has carried requests of this client
  std::optional<SocketPatience> responding_;
  std::optional<SocketPatience> sending_;
  bool awaits_backend_ = false;
  bool sent_ = false;         // the backend has the whole request
  bool send_failed_ = false;  // it took no more of it
  boost::beast::flat_buffer from_backend_;
  std::optional<http::ResponseReader> response_reader_;
  http::Response response_;
  std::optional<Trouble> trouble_;
};

}  // namespace realpeer::session

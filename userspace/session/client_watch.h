// Notices a client that resets its connection while something else is waited for.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "kernel/tcp_state.h"

namespace realpeer::session {

// While it lives: cancels whatever is waited for on `other` when `client` is reset. A client that merely has nothing
// more to send is not gone. One thread; nobody else waits for anything on `client` meanwhile.
class ClientWatch {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  ClientWatch(Socket& client, Socket& other) : client_(client), state_(std::make_shared<State>(&client, &other)) {
    client.async_wait(Socket::wait_error, [state = state_](boost::system::error_code error) {
      if (error || state->client == nullptr || !kernel::is_reset(state->client->native_handle())) return;
      state->gone = true;
      state->other->cancel();
    });
  }
  ClientWatch(const ClientWatch&) = delete;
  ClientWatch& operator=(const ClientWatch&) = delete;
  ~ClientWatch() {
    state_->client = nullptr;  // the handler may already be on its way
    boost::system::error_code ignored;
    client_.cancel(ignored);
  }

  [[nodiscard]] bool gone() const { return state_->gone; }

 private:
  struct State {
    State(Socket* who, Socket* what) : client(who), other(what) {}
    Socket* client;
    Socket* other;
    bool gone = false;
  };

  Socket& client_;
  std::shared_ptr<State> state_;
};

}  // namespace realpeer::session

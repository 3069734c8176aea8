#include "session/http/serve_http.h"

#include "session/certificates.h"
#include "session/http/requests.h"
#include "session/http/termination.h"

namespace realpeer::session {

namespace asio = boost::asio;

bool is_forwarder(const config::Listener& listener, const net::Address& client) {
  return net::any_contains(listener.trusted_forwarders, client);
}

asio::awaitable<void> serve_http(WorkerState& worker, Accepted& accepted, Identified identified, Underway& underway,
                                 std::unique_ptr<Tracked>& tracked, Tickets tickets, ClientPlace place) {
  const auto until = std::chrono::steady_clock::now() + accepted.generation->config.timeouts.request;
  if (const auto refused = co_await refuse_forbidden_header(accepted.socket, identified, until)) {
    co_return underway.refuse(*refused);
  }
  boost::system::error_code ignored;
  accepted.socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  // Kept as long as the connection: reloading makes another one.
  std::shared_ptr<tls::ServerContext> certificates;
  ClientStream stream(accepted.socket, std::exchange(identified.payload, {}));
  Conversation conversation(worker, accepted, stream, std::move(identified), tracked, std::move(tickets),
                            std::move(place));
  if (accepted.listener().tls) {
    certificates = accepted.generation->certificates->of(accepted.index);
    if (const auto refused = co_await terminate(conversation, certificates->context())) {
      co_return underway.refuse(*refused);
    }
  }
  underway.done();
  tracked->travel_by(observe::Path::relay);
  co_await serve_requests(conversation);
}

}  // namespace realpeer::session

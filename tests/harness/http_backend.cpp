#include "harness/http_backend.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "harness/proxy_v2.h"

namespace realpeer::testing {

HttpBackend::HttpBackend(const Netns& netns, const Endpoint& at, Answer answer, bool header)
    : answer_(std::move(answer)), header_(header), listener_(netns, at), acceptor_([this] { accept_all(); }) {}

HttpBackend::~HttpBackend() {
  stop_ = true;
  acceptor_.join();
  // Wakes the threads; the sockets close with their owners.
  for (auto& connection : accepted_) ::shutdown(connection.socket.descriptor(), SHUT_RDWR);
  accepted_.clear();
}

std::string HttpBackend::ok(const HttpMessage& request) {
  const auto body = request.method() + " " + request.target();
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         (request.method() == "HEAD" ? "" : body);
}

std::size_t HttpBackend::open_connections() {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(accepted_, [](const Connection& connection) { return !connection.ended; }));
}

std::vector<HttpBackend::Seen> HttpBackend::seen() {
  const std::lock_guard lock(mutex_);
  return seen_;
}

std::vector<std::string> HttpBackend::clients() {
  const std::lock_guard lock(mutex_);
  return clients_;
}

void HttpBackend::accept_all() {
  while (!stop_) {
    if (!listener_.pending_within(Duration{20})) continue;
    const std::lock_guard lock(mutex_);
    auto& connection = accepted_.emplace_back(listener_.accept());
    const auto number = ++connections_;
    connection.thread = std::jthread([this, &connection, number] { serve(connection, number); });
  }
}

void HttpBackend::serve(Connection& connection, unsigned number) {
  try {
    serve_requests(connection.socket, number);
  } catch (const std::exception&) {
    // The other side is gone, or we are.
  }
  ::shutdown(connection.socket.descriptor(), SHUT_RDWR);
  connection.ended = true;
}

void HttpBackend::serve_requests(Socket& socket, unsigned number) {
  if (!socket.readable_within(kDeadline)) return;
  char byte = 0;
  if (::recv(socket.descriptor(), &byte, 1, MSG_PEEK) > 0) ++started_;
  if (header_) {
    const auto client = to_string(read_proxy_v2(socket).source);
    const std::lock_guard lock(mutex_);
    clients_.push_back(client);
  }
  for (std::string answered; answered.find("Connection: close") == std::string::npos;) {
    auto request = read_request(socket);
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back({number, request});
    }
    answered = answer_(request);
    if (answered.empty()) return;
    socket.send_all(answered);
  }
}

}  // namespace realpeer::testing

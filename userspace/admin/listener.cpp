#include "admin/listener.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>

namespace realpeer::admin {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

// TCP and unix sockets alike.
using Protocol = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Protocol>;
using Stream = beast::basic_stream<Protocol>;
using Request = http::request_parser<http::empty_body>;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr auto accept_pause = std::chrono::milliseconds(100);

template <typename Body>
http::response<Body> response_to(const Request& request, const Page& page, bool keep_alive) {
  http::response<Body> response(http::int_to_status(page.status), request.get().version());
  response.set(http::field::content_type, page.type);
  response.set(http::field::cache_control, "no-store");
  for (const auto& [name, value] : page.fields) response.set(name, value);
  if (page.status == 405) response.set(http::field::allow, allowed_methods);
  if (page.status == 401) response.set(http::field::www_authenticate, "Bearer");
  response.content_length(page.body.size());
  response.keep_alive(keep_alive);
  return response;
}

http::message_generator written(const Request& request, const Page& page, bool keep_alive) {
  if (request.get().method() == http::verb::head) return response_to<http::empty_body>(request, page, keep_alive);
  auto response = response_to<http::string_body>(request, page, keep_alive);
  response.body() = page.body;
  return response;
}

// No page wants a body, and one that comes all the same is not read: the connection ends with the answer.
bool brings_body(const Request& request) { return request.chunked() || request.content_length().value_or(0) > 0; }

struct Told {
  Access access;
  Pages pages;
};

std::string_view text_of(const Request& request, http::field name) {
  const auto value = request.get()[name];
  return {value.data(), value.size()};
}

asio::awaitable<Page> answer(const Told& told, const Request& request) {
  const auto found = find_page(told.pages, request.get().method_string(), request.get().target());
  if (const auto* page = std::get_if<Page>(&found)) co_return *page;
  const auto& asked = std::get<Asked>(found);
  const Credentials credentials{.host = text_of(request, http::field::host),
                                .authorization = text_of(request, http::field::authorization)};
  if (auto refused = refuse(told.access, *asked.page, credentials)) co_return std::move(*refused);
  co_return co_await asked.page->make(asked.query);
}

asio::awaitable<void> answer_requests(Stream& stream, const Told& told) {
  beast::flat_buffer buffer(2 * limits::header);
  for (bool keep_alive = true; keep_alive;) {
    Request request;
    request.header_limit(limits::header);
    stream.expires_after(limits::patience);
    const auto [unread, length] = co_await http::async_read_header(stream, buffer, request, as_values);
    if (unread) co_return;
    keep_alive = request.get().keep_alive() && !brings_body(request);
    const Page page = co_await answer(told, request);
    stream.expires_after(limits::patience);
    const auto [unsent, sent] = co_await beast::async_write(stream, written(request, page, keep_alive), as_values);
    if (unsent) co_return;
  }
  boost::system::error_code ignored;
  stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

void report(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    spdlog::error("the admin listener: an unexpected error: {}", exception.what());
  }
}

// Whether the socket listens there.
bool is_at(int socket, const net::Endpoint& endpoint) {
  net::Endpoint there(endpoint.protocol(), 0);
  auto length = static_cast<socklen_t>(there.capacity());
  if (::getsockname(socket, there.data(), &length) != 0) return false;
  there.resize(length);
  return there == endpoint;
}

// The file of a unix socket; none for an address.
kernel::Result<std::optional<kernel::SocketFile>> bind(Acceptor& acceptor, const config::AdminBind& bind,
                                                       Before before) {
  boost::system::error_code error;
  if (const auto* path = std::get_if<std::string>(&bind)) {
    acceptor.open(asio::local::stream_protocol(), error);
    if (error) return kernel::Error::because(error.message());
    auto file = before.another ? kernel::SocketFile::replace(acceptor.native_handle(), *path)
                               : kernel::SocketFile::bind(acceptor.native_handle(), *path);
    if (!file) return file.error();
    return std::optional<kernel::SocketFile>(std::move(*file));
  }
  const auto& endpoint = std::get<net::Endpoint>(bind);
  if (before.socket.valid() && is_at(before.socket.get(), endpoint)) {
    acceptor.assign(endpoint.protocol(), before.socket.release(), error);
  } else {
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
  }
  if (error) return kernel::Error::because(error.message());
  return std::optional<kernel::SocketFile>();
}

}  // namespace

struct Listener::Shared {
  Acceptor acceptor;
  Told told;
  std::size_t connections = 0;

  static asio::awaitable<void> serve(std::shared_ptr<Shared> shared, Protocol::socket socket);
  static asio::awaitable<void> accept(std::shared_ptr<Shared> shared);
};

asio::awaitable<void> Listener::Shared::serve(std::shared_ptr<Shared> shared, Protocol::socket socket) {
  Stream stream(std::move(socket));
  co_await answer_requests(stream, shared->told);
}

asio::awaitable<void> Listener::Shared::accept(std::shared_ptr<Shared> shared) {
  while (shared->acceptor.is_open()) {
    auto [error, socket] = co_await shared->acceptor.async_accept(as_values);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, most likely: trying again at once would only burn the processor.
      asio::steady_timer pause(shared->acceptor.get_executor(), accept_pause);
      co_await pause.async_wait(as_values);
    } else if (shared->connections < limits::connections) {
      ++shared->connections;
      asio::co_spawn(shared->acceptor.get_executor(), serve(shared, std::move(socket)),
                     [shared](const std::exception_ptr& failure) {
                       --shared->connections;
                       report(failure);
                     });
    }
  }
}

Listener::Listener(std::shared_ptr<Shared> shared, std::optional<kernel::SocketFile> file)
    : shared_(std::move(shared)), file_(std::move(file)) {}

// Asio takes a socket that it closes for gone from its epoll set. One that another process listens on as well is not.
Listener::~Listener() { const kernel::UniqueFd socket(shared_->acceptor.release()); }

std::optional<int> Listener::socket() const {
  if (file_) return std::nullopt;
  return shared_->acceptor.native_handle();
}

void Listener::admit(Access access) { shared_->told.access = std::move(access); }

kernel::Result<std::unique_ptr<Listener>> Listener::create(asio::io_context& context, const config::Admin& admin,
                                                           Access access, Pages pages, Before before) {
  const auto failed = [&admin](const std::string& why) {
    return kernel::Error::because(config::to_string(admin.place) + ": error: admin cannot listen on " +
                                  config::to_string(admin.bind) + ": " + why);
  };
  Acceptor acceptor(context);
  auto file = bind(acceptor, admin.bind, std::move(before));
  if (!file) return failed(file.error().text);
  boost::system::error_code error;
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return failed(error.message());
  auto shared = std::make_shared<Shared>(Shared{std::move(acceptor), {std::move(access), std::move(pages)}});
  asio::co_spawn(context, Shared::accept(shared), report);
  return std::unique_ptr<Listener>(new Listener(std::move(shared), std::move(*file)));
}

}  // namespace realpeer::admin

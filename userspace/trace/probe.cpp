#include "trace/probe.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <future>
#include <thread>

namespace realpeer::trace {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t most_of_a_page = 64U << 10;
// A server that speaks first does so at once; one that refuses a header, too.
constexpr std::chrono::milliseconds time_to_speak{1'000};

std::string why(const error_code& error) {
  if (error == asio::error::operation_aborted) return "nothing came in time";
  if (error == http::error::end_of_stream || error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return "the connection was closed";
  }
  return error.message();
}

// EPIPE: an RST that came behind a FIN (tcp_reset() in net/ipv4/tcp_input.c).
bool was_reset(const error_code& error) {
  return error == asio::error::connection_reset || error == asio::error::broken_pipe;
}

// The address that this host connects from.
net::Address source_towards(asio::io_context& context, const tcp::endpoint& endpoint) {
  const asio::ip::udp::endpoint there(endpoint.address(), endpoint.port());
  asio::ip::udp::socket socket(context);
  error_code error;
  socket.open(there.protocol(), error);
  socket.connect(there, error);
  return net::unmapped(socket.local_endpoint(error).address());
}

class Connection final : public Probe {
 public:
  Connection() { verify_nobody(); }
  ~Connection() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  boost::system::result<void, std::string> open(const std::string& host, std::uint16_t port,
                                                std::chrono::milliseconds patience);
  error_code connect_to(const tcp::endpoint& endpoint, std::chrono::milliseconds patience);
  [[nodiscard]] net::Endpoint own() const override { return own_; }
  void begin(Said said) override;
  Outcome outcome() override;

 private:
  // A tracer asks where a connection goes, and trusts nobody with anything.
  void verify_nobody() { tls_context_.set_verify_mode(asio::ssl::verify_none); }
  void be_patient_for(std::chrono::milliseconds patience);
  asio::awaitable<Outcome> speak();
  asio::awaitable<Outcome> listen();
  template <typename Stream>
  asio::awaitable<Outcome> request(Stream& stream);
  asio::awaitable<Outcome> handshake();

  asio::io_context context_{1};
  asio::ssl::context tls_context_{asio::ssl::context::tls_client};
  beast::ssl_stream<beast::tcp_stream> stream_{beast::tcp_stream(context_), tls_context_};
  asio::steady_timer impatience_{context_};
  net::Endpoint own_;
  Said said_;
  std::future<Outcome> outcome_;
  std::jthread thread_;
};

boost::system::result<void, std::string> Connection::open(const std::string& host, std::uint16_t port,
                                                          std::chrono::milliseconds patience) {
  error_code error;
  tcp::resolver resolver(context_);
  const auto endpoints = resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, error);
  if (error) return host + " cannot be resolved: " + error.message();
  for (const auto& candidate : endpoints) {
    error = connect_to(candidate.endpoint(), patience);
    // One that was reset at once was there all the same, and the hops know why.
    if (!error || was_reset(error)) return {};
  }
  return "cannot connect: " + (error == beast::error::timeout ? "nobody answered in time" : error.message());
}

// Our address is found out beforehand: a socket that is reset forgets its own.
error_code Connection::connect_to(const tcp::endpoint& endpoint, std::chrono::milliseconds patience) {
  error_code error;
  auto& lowest = beast::get_lowest_layer(stream_);
  lowest.socket().close(error);
  lowest.socket().open(endpoint.protocol(), error);
  if (!error) lowest.socket().bind(tcp::endpoint(endpoint.protocol(), 0), error);
  if (error) return error;
  own_ = net::Endpoint(source_towards(context_, endpoint), lowest.socket().local_endpoint(error).port());
  lowest.expires_after(patience);
  lowest.async_connect(endpoint, [&error](error_code failed) { error = failed; });
  context_.run();
  context_.restart();
  lowest.expires_never();
  return error;
}

// A timeout of Beast's would close the connection, and the hops would tell of that.
void Connection::be_patient_for(std::chrono::milliseconds patience) {
  impatience_.expires_after(patience);
  impatience_.async_wait([this](error_code error) {
    error_code ignored;
    if (!error) beast::get_lowest_layer(stream_).socket().cancel(ignored);
  });
}

asio::awaitable<Outcome> Connection::listen() {
  be_patient_for(time_to_speak);
  std::array<char, 1> byte{};
  co_await beast::get_lowest_layer(stream_).async_read_some(asio::buffer(byte), as_values);
  co_return Outcome();
}

asio::awaitable<Outcome> Connection::handshake() {
  if (!said_.name.empty()) SSL_set_tlsext_host_name(stream_.native_handle(), said_.name.c_str());
  const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::client, as_values);
  if (error) co_return Outcome{.trouble = "the TLS handshake failed: " + why(error) + "."};
  co_return Outcome();
}

template <typename Stream>
asio::awaitable<Outcome> Connection::request(Stream& stream) {
  http::request<http::empty_body> request(http::verb::get, said_.ask.value_or("/"), 11);
  request.set(http::field::host, said_.authority);
  request.set(http::field::user_agent, "realpeer-trace/" REALPEER_VERSION);
  request.set(http::field::accept, "*/*");
  const auto [unsent, sent] = co_await http::async_write(stream, request, as_values);
  if (unsent) co_return Outcome{.trouble = "the request could not be sent: " + why(unsent) + "."};
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(most_of_a_page);
  const auto [error, length] = co_await http::async_read(stream, buffer, parser, as_values);
  if (error && error != http::error::body_limit) {
    co_return Outcome{.trouble = "there was no response: " + why(error) + "."};
  }
  const auto& response = parser.get();
  Outcome outcome;
  if (response.result() == http::status::bad_request) {
    outcome.remark = "The answer to the request was 400: the backend may have taken a header for a part of it.";
  }
  if (said_.ask) outcome.addresses = addresses_in(response.body());
  co_return outcome;
}

asio::awaitable<Outcome> Connection::speak() {
  if (said_.speech == Speech::none) co_return co_await listen();
  be_patient_for(said_.patience);
  if (said_.speech == Speech::http) co_return co_await request(beast::get_lowest_layer(stream_));
  auto shaken = co_await handshake();
  if (said_.speech == Speech::tls || !shaken.trouble.empty()) co_return shaken;
  co_return co_await request(stream_);
}

void Connection::begin(Said said) {
  said_ = std::move(said);
  auto promise = std::make_shared<std::promise<Outcome>>();
  outcome_ = promise->get_future();
  asio::co_spawn(context_, speak(), [promise](const std::exception_ptr& failure, Outcome outcome) {
    if (failure) return promise->set_exception(failure);
    promise->set_value(std::move(outcome));
  });
  thread_ = std::jthread([this] { context_.run(); });
}

Outcome Connection::outcome() { return outcome_.get(); }

}  // namespace

boost::system::result<std::unique_ptr<Probe>, std::string> Probe::connect(const std::string& host, std::uint16_t port,
                                                                          std::chrono::milliseconds patience) {
  auto connection = std::make_unique<Connection>();
  if (const auto opened = connection->open(host, port, patience); !opened) return opened.error();
  return std::unique_ptr<Probe>(std::move(connection));
}

}  // namespace realpeer::trace

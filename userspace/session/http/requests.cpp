#include "session/http/requests.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/authority.h"
#include "http/forwarded.h"
#include "http/head.h"
#include "http/request.h"
#include "http/response.h"
#include "policy/http_route.h"
#include "session/account.h"
#include "session/delivery.h"
#include "session/http/answer.h"
#include "session/http/closing.h"
#include "session/http/exchange.h"
#include "session/http/serve_http.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using policy::RejectReason;

constexpr std::size_t first_read = 4096;
constexpr std::size_t later_read = std::size_t{16} * 1024;

std::string_view view(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

// A place among those that end when the daemon drains.
class Waiting {
 public:
  using Sockets = std::unordered_set<tcp::socket*>;

  Waiting(Sockets& sockets, tcp::socket* socket) : sockets_(sockets), socket_(socket) {
    if (socket_ != nullptr) sockets_.insert(socket_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { sockets_.erase(socket_); }

 private:
  Sockets& sockets_;
  tcp::socket* socket_;
};

// Between two requests nothing is held but the socket, where that is possible.
asio::awaitable<boost::system::error_code> await_request(Conversation& conversation) {
  conversation.in.clear();
  conversation.in.shrink_to_fit();
  auto& socket = conversation.stream.socket();
  const bool first = conversation.requests == 0;
  if (!first && conversation.worker.draining) co_return asio::error::operation_aborted;
  const Waiting place(conversation.worker.between_requests, first ? nullptr : &socket);
  conversation.reading.at_most(first ? conversation.timeouts().request : conversation.timeouts().keep_alive);
  boost::system::error_code error;
  if (!conversation.stream.may_hold_bytes()) {
    std::tie(error) = co_await socket.async_wait(tcp::socket::wait_read, asio::as_tuple(asio::use_awaitable));
  }
  if (!error) error = co_await read_client(conversation, first_read);
  co_return error;
}

// An empty line before a request is passed over (RFC 9112, section 2.2).
void skip_empty_lines(boost::beast::flat_buffer& in) {
  while (view(in).starts_with("\r\n")) in.consume(2);
}

struct Head {
  std::size_t size = 0;                  // bytes of conversation.in
  std::optional<http::Fault> fault{};    // it is none
  bool over = false;                     // the client has no more requests
  std::optional<RejectReason> reason{};  // of a fault
};

Head faulty(http::Fault fault) {
  const auto reason = fault.status == 431   ? RejectReason::request_too_large
                      : fault.status == 408 ? RejectReason::request_timeout
                                            : RejectReason::request_malformed;
  return {.fault = std::move(fault), .reason = reason};
}

// A client that ends, or says nothing, between two requests is not at fault.
Head ended_early(const Conversation& conversation, std::string_view bytes) {
  if (bytes.empty()) return {.over = true};
  if (conversation.reading.over()) return faulty({.status = 408, .detail = "no whole head within timeouts.request"});
  return faulty({.status = 400, .detail = "the client ended within the head of a request"});
}

asio::awaitable<Head> read_head(Conversation& conversation) {
  auto& in = conversation.in;
  skip_empty_lines(in);
  if (in.size() == 0) {
    const auto error = co_await await_request(conversation);
    if (error) co_return Head{.over = true};
  }
  conversation.reading.at_most(conversation.timeouts().request);
  std::size_t seen = 0;
  for (;;) {
    skip_empty_lines(in);
    const auto end = http::find_end_of_head(view(in), seen);
    if (!end) co_return faulty(end.error());
    if (*end) {
      conversation.reading.forever();
      if (auto fault = http::fault_in_head(view(in).substr(0, **end))) co_return faulty(std::move(*fault));
      co_return Head{.size = **end};
    }
    // The last two bytes may yet be the first of an end.
    seen = in.size();
    if (conversation.reading.over()) co_return ended_early(conversation, view(in));
    const auto error = co_await read_client(conversation, later_read);
    if (error) co_return ended_early(conversation, view(in));
  }
}

// Whom a request is from, and its place among that client's, where it is not the connection's client.
Outcome<ClientPlace> know_client(const Conversation& conversation, const http::Fields& fields, bool by_trusted,
                                 observe::Record& record) {
  const net::Address sender = record.client->address();
  if (!by_trusted) return ClientPlace();
  const auto client = http::believed_client(fields, sender, net::CidrSet(conversation.listener().trusted_forwarders));
  if (client == net::unmapped(sender)) return ClientPlace();
  record.client = net::Endpoint(client, 0);
  record.source = REALPEER_SOURCE_XFF;
  return limit(conversation.generation(), record);
}

unsigned status_of(const Refusal& refusal) { return refusal.reason == RejectReason::rate_limited ? 429 : 403; }

void forward(const Conversation& conversation, const RequestAccount& account, const config::Backend& backend,
             bool by_trusted, http::Request& request) {
  if (backend.identity == config::Identity::none) return http::remove_forwarded(request.fields);
  const auto& record = account.record;
  http::write_forwarded(request.fields, {.sender = conversation.base.client->address(),
                                         .client = record.client->address(),
                                         .by_trusted = by_trusted,
                                         .over_tls = conversation.stream.tls() != nullptr,
                                         .host = request.target.authority,
                                         .request_id = account.id(),
                                         .rfc7239 = backend.forwarded});
}

// Where a rule sends requests to https.
std::string https_location(const http::Target& target) {
  return "https://" + std::string(http::host_of(target.authority)) + (target.origin == "*" ? "/" : target.origin);
}

struct Destination {
  const policy::HttpRule* rule = nullptr;
  std::string_view backend;  // empty: none
};

Destination route(const Conversation& conversation, const http::Target& target) {
  const auto& route = conversation.listener().route;
  const auto* rule = policy::choose(route.http, http::host_of(target.authority), target.path());
  if (rule == nullptr) return {.rule = nullptr, .backend = route.otherwise ? std::string_view(*route.otherwise) : ""};
  return {.rule = rule, .backend = rule->backend ? std::string_view(*rule->backend) : ""};
}

void describe(const http::Request& request, observe::Record& record) {
  record.request->method = request.method;
  record.request->host = request.target.authority;
  record.request->path = request.target.path();
}

asio::awaitable<After> serve_request(Conversation& conversation, http::RequestReader& reader, RequestAccount& account) {
  const bool to_head = reader.message().method() == boost::beast::http::verb::head;
  auto made = http::make_request(reader);
  if (!made) co_return co_await answer_fault(conversation, account, made.error(), to_head);
  http::Request& request = *made;
  describe(request, account.record);

  const Destination to = route(conversation, request.target);
  if (to.rule != nullptr && to.backend.empty() && !request.target.authority.empty()) {
    const std::string location = https_location(request.target);
    co_return co_await redirect(conversation, account, request, location);
  }
  if (to.backend.empty()) {
    const Refusal nowhere{
        .reason = RejectReason::no_route, .detail = "no rule takes this host and path", .looks_like = {}};
    co_return co_await answer(conversation, account, request, 404, nowhere);
  }
  const bool by_trusted = is_forwarder(conversation.listener(), conversation.base.client->address());
  auto place = know_client(conversation, request.fields, by_trusted, account.record);
  if (!place) co_return co_await answer(conversation, account, request, status_of(place.error()), place.error());
  upstream::Pool& pool = conversation.generation().pool(to.backend);
  account.record.backend = pool.backend().name;
  account.record.identity = config::to_string(pool.backend().identity);
  if (const auto refused = refuse_claim(pool.backend(), conversation.identified)) {
    co_return co_await answer(conversation, account, request, 403, *refused);
  }
  forward(conversation, account, pool.backend(), by_trusted, request);
  const auto timeout = to.rule != nullptr && to.rule->timeout ? *to.rule->timeout : conversation.timeouts().response;
  Exchange exchange(conversation, request, reader, account, pool, timeout, std::move(*place));
  co_return co_await exchange.run();
}

// What is asked for after a reload is served by the new configuration, where it still has the listener.
void follow_reload(Conversation& conversation) {
  const auto& now = conversation.worker.generation;
  auto& accepted = conversation.accepted;
  if (now == accepted.generation) return;
  const auto found = std::ranges::find(now->listeners, accepted.generation->listeners[accepted.index]);
  const auto index = static_cast<std::size_t>(found - now->listeners.begin());
  conversation.outdated = found == now->listeners.end() || !now->config.listeners[index].route.is_http();
  if (conversation.outdated) return;
  conversation.own.reset();  // of a pool that may be none of this configuration
  accepted.generation = now;
  accepted.index = index;
}

asio::awaitable<After> serve_next(Conversation& conversation) {
  const Head head = co_await read_head(conversation);
  follow_reload(conversation);
  if (head.over) {
    if (conversation.requests == 0) note_silence(conversation);
    co_return After::close;
  }
  RequestAccount account(conversation);
  if (head.fault) {
    const bool to_head = view(conversation.in).starts_with("HEAD ");
    co_return co_await answer_fault(conversation, account, *head.fault, to_head, *head.reason);
  }
  account.received(head.size);
  // What the judge of heads has passed the parser takes; a limit of its own would be a second opinion.
  http::RequestReader reader(static_cast<std::uint32_t>(http::longest_head) + 1);
  if (const auto error = reader.read_head(conversation.in); error || !reader.has_head()) {
    const http::Fault fault{.status = 400, .detail = error.message()};
    co_return co_await answer_fault(conversation, account, fault, false);
  }
  co_return co_await serve_request(conversation, reader, account);
}

}  // namespace

asio::awaitable<void> serve_requests(Conversation& conversation) {
  After after = After::next_request;
  while (after == After::next_request) after = co_await serve_next(conversation);
  if (after == After::close) co_await close_in_order(conversation);
  if (after == After::reset) reset(conversation.accepted.socket);
}

}  // namespace realpeer::session

#include "session/http/exchange.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/characters.h"
#include "session/account.h"
#include "session/client_watch.h"
#include "session/delivery.h"
#include "session/http/answer.h"
#include "session/http/upgrade.h"
#include "session/presentation.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using policy::RejectReason;
using Duration = std::chrono::steady_clock::duration;

constexpr std::size_t read_at_once = std::size_t{64} * 1024;
constexpr std::size_t most_unparsed = read_at_once;  // of a chunk's head or a trailer
constexpr std::uint32_t longest_response_head = 256 * 1024;
// A backend may end a connection that waits at any moment. A request that must not be sent twice takes one only that
// was in use a moment ago.
constexpr std::chrono::seconds fresh{1};
// How long a client may go on with a request whose response is over.
constexpr std::chrono::seconds rest_of_request{2};

Trouble trouble_of(unsigned status, RejectReason reason, std::string detail) {
  return {.status = status, .refusal = {.reason = reason, .detail = std::move(detail), .looks_like = {}}};
}

// RFC 9110, section 9.2.2.
bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" || method == "DELETE";
}

bool may_be_repeated(const http::Request& request) {
  return request.framing == http::Framing::none && is_idempotent(request.method);
}

// Ended by time, it gives its place at the endpoint back.
void end_after(const std::shared_ptr<OwnConnection>& own, Duration time) {
  own->over.expires_after(time);
  own->over.async_wait([kept = std::weak_ptr(own)](const error_code& error) {
    const auto still = kept.lock();
    if (error || still == nullptr) return;
    error_code ignored;
    still->connected.socket.close(ignored);
    still->connected.lease.release();
  });
}

// Whether the backend's connection speaks for one client, from its first byte on.
bool speaks_for_one(const upstream::Pool& pool) {
  const auto identity = pool.backend().identity;
  return identity != config::Identity::xff && identity != config::Identity::none;
}

}  // namespace

// --- reaching the backend ---

// As IdleConnections has it for those that clients share.
bool Exchange::may_wait_on(const OwnConnection& own) const {
  const Duration waited = std::chrono::steady_clock::now() - own.since;
  return waited < (may_be_repeated(request_) ? Duration(pool_.backend().keep_alive) : Duration(fresh));
}

// A connection that this client had before.
bool Exchange::take_own(bool only_new) {
  auto own = std::exchange(conversation_.own, nullptr);
  own_before_ = own != nullptr && !only_new && own->pool == &pool_ &&
                own->client == account_.record.client->address() && may_wait_on(*own) &&
                is_quiet(own->connected.socket);
  if (own_before_) backend_.emplace(std::move(own->connected));
  return own_before_;
}

asio::awaitable<std::optional<Trouble>> Exchange::reach(bool only_new) {
  backend_.reset();
  if (take_own(only_new)) co_return std::nullopt;
  const bool one = speaks_for_one(pool_);
  const auto& record = account_.record;
  auto believed =
      kernel::make_client(*record.client, conversation_.accepted.peer, record.source, conversation_.base.trusted);
  believed.by_peername = pool_.backend().identity == config::Identity::peername ? 1 : 0;
  ForClient whom{.socket = conversation_.stream.socket(), .believed = *record.client, .recorded = believed};
  if (!one && !only_new) {
    whom.at_hand = [this](const upstream::Endpoint& endpoint) {
      const Duration longest = may_be_repeated(request_) ? Duration::max() : Duration(fresh);
      return conversation_.worker.idle.take(endpoint, longest);
    };
  }
  const auto began = std::chrono::steady_clock::now();
  auto connected = co_await connect_backend(pool_, conversation_.timeouts().connect,
                                            one ? conversation_.shared().clients : nullptr, whom);
  if (!connected) {
    const Refusal& refusal = connected.error();
    if (refusal.reason == RejectReason::none) co_return Trouble{.status = 0, .refusal = refusal};
    co_return Trouble{.status = refusal.reason == RejectReason::backend_timeout ? 504U : 503U, .refusal = refusal};
  }
  if (!connected->used_before) {
    connected->lease.succeeded();
    conversation_.shared().connect_seconds.add(std::chrono::steady_clock::now() - began);
  }
  backend_.emplace(std::move(*connected));
  co_return std::nullopt;
}

// The PROXY protocol header where a new connection needs one, and the request's head.
std::string Exchange::opening() const {
  const auto& backend = pool_.backend();
  const auto& identified = conversation_.identified;
  std::string text;
  if (!own_before_ && config::sends_header(backend.identity)) {
    text = presentation(backend, {.client = *account_.record.client,
                                  .destination = identified.destination,
                                  .believed = identified.tlvs,
                                  .server_name = conversation_.base.server_name,
                                  .protocol = {},
                                  .made_id = account_.id()});
  }
  text += http::head_for_backend(request_, account_.record.endpoint);
  if (backend.keep_alive.count() == 0 && request_.upgrade.empty()) text += "Connection: close\r\n";
  return text + "\r\n";
}

// With as much of the body as has come already.
asio::awaitable<error_code> Exchange::send_opening() {
  std::string out = opening();
  trouble_ = body_.take(out);
  if (trouble_) co_return error_code();
  const auto error = co_await write_backend(backend_->socket, *sending_, timeout_, out);
  sent_ = !error && body_.taken();
  co_return error;
}

// --- the rest of the request ---

// Ends with a trouble for what is wrong with the client. A backend that takes no more may still respond.
asio::awaitable<void> Exchange::send_rest() {
  std::string out;
  while (!body_.taken()) {
    trouble_ = co_await body_.wait();
    if (!trouble_) trouble_ = body_.take(out);
    if (trouble_) co_return;
    const auto error = co_await write_backend(backend_->socket, *sending_, timeout_, out);
    if (error) co_return;
    out.clear();
  }
  sent_ = true;
}

asio::awaitable<void> Exchange::upload() {
  try {
    co_await send_rest();
  } catch (const std::exception& exception) {
    trouble_ = trouble_of(400, RejectReason::request_malformed, exception.what());
  }
  send_failed_ = !sent_;
  if (trouble_) {
    // Without the rest of the request there is no response to wait for.
    error_code ignored;
    backend_->socket.shutdown(tcp::socket::shutdown_both, ignored);
    backend_->socket.cancel(ignored);
  } else if (awaits_backend_) {
    responding_->at_most(timeout_);
  }
}

// Afterwards nobody reads from the client or writes to the backend.
asio::awaitable<void> Exchange::end_upload(std::chrono::milliseconds patience) {
  co_await companion_.wait(patience);
  error_code ignored;
  while (companion_.running()) {
    conversation_.stream.socket().cancel(ignored);
    backend_->socket.cancel(ignored);
    co_await companion_.wait(std::chrono::milliseconds(10));
  }
}

// --- the response ---

// The backend has its time once it has the whole request.
asio::awaitable<error_code> Exchange::read_backend() {
  if (!companion_.running()) responding_->at_most(timeout_);
  awaits_backend_ = true;
  auto space = from_backend_.prepare(read_at_once);
  const auto [error, got] =
      co_await backend_->socket.async_read_some(asio::mutable_buffer(space), asio::as_tuple(asio::use_awaitable));
  from_backend_.commit(got);
  awaits_backend_ = false;
  if (!responding_->over()) responding_->forever();
  co_return error;
}

Trouble Exchange::no_response(const error_code& error) const {
  if (trouble_) return *trouble_;
  if (responding_->over()) return trouble_of(504, RejectReason::backend_timeout, "no response in time");
  if (sending_->over())
    return trouble_of(504, RejectReason::backend_timeout, "the backend took no more of the request");
  const std::string how = error == asio::error::eof ? "the backend ended the connection" : error.message();
  return trouble_of(502, RejectReason::backend_unavailable, "no response: " + how);
}

asio::awaitable<std::optional<Trouble>> Exchange::await_head() {
  auto& reader = response_reader_.emplace(longest_response_head);
  if (request_.method == "HEAD") reader.skip_body();
  for (;;) {
    if (const auto error = reader.read_head(from_backend_)) {
      co_return trouble_of(502, RejectReason::backend_unavailable, "the response is no HTTP: " + error.message());
    }
    if (reader.has_head()) co_return std::nullopt;
    const auto error = co_await read_backend();
    if (error) co_return no_response(error);
  }
}

bool Exchange::is_asked_for(const http::Response& response) const {
  return !request_.upgrade.empty() && http::iequals(request_.upgrade, response.upgrade);
}

// Passes interim responses on (RFC 9110, section 15.2), and stops at the one that answers.
asio::awaitable<std::optional<Trouble>> Exchange::read_final_head() {
  for (;;) {
    auto trouble = co_await await_head();
    if (trouble) co_return trouble;
    auto response =
        http::make_response(*response_reader_, {.http_1_1 = request_.http_1_1, .head = request_.method == "HEAD"});
    if (!response) {
      co_return trouble_of(response.error().status, RejectReason::backend_unavailable, response.error().detail);
    }
    response_ = std::move(*response);
    if (response_.status == 101 && !is_asked_for(response_)) {
      co_return trouble_of(502, RejectReason::backend_unavailable, "the response changes to a protocol not asked for");
    }
    if (!response_.is_interim()) co_return std::nullopt;
    if (!request_.http_1_1) continue;
    const std::string head = http::head_for_client(response_, false);
    const auto error = co_await write_client(conversation_, head);
    if (error) co_return Trouble{.status = 0, .refusal = client_reset};
    account_.sent(head.size());
  }
}

// Appends what has come of the response's body; whether it was the last of it.
bool Exchange::take_response(std::string& out, error_code& error) {
  auto& reader = *response_reader_;
  for (std::size_t before = 0; !reader.is_done() && out.size() < read_at_once && before != from_backend_.size();) {
    before = from_backend_.size();
    const auto part = reader.read_body(from_backend_, error);
    if (error) return false;
    http::append_body(out, response_.framing, part);
  }
  if (!reader.is_done()) return false;
  http::append_end(out, response_.framing, http::trailer_for_client(reader.message()));
  return true;
}

// Sends `out`, and what follows of the body.
asio::awaitable<Exchange::Relayed> Exchange::relay_body(std::string out) {
  auto& detail = account_.record.detail;
  for (;;) {
    error_code error;
    const bool last = take_response(out, error);
    if (error || from_backend_.size() >= 2 * most_unparsed) {
      detail = "the response's body is broken: " + error.message();
      co_return Relayed::backend_failed;
    }
    if (!out.empty()) {
      error = co_await write_client(conversation_, out);
      if (error) co_return Relayed::client_failed;
      account_.sent(out.size());
      out.clear();
      if (!last && from_backend_.size() > 0) continue;
    }
    if (last) co_return Relayed::whole;
    error = co_await read_backend();
    // An end tells the end of a body only where nothing else went wrong with the connection.
    if (error == asio::error::eof && !trouble_ && !send_failed_) {
      error = response_reader_->end();
      if (!error) continue;
    }
    if (error) {
      detail = responding_->over() ? "no more of the response in time" : "the backend ended within its response";
      co_return Relayed::backend_failed;
    }
  }
}

asio::awaitable<After> Exchange::relay_response() {
  account_.record.request->status = response_.status;
  const bool close =
      !goes_on(conversation_, request_) || !body_.taken() || response_.framing == http::Framing::until_close;
  std::string head = http::head_for_client(response_, close);
  const Relayed relayed = co_await relay_body(std::move(head));
  const auto trouble = std::exchange(trouble_, std::nullopt);
  co_await end_upload(relayed == Relayed::whole ? rest_of_request : std::chrono::seconds(0));
  leave_backend(relayed == Relayed::whole && sent_);
  if (trouble && relayed != Relayed::whole) {
    // The client broke its request off, and with it the response.
    account_.refused(trouble->refusal);
    co_return After::reset;
  }
  switch (relayed) {
    case Relayed::whole: account_.ended("closed"); break;
    case Relayed::backend_failed: account_.ended("backend_reset"); co_return After::reset;
    case Relayed::client_failed: account_.ended("client_reset"); co_return After::reset;
  }
  co_return close || !body_.taken() ? After::close : After::next_request;
}

// Keeps its connection for another request, where both are done with this one.
void Exchange::leave_backend(bool in_order) {
  note_delivery(conversation_.generation(), backend_->socket.native_handle(), account_.record.endpoint,
                account_.record);
  const auto keep_alive = pool_.backend().keep_alive;
  if (in_order && response_.backend_goes_on && keep_alive.count() > 0 && from_backend_.size() == 0) {
    if (speaks_for_one(pool_)) {
      conversation_.own.reset(new OwnConnection{&pool_, account_.record.client->address(),
                                                std::chrono::steady_clock::now(), std::move(*backend_),
                                                boost::asio::steady_timer(conversation_.stream.get_executor())});
      end_after(conversation_.own, keep_alive);
    } else {
      conversation_.worker.idle.keep(backend_->lease.shared_endpoint(), std::move(backend_->socket), keep_alive);
    }
  }
  backend_.reset();
}

// --- the whole ---

asio::awaitable<Exchange::Attempt> Exchange::attempt(bool only_new) {
  responding_.reset();
  sending_.reset();
  trouble_ = co_await reach(only_new);
  if (trouble_) co_return Attempt::failed;
  account_.record.endpoint = backend_->lease.endpoint().text;
  account_.record.upstream = own_address(backend_->socket);
  account_.record.path = "relay";
  responding_.emplace(backend_->socket);
  sending_.emplace(backend_->socket);
  from_backend_.clear();
  const auto unsent = co_await send_opening();
  if (trouble_) co_return Attempt::failed;
  if (!unsent && !body_.taken()) companion_.start(upload());
  std::optional<ClientWatch> watch;
  if (body_.taken()) watch.emplace(conversation_.stream.socket(), backend_->socket);
  auto trouble = co_await read_final_head();
  const bool gone = watch && watch->gone();
  watch.reset();
  if (!trouble) co_return Attempt::responded;
  co_await end_upload(std::chrono::milliseconds(0));
  // What came of ending the upload is our own doing.
  trouble_ = std::move(trouble);
  if (gone) trouble_ = Trouble{.status = 0, .refusal = client_reset};
  if (own_before_ || backend_->used_before) {
    const bool nothing_came = !response_reader_->has_begun() && trouble_->status == 502;
    if (nothing_came && may_be_repeated(request_)) co_return Attempt::again;
  }
  co_return Attempt::failed;
}

asio::awaitable<After> Exchange::give_up(Trouble trouble) {
  responding_.reset();
  sending_.reset();
  backend_.reset();
  if (trouble.status != 0) {
    co_return co_await answer(conversation_, account_, request_, trouble.status, trouble.refusal);
  }
  account_.refused(trouble.refusal);
  co_return After::reset;
}

asio::awaitable<After> Exchange::run() {
  std::exception_ptr failure;
  try {
    co_return co_await exchange();
  } catch (...) {
    failure = std::current_exception();
  }
  // Whoever still sends the request's body must not outlive what it works on.
  co_await end_upload(std::chrono::milliseconds(0));
  std::rethrow_exception(failure);
}

asio::awaitable<After> Exchange::exchange() {
  Attempt outcome = co_await attempt(false);
  if (outcome == Attempt::again) outcome = co_await attempt(true);
  if (outcome != Attempt::responded) {
    Trouble trouble = std::move(*trouble_);
    co_return co_await give_up(std::move(trouble));
  }
  if (response_.status == 101) {
    responding_.reset();
    sending_.reset();
    co_return co_await go_on_with_bytes(conversation_, account_, response_, *backend_, from_backend_,
                                        std::move(place_));
  }
  co_return co_await relay_response();
}

}  // namespace realpeer::session

#include "session/connector.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/deadline.h"
#include "session/client_watch.h"
#include "upstream/own_trouble.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using policy::RejectReason;
using Time = std::chrono::steady_clock::time_point;

// Announces the client of a connecting socket. Taking it back finds nothing where a SYN left.
class Announcement {
 public:
  Announcement(kernel::ClientMap* clients, tcp::socket& socket, const realpeer_client& client)
      : clients_(clients), socket_(socket) {
    if (clients_ != nullptr && !clients_->expect(socket_.native_handle(), client)) {
      spdlog::warn("no room in the client map: `realpeer whois` will not know a connection (limits.connections)");
    }
  }
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;
  ~Announcement() {
    if (clients_ != nullptr) clients_->forget(socket_.native_handle());
  }

 private:
  kernel::ClientMap* clients_;
  tcp::socket& socket_;
};

// How many endpoints one client's connection may cost.
constexpr std::size_t most_attempts = 5;
// A failure that comes sooner costs nobody anything.
constexpr std::chrono::milliseconds quick{200};

struct Attempt {
  boost::system::error_code error;
  bool timed_out = false;
  bool client_gone = false;
  Time::duration took{};
};

asio::awaitable<Attempt> attempt(tcp::socket& socket, const net::Endpoint& endpoint, Time until,
                                 kernel::ClientMap* clients, const ForClient& client) {
  const Time began = std::chrono::steady_clock::now();
  boost::system::error_code error;
  socket.open(endpoint.protocol(), error);
  if (error) co_return Attempt{.error = error};
  socket.set_option(tcp::no_delay(true), error);
  const Announcement announcement(clients, socket, client.recorded);
  const net::Deadline deadline(socket, until);
  const ClientWatch watch(client.socket, socket);
  const auto [failed] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  co_return Attempt{.error = failed,
                    .timed_out = failed && deadline.expired(),
                    .client_gone = failed && watch.gone(),
                    .took = std::chrono::steady_clock::now() - began};
}

// Tells the pool, and puts into words what became of a failed attempt. One that had little patience says nothing.
std::string judge(upstream::Lease& lease, const Attempt& result, bool had_patience) {
  const std::string why = result.timed_out ? std::string("no answer in time") : result.error.message();
  if (result.timed_out) {
    if (had_patience) lease.failed(upstream::Failure::slow, why);
  } else if (!upstream::own_trouble(result.error)) {
    lease.failed(result.took < quick ? upstream::Failure::quick : upstream::Failure::slow, why);
  }
  return lease.endpoint().text + ": " + why;
}

// Of the time left, what one endpoint may take when `others` could be tried after it; never less than a quarter of the
// whole, since dividing it among many would give each too little for a slow road.
Time share(Time now, Time end, std::chrono::milliseconds whole, std::size_t others) {
  const auto even = (end - now) / static_cast<std::int64_t>(others + 1);
  return std::min(end, now + std::max<Time::duration>(even, whole / 4));
}

// The failures so far.
struct Failures {
  std::string text;
  bool any_answered = false;

  void add(const std::string& why) { text += (text.empty() || why.empty() ? "" : "; ") + why; }
  [[nodiscard]] Refusal refusal() const {
    return {.reason = any_answered ? RejectReason::backend_unavailable : RejectReason::backend_timeout,
            .detail = text,
            .looks_like = {}};
  }
};

}  // namespace

Stage<Connected> connect_backend(upstream::Pool& pool, std::chrono::milliseconds timeout, kernel::ClientMap* clients,
                                 const ForClient& client) {
  const Time end = std::chrono::steady_clock::now() + timeout;
  upstream::Pool::Tried tried;
  Failures failures;
  for (Time now = end - timeout; now < end && tried.size() < most_attempts; now = std::chrono::steady_clock::now()) {
    auto lease = pool.next(client.believed, tried);
    if (!lease) {
      failures.add(lease.error().why);
      failures.any_answered = failures.any_answered || tried.empty();
      break;
    }
    tried.push_back(lease->shared_endpoint());
    tcp::socket socket(client.socket.get_executor());
    const Time until = share(now, end, timeout, lease->others());
    const Attempt result = co_await attempt(socket, lease->endpoint().address, until, clients, client);
    if (!result.error) co_return Connected{std::move(socket), std::move(*lease)};
    if (result.client_gone) co_return client_reset;
    failures.add(judge(*lease, result, until - now >= timeout / 4));
    failures.any_answered = failures.any_answered || !result.timed_out;
  }
  co_return failures.refusal();
}

}  // namespace realpeer::session

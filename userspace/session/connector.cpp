#include "session/connector.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "kernel/transparent.h"
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
  std::string why{};  // where the error does not say it
  bool ours = false;  // says nothing of the endpoint
};

// Where an attempt comes from and goes to.
struct Road {
  net::Endpoint to;
  const net::Endpoint* from = nullptr;  // a foreign address; null: this host's
};

// As the client, from the client's port if nobody has it: its former connection may, for a minute, and so may a client
// on this host itself.
boost::system::error_code take_address(tcp::socket& socket, const net::Endpoint& address) {
  boost::system::error_code error;
  if (!kernel::allow_foreign_address(socket.native_handle(), address.address().is_v6())) {
    return make_error_code(boost::system::errc::operation_not_permitted);
  }
  socket.set_option(tcp::socket::reuse_address(true), error);
  socket.bind(address, error);
  // Ports below 1024 need CAP_NET_BIND_SERVICE.
  if (error == asio::error::address_in_use || error == asio::error::access_denied) {
    socket.bind({address.address(), 0}, error);
  }
  return error;
}

boost::system::error_code open(tcp::socket& socket, const Road& road) {
  boost::system::error_code error;
  socket.open(road.to.protocol(), error);
  if (error) return error;
  socket.set_option(tcp::no_delay(true), error);
  return road.from == nullptr ? boost::system::error_code() : take_address(socket, *road.from);
}

asio::awaitable<Attempt> attempt(tcp::socket& socket, const Road& road, Time until, kernel::ClientMap* clients,
                                 const ForClient& client) {
  const Time began = std::chrono::steady_clock::now();
  if (const auto error = open(socket, road)) co_return Attempt{.error = error, .ours = true};
  const Announcement announcement(clients, socket, client.recorded);
  const net::Deadline deadline(socket, until);
  const ClientWatch watch(client.socket, socket);
  const auto [failed] = co_await socket.async_connect(road.to, asio::as_tuple(asio::use_awaitable));
  co_return Attempt{.error = failed,
                    .timed_out = failed && deadline.expired(),
                    .client_gone = failed && watch.gone(),
                    .took = std::chrono::steady_clock::now() - began};
}

// Why nobody can be connected to so; empty: it can be tried.
std::string not_from(const Road& road) {
  const net::Address client = road.from->address();
  if (road.to.protocol() != road.from->protocol()) {
    return "identity: transparent shows no client to an endpoint of the other family";
  }
  // A loopback source is routed to loopback, whatever the destination: to a service of this host.
  if (client.is_loopback() && !road.to.address().is_loopback()) {
    return "identity: transparent shows no client of this host's loopback to another host";
  }
  // The kernel would connect from an address of its own choice.
  if (!kernel::may_be_a_source(client)) {
    return "identity: transparent: " + client.to_string() + " is no address of a host here";
  }
  return {};
}

asio::awaitable<Attempt> attempt_from_client(tcp::socket& socket, const Road& road, Time until,
                                             kernel::ClientMap* clients, const ForClient& client) {
  if (std::string why = not_from(road); !why.empty()) {
    co_return Attempt{
        .error = make_error_code(boost::system::errc::address_not_available), .why = std::move(why), .ours = true};
  }
  Attempt result = co_await attempt(socket, road, until, clients, client);
  if (result.error == boost::system::errc::address_not_available) {
    // This very connection is still remembered, from when the client came last.
    boost::system::error_code ignored;
    socket.close(ignored);
    const net::Endpoint any_port(road.from->address(), 0);
    const Road other{.to = road.to, .from = &any_port};
    result = co_await attempt(socket, other, until, clients, client);
  }
  // The way back of this one client may lead elsewhere, and others must not pay for it.
  result.ours = result.ours || result.timed_out;
  co_return result;
}

// Tells the pool, and puts into words what became of a failed attempt. One that had little patience says nothing.
std::string judge(upstream::Lease& lease, const Attempt& result, bool had_patience) {
  const std::string why = result.timed_out     ? "no answer in time"
                          : result.why.empty() ? result.error.message()
                                               : result.why;
  if (result.ours) {
    // Says nothing of the endpoint.
  } else if (result.timed_out) {
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

std::optional<net::Endpoint> own_address(const tcp::socket& backend) {
  boost::system::error_code error;
  const auto own = backend.local_endpoint(error);
  if (error) return std::nullopt;
  return net::unmapped(own);
}

Stage<Connected> connect_backend(upstream::Pool& pool, std::chrono::milliseconds timeout, kernel::ClientMap* clients,
                                 const ForClient& client) {
  const Time end = std::chrono::steady_clock::now() + timeout;
  const bool transparent = pool.backend().identity == config::Identity::transparent;
  upstream::Pool::Tried tried;
  Failures failures;
  for (Time now = end - timeout; now < end && tried.size() < most_attempts; now = std::chrono::steady_clock::now()) {
    auto lease = pool.next(client.believed.address(), tried);
    if (!lease) {
      failures.add(lease.error().why);
      failures.any_answered = failures.any_answered || tried.empty();
      break;
    }
    tried.push_back(lease->shared_endpoint());
    if (client.at_hand) {
      if (auto socket = client.at_hand(lease->endpoint())) {
        co_return Connected{.socket = std::move(*socket), .lease = std::move(*lease), .used_before = true};
      }
    }
    tcp::socket socket(client.socket.get_executor());
    const Time until = share(now, end, timeout, lease->others());
    const Road road{.to = lease->endpoint().address, .from = transparent ? &client.believed : nullptr};
    // No conditional expression within co_await: g++ 12 destroys the frame of the branch taken twice.
    Attempt result;
    if (transparent) {
      result = co_await attempt_from_client(socket, road, until, clients, client);
    } else {
      result = co_await attempt(socket, road, until, clients, client);
    }
    if (!result.error) co_return Connected{std::move(socket), std::move(*lease)};
    if (result.client_gone) co_return client_reset;
    failures.add(judge(*lease, result, until - now >= timeout / 4));
    failures.any_answered = failures.any_answered || !result.timed_out;
  }
  co_return failures.refusal();
}

}  // namespace realpeer::session

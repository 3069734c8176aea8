#include "session/connector.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/errc.hpp>

#include "net/deadline.h"

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

struct Attempt {
  boost::system::error_code error;
  bool timed_out = false;
};

asio::awaitable<Attempt> attempt(tcp::socket& socket, const net::Endpoint& endpoint, Time until,
                                 kernel::ClientMap* clients, const realpeer_client& client) {
  boost::system::error_code error;
  socket.open(endpoint.protocol(), error);
  if (error) co_return Attempt{error, false};
  socket.set_option(tcp::no_delay(true), error);
  const Announcement announcement(clients, socket, client);
  const net::Deadline deadline(socket, until);
  const auto [failed] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  co_return Attempt{failed, failed && deadline.expired()};
}

// What is wrong with us, and says nothing of the endpoint.
bool own_trouble(const boost::system::error_code& error) {
  using boost::system::errc::errc_t;
  for (const errc_t ours : {errc_t::too_many_files_open, errc_t::too_many_files_open_in_system, errc_t::no_buffer_space,
                            errc_t::not_enough_memory, errc_t::address_not_available, errc_t::operation_canceled}) {
    if (error == boost::system::errc::make_error_condition(ours)) return true;
  }
  return false;
}

// Tells the pool, and puts into words what became of the attempt.
std::string judge(upstream::Pool& pool, upstream::Endpoint& endpoint, const Attempt& result) {
  const std::string why = result.timed_out ? std::string("no answer in time") : result.error.message();
  if (result.timed_out) {
    pool.failed(endpoint, upstream::Failure::silence, why);
  } else if (own_trouble(result.error)) {
    pool.undecided(endpoint);
  } else {
    pool.failed(endpoint, upstream::Failure::refusal, why);
  }
  return endpoint.text + ": " + why;
}

// Of the time left, what one endpoint may take when `others` could be tried after it; never less than a quarter of the
// whole, since dividing it among many would give each too little for a slow road.
Time share(Time now, Time end, std::chrono::milliseconds whole, std::size_t others) {
  const auto even = (end - now) / static_cast<std::int64_t>(others + 1);
  return std::min(end, now + std::max<Time::duration>(even, whole / 4));
}

}  // namespace

Stage<Connected> connect_backend(asio::any_io_executor executor, upstream::Pool& pool,
                                 std::chrono::milliseconds timeout, kernel::ClientMap* clients,
                                 const realpeer_client& client, const net::Address& believed) {
  const Time end = std::chrono::steady_clock::now() + timeout;
  const std::size_t endpoints = pool.endpoints().size();
  upstream::Pool::Tried tried;
  std::string failures;
  bool any_answered = false;
  for (Time now = end - timeout; now < end; now = std::chrono::steady_clock::now()) {
    auto lease = pool.next(believed, tried);
    if (!lease) {
      const std::string& why = lease.error().why;
      failures += (failures.empty() || why.empty() ? "" : "; ") + why;
      any_answered = any_answered || tried.empty();
      break;
    }
    tried.push_back(lease->endpoint());
    upstream::Endpoint& endpoint = *lease->endpoint();
    const std::size_t others = endpoints - std::min(endpoints, tried.size());
    tcp::socket socket(executor);
    const Attempt result =
        co_await attempt(socket, endpoint.address, share(now, end, timeout, others), clients, client);
    if (!result.error) {
      pool.succeeded(endpoint);
      co_return Connected{std::move(socket), std::move(*lease)};
    }
    failures += (failures.empty() ? "" : "; ") + judge(pool, endpoint, result);
    any_answered = any_answered || !result.timed_out;
  }
  co_return Refusal{.reason = any_answered ? RejectReason::backend_unavailable : RejectReason::backend_timeout,
                    .detail = std::move(failures),
                    .looks_like = {}};
}

}  // namespace realpeer::session

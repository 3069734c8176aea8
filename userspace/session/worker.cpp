#include "session/worker.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "session/session.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto accept_pause = std::chrono::milliseconds(100);

// Out of descriptors or memory: trying again at once would only burn the processor.
bool exhausted(const boost::system::error_code& error) {
  return error == asio::error::no_descriptors || error.value() == ENFILE || error.value() == ENOBUFS ||
         error.value() == ENOMEM;
}

void report(std::exception_ptr failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::exception& exception) {
    spdlog::error("a connection ended by an unexpected error: {}", exception.what());
  }
}

}  // namespace

kernel::Result<tcp::acceptor> bind_listener(asio::io_context& context, const config::Listener& listener,
                                            bool share_port) {
  tcp::acceptor acceptor(context);
  boost::system::error_code error;
  acceptor.open(listener.bind.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && share_port) {
    const int on = 1;
    if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) {
      error.assign(errno, boost::system::system_category());
    }
  }
  if (!error && listener.bind.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(listener.bind, error);
  if (!error && share_port) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    return kernel::Error::because(listener.place.file + ":" + std::to_string(listener.place.line) +
                                  ": error: listener '" + listener.name + "' cannot listen on " +
                                  net::to_string(listener.bind) + ": " + error.message());
  }
  return acceptor;
}

kernel::Result<std::unique_ptr<Worker>> Worker::create(SharedState& shared, std::uint32_t index) {
  std::unique_ptr<Worker> worker(new Worker(shared));
  const auto& timeouts = shared.config.timeouts;
  std::chrono::milliseconds hold{0};
  for (const auto& listener : shared.config.listeners) hold = std::max(hold, listener.header_timeout);
  auto pump = datapath::Pump::create(worker->context_,
                                     {.idle = timeouts.idle, .half_closed = timeouts.half_closed, .hold = hold},
                                     shared.splice, index);
  if (!pump) return pump.error();
  worker->pump_ = std::move(*pump);
  worker->state_.reset(new WorkerState{*worker->pump_, IdleConnections(worker->context_), worker->live_});
  for (std::size_t i = 0; i < shared.config.listeners.size(); ++i) {
    const auto& listener = shared.config.listeners[i];
    auto acceptor = bind_listener(worker->context_, listener, true);
    if (!acceptor) return acceptor.error();
    worker->listening_.push_back({std::move(*acceptor), listener, shared.listeners[i], shared.tallies[i]});
  }
  return worker;
}

Worker::~Worker() = default;

void Worker::start() {
  for (auto& listening : listening_) asio::co_spawn(context_, accept(listening), report);
  thread_ = std::jthread([this] {
    const auto forever = asio::make_work_guard(context_);
    context_.run();
  });
}

void Worker::begin(Listening& listening, tcp::socket socket, const net::Endpoint& peer) {
  try {
    Accepted accepted{std::move(socket), net::unmapped(peer), listening.listener, listening.ceiling, listening.tally};
    asio::co_spawn(context_, serve(shared_, *state_, std::move(accepted)), report);
  } catch (const std::exception&) {
    // Out of memory: this connection is lost, the listener must not be.
    report(std::current_exception());
  }
}

asio::awaitable<void> Worker::accept(Listening& listening) {
  bool complained = false;
  for (;;) {
    tcp::socket socket(context_);
    net::Endpoint peer;
    const auto [error] = co_await listening.acceptor.async_accept(socket, peer, asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted || !listening.acceptor.is_open()) co_return;
    if (!error) {
      complained = false;
      begin(listening, std::move(socket), peer);
    } else if (exhausted(error)) {
      if (!complained) {
        spdlog::error(
            "listener '{}' cannot accept: {}; it goes on when some are free again (see LimitNOFILE, ulimit -n)",
            listening.listener.name, error.message());
      }
      complained = true;
      asio::steady_timer pause(context_, accept_pause);
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    // Anything else was the client's doing: it left while it was queued.
  }
}

// Closing a listening socket resets the connections in its queue, some of which have sent their request.
void Worker::accept_rest(Listening& listening) {
  boost::system::error_code error;
  listening.acceptor.non_blocking(true, error);
  while (!error) {
    tcp::socket socket(context_);
    net::Endpoint peer;
    listening.acceptor.accept(socket, peer, error);
    if (!error) begin(listening, std::move(socket), peer);
  }
}

void Worker::stop_accepting() {
  asio::post(context_, [this] {
    for (auto& listening : listening_) {
      accept_rest(listening);
      boost::system::error_code ignored;
      listening.acceptor.close(ignored);
    }
    state_->drain();
    // Behind the sessions begun above, which have taken their tickets by then.
    asio::post(context_, [this] { deaf_ = true; });
  });
}

asio::awaitable<Sight> Worker::look(Looking looking) {
  auto there = [](const Live& live, Looking what) -> asio::awaitable<Sight> { co_return look_at(live, what); };
  auto looked = there(live_, std::move(looking));
  co_return co_await asio::co_spawn(context_, std::move(looked), asio::use_awaitable);
}

void Worker::stop() {
  asio::post(context_, [this] {
    pump_->end_all(datapath::End::drained);
    context_.stop();
  });
  if (thread_.joinable()) thread_.join();
}

}  // namespace realpeer::session

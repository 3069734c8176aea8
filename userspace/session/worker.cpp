#include "session/worker.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
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

kernel::Result<std::unique_ptr<Worker>> Worker::create(SharedState& shared, std::uint32_t index) {
  std::unique_ptr<Worker> worker(new Worker(shared));
  auto pump = datapath::Pump::create(worker->context_, {}, shared.splice, index);
  if (!pump) return pump.error();
  worker->pump_ = std::move(*pump);
  worker->state_.reset(new WorkerState{*worker->pump_, IdleConnections(worker->context_), worker->live_});
  return worker;
}

Worker::~Worker() = default;

void Worker::start() {
  thread_ = std::jthread([this] {
    const auto forever = asio::make_work_guard(context_);
    context_.run();
  });
}

std::future<void> Worker::follow(std::shared_ptr<Generation> generation, Sockets sockets) {
  std::packaged_task<void()> task([this, generation = std::move(generation), sockets = std::move(sockets)]() mutable {
    take(generation, std::move(sockets));
  });
  auto done = task.get_future();
  asio::post(context_, [task = std::move(task)]() mutable { task(); });
  return done;
}

std::future<std::vector<OfferedSocket>> Worker::sockets() {
  std::promise<std::vector<OfferedSocket>> told;
  auto answer = told.get_future();
  asio::post(context_, [this, told = std::move(told)]() mutable {
    std::vector<OfferedSocket> found;
    for (const auto& listening : listening_) found.push_back({listening->bind, listening->acceptor.native_handle()});
    told.set_value(std::move(found));
  });
  return answer;
}

std::future<void> Worker::pulse() {
  std::promise<void> here;
  auto answered = here.get_future();
  asio::post(context_, [here = std::move(here)]() mutable { here.set_value(); });
  return answered;
}

void Worker::take(const std::shared_ptr<Generation>& generation, Sockets sockets) {
  const auto& config = generation->config;
  const auto& timeouts = config.timeouts;
  std::chrono::milliseconds hold{0};
  for (const auto& listener : config.listeners) hold = std::max(hold, listener.header_timeout);
  pump_->configure({.idle = timeouts.idle, .half_closed = timeouts.half_closed, .hold = hold});
  state_->generation = generation;
  const auto index_of = [&](const net::Endpoint& bind) {
    const auto found = std::ranges::find(config.listeners, bind, &config::Listener::bind);
    return static_cast<std::size_t>(found - config.listeners.begin());
  };
  for (auto at = listening_.begin(); at != listening_.end();) {
    Listening& listening = **at;
    if (const auto index = index_of(listening.bind); index < config.listeners.size()) {
      listening.generation = generation;
      listening.index = index;
      ++at;
    } else {
      close(listening, true);
      at = listening_.erase(at);
    }
  }
  for (auto& [bind, of_address] : sockets) {
    for (auto& socket : of_address) {
      auto listening = std::make_shared<Listening>(
          Listening{tcp::acceptor(context_, bind.protocol(), socket.release()), bind, generation, index_of(bind)});
      listening_.push_back(listening);
      asio::co_spawn(context_, accept(std::move(listening)), report);
    }
  }
}

void Worker::begin(const Listening& listening, tcp::socket socket, const net::Endpoint& peer) {
  try {
    Accepted accepted{std::move(socket), net::unmapped(peer), listening.generation, listening.index};
    asio::co_spawn(context_, serve(*state_, std::move(accepted)), report);
  } catch (const std::exception&) {
    // Out of memory: this connection is lost, the listener must not be.
    report(std::current_exception());
  }
}

asio::awaitable<void> Worker::accept(std::shared_ptr<Listening> listening) {
  bool complained = false;
  for (;;) {
    tcp::socket socket(context_);
    net::Endpoint peer;
    const auto [error] = co_await listening->acceptor.async_accept(socket, peer, asio::as_tuple(asio::use_awaitable));
    // First: what was accepted may be told behind the end of the acceptor.
    if (!error) {
      complained = false;
      begin(*listening, std::move(socket), peer);
    }
    if (!listening->acceptor.is_open()) co_return;
    if (exhausted(error)) {
      if (!complained) {
        spdlog::error(
            "listener '{}' cannot accept: {}; it goes on when some are free again (see LimitNOFILE, ulimit -n)",
            listening->generation->config.listeners[listening->index].name, error.message());
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

void Worker::close(Listening& listening, bool for_good) {
  if (for_good) accept_rest(listening);
  // Asio takes a socket that it closes for gone from its epoll set. One that another process listens on as well is not.
  const kernel::UniqueFd socket(listening.acceptor.release());
}

void Worker::stop_accepting(std::vector<net::Endpoint> served_by_another) {
  asio::post(context_, [this, elsewhere = std::move(served_by_another)] {
    for (auto& listening : listening_) close(*listening, std::ranges::count(elsewhere, listening->bind) == 0);
    listening_.clear();
    state_->drain();
    // Behind the sessions begun above, and those that were accepted before and are told behind this: they have taken
    // their tickets by then.
    asio::post(context_, [this] { asio::post(context_, [this] { deaf_ = true; }); });
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

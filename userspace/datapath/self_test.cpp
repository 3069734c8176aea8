#include "datapath/self_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <optional>

#include "datapath/pump.h"
#include "kernel/fd.h"

namespace realpeer::datapath {
namespace {

using kernel::UniqueFd;

constexpr auto patience = std::chrono::seconds(5);
constexpr std::size_t queued_before = 50'000;           // bytes the client sends before its socket is spliced
constexpr std::size_t stalled = std::size_t{64} << 20;  // far more than all buffers hold
constexpr std::size_t download = std::size_t{3} << 20;
constexpr std::size_t after_half_close = std::size_t{1} << 20;

// Content by position, so that a lost, doubled or moved byte shows.
std::uint8_t content(std::size_t position) {
  return static_cast<std::uint8_t>((position * 2654435761U) >> 13U ^ position >> 8U);
}

// One end of a test connection: sends and checks as far as it can without blocking.
class Peer {
 public:
  explicit Peer(UniqueFd socket) : socket_(std::move(socket)) {}

  void send_up_to(std::size_t total) {
    std::array<std::uint8_t, 16384> bytes{};
    while (sent_ < total) {
      const std::size_t size = std::min(bytes.size(), total - sent_);
      for (std::size_t i = 0; i < size; ++i) bytes.at(i) = content(sent_ + i);
      const auto done = ::send(socket_.get(), bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (done <= 0) return;
      sent_ += static_cast<std::size_t>(done);
    }
  }

  void receive() {
    std::array<std::uint8_t, 16384> bytes{};
    for (;;) {
      const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (got == 0) ended_ = true;
      if (got <= 0) return;
      for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
        if (bytes.at(i) != content(received_ + i)) wrong_ = true;
      }
      received_ += static_cast<std::size_t>(got);
    }
  }

  void finish_sending() { ::shutdown(socket_.get(), SHUT_WR); }

  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] std::size_t received() const { return received_; }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool wrong() const { return wrong_; }

 private:
  UniqueFd socket_;
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
  bool ended_ = false;
  bool wrong_ = false;
};

// A connected pair of TCP sockets over loopback: the connecting end first.
std::optional<std::pair<UniqueFd, UniqueFd>> connected_pair() {
  UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener.get(), generic, length) != 0 || ::listen(listener.get(), 1) != 0 ||
      ::getsockname(listener.get(), generic, &length) != 0) {
    return std::nullopt;
  }
  UniqueFd connecting(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(connecting.get(), generic, length) != 0) return std::nullopt;
  UniqueFd accepted(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!accepted.valid()) return std::nullopt;
  return std::pair(std::move(connecting), std::move(accepted));
}

struct Outcome final : FlowOwner {
  explicit Outcome(std::optional<Totals>& where) : totals(where) {}
  void ended(const Totals& result) override { totals = result; }
  std::optional<Totals>& totals;
};

// Runs the pump and `step` until `done`; false when patience runs out.
template <typename Step, typename Done>
bool until(boost::asio::io_context& context, Step step, Done done) {
  const auto give_up = Clock::now() + patience;
  while (!done()) {
    if (Clock::now() > give_up) return false;
    step();
    context.restart();
    context.run_for(std::chrono::microseconds(200));
  }
  return true;
}

}  // namespace

kernel::Result<void> self_test(kernel::SpliceMap& map) {
  boost::asio::io_context context(1);
  std::optional<Totals> totals;  // outlives the pump, which may still write it
  auto pump = Pump::create(context, {}, &map, 0);
  if (!pump) return pump.error();
  auto front = connected_pair();
  auto back = connected_pair();
  if (!front || !back) return kernel::describe("self-test: no loopback connection (is lo up?)", errno);

  Peer client(std::move(front->first));
  Peer backend(std::move(back->second));
  client.send_up_to(queued_before);
  (*pump)->engage({.client = std::move(front->second),
                   .backend = std::move(back->first),
                   .owner = std::make_unique<Outcome>(totals),
                   .splice = true});

  if (!until(
          context, [&] { backend.receive(); }, [&] { return backend.received() == queued_before; })) {
    return kernel::Error::because("self-test: bytes queued before insertion did not arrive");
  }
  // The backend stalls; its client must be stopped by that, and then everything must arrive.
  std::size_t last = 0;
  auto still_since = Clock::now();
  until(
      context, [&] { client.send_up_to(stalled); },
      [&] {
        if (client.sent() != last) still_since = Clock::now();
        last = client.sent();
        return last == stalled || Clock::now() - still_since > std::chrono::milliseconds(50);
      });
  if (client.sent() == stalled) return kernel::Error::because("self-test: a stalled reader does not stop its sender");
  const std::size_t all = client.sent() + after_half_close;
  const bool both = until(
      context,
      [&] {
        client.send_up_to(all);
        backend.receive();
        backend.send_up_to(download);
        client.receive();
      },
      [&] { return backend.received() == all && client.received() == download; });
  if (!both) return kernel::Error::because("self-test: bytes were lost, or the connection stalled, under load");

  client.send_up_to(all + after_half_close);
  const std::size_t final_upload = client.sent();
  client.finish_sending();
  const bool half_closed = until(
      context, [&] { backend.receive(); }, [&] { return backend.ended(); });
  if (!half_closed || backend.received() != final_upload) {
    return kernel::Error::because("self-test: a half-close lost the bytes queued before it");
  }
  backend.send_up_to(download + after_half_close);
  const bool answered = until(
      context,
      [&] {
        backend.send_up_to(download + after_half_close);
        if (backend.sent() == download + after_half_close) backend.finish_sending();
        client.receive();
      },
      [&] { return client.ended() && totals.has_value(); });
  if (!answered || client.received() != download + after_half_close) {
    return kernel::Error::because("self-test: the answer after a half-close was lost");
  }
  if (client.wrong() || backend.wrong()) return kernel::Error::because("self-test: content arrived changed");
  if (totals->path != Path::sockmap || totals->redirected() == 0) {
    return kernel::Error::because("self-test: the kernel redirected nothing");
  }
  return {};
}

}  // namespace realpeer::datapath

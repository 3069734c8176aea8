#include "kernel/engaged.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace realpeer::test {
namespace {

// A blocked call fails rather than hangs the test.
void set_patience(int socket) {
  const timeval patience{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

class Promise final : public datapath::FlowOwner {
 public:
  explicit Promise(std::promise<datapath::Totals> promise) : promise_(std::move(promise)) {}
  FirstBytes first_bytes(std::span<const std::byte> bytes) override {
    if (bytes.size() < 4) return FirstBytes::more;
    return std::memcmp(bytes.data(), "BAD!", 4) == 0 ? FirstBytes::refuse : FirstBytes::go_on;
  }
  void ended(const datapath::Totals& totals) override { promise_.set_value(totals); }

 private:
  std::promise<datapath::Totals> promise_;
};

template <typename T>
T must(kernel::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}

}  // namespace

Pair connected_pair() {
  kernel::UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener.get(), generic, length) != 0 || ::listen(listener.get(), 1) != 0 ||
      ::getsockname(listener.get(), generic, &length) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  Pair pair;
  pair.connecting = kernel::UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(pair.connecting.get(), generic, length) != 0) throw std::runtime_error("cannot connect on loopback");
  pair.accepted = kernel::UniqueFd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  set_patience(pair.connecting.get());
  set_patience(pair.accepted.get());
  return pair;
}

PumpRunner::PumpRunner(const PumpOptions& options) : options_(options) {
  if (options_.splice) {
    object_ = must(
        kernel::DatapathObject::load({.connections = options_.connections, .workers = 1, .splice_credit = 1 << 20}));
    map_ = must(kernel::SpliceMap::create(*object_));
  }
  pump_ = must(datapath::Pump::create(context_, options_.settings, map_.get(), 0));
  thread_ = std::jthread([this] {
    const auto forever = boost::asio::make_work_guard(context_);
    context_.run();
  });
}

PumpRunner::~PumpRunner() {
  on_pump([](datapath::Pump& pump) { pump.end_all(datapath::End::drained); });
  context_.stop();
}

Connection PumpRunner::engage(const std::function<void(Sides&)>& before) {
  Sides sides{connected_pair(), connected_pair()};
  if (before) before(sides);
  std::promise<datapath::Totals> promise;
  Connection connection{std::move(sides.front.connecting), std::move(sides.back.accepted), promise.get_future()};
  on_pump([&](datapath::Pump& pump) {
    pump.engage({.client = std::move(sides.front.accepted),
                 .backend = std::move(sides.back.connecting),
                 .owner = std::make_unique<Promise>(std::move(promise)),
                 .splice = options_.splice,
                 .hold_first_bytes = options_.hold_first_bytes});
  });
  return connection;
}

void PumpRunner::on_pump(const std::function<void(datapath::Pump&)>& action) {
  std::promise<void> done;
  boost::asio::post(context_, [&] {
    action(*pump_);
    done.set_value();
  });
  done.get_future().wait();
}

std::size_t PumpRunner::flows() {
  std::size_t count = 0;
  on_pump([&](datapath::Pump& pump) { count = pump.size(); });
  return count;
}

std::size_t entries(int map) {
  std::vector<std::uint8_t> key(64);
  std::vector<std::uint8_t> next(64);
  std::size_t count = 0;
  for (const void* previous = nullptr; bpf_map_get_next_key(map, previous, next.data()) == 0 && count < 1'000'000;
       ++count) {
    key = next;
    previous = key.data();
  }
  return count;
}

std::uint8_t content(std::uint64_t seed, std::uint64_t position) {
  // splitmix64 of the 8-byte word, then the byte in it.
  std::uint64_t word = seed + (position / 8) * 0x9E3779B97F4A7C15U;
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
  return static_cast<std::uint8_t>((word ^ (word >> 31U)) >> (8 * (position % 8)));
}

bool send_content(int socket, std::uint64_t seed, std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint8_t> bytes;
  for (std::uint64_t position = from; position < to;) {
    bytes.resize(std::min<std::uint64_t>(65536, to - position));
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = content(seed, position + i);
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const auto done = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (done <= 0) return false;
      sent += static_cast<std::size_t>(done);
    }
    position += bytes.size();
  }
  return true;
}

Received receive_content(int socket, std::uint64_t seed, std::chrono::microseconds pause, std::size_t read_size) {
  std::vector<std::uint8_t> bytes(read_size);
  Received received;
  for (;;) {
    const auto got = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (got == 0) return received;
    if (got < 0) {
      received.problem = std::string("recv: ") + std::strerror(errno);
      return received;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      if (bytes[i] == content(seed, received.bytes + i)) continue;
      received.problem = "content differs at byte " + std::to_string(received.bytes + i);
      return received;
    }
    received.bytes += static_cast<std::size_t>(got);
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
  }
}

Received receive_exactly(int socket, std::uint64_t seed, std::uint64_t from, std::uint64_t count) {
  std::vector<std::uint8_t> bytes(65536);
  Received received;
  while (received.bytes < count) {
    const auto got = ::recv(socket, bytes.data(), std::min<std::uint64_t>(bytes.size(), count - received.bytes), 0);
    if (got <= 0) {
      received.problem = got == 0 ? "ended early" : std::string("recv: ") + std::strerror(errno);
      return received;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      if (bytes[i] == content(seed, from + received.bytes + i)) continue;
      received.problem = "content differs at byte " + std::to_string(from + received.bytes + i);
      return received;
    }
    received.bytes += static_cast<std::size_t>(got);
  }
  return received;
}

}  // namespace realpeer::test

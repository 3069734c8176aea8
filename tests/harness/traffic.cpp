#include "harness/traffic.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <vector>

#include "harness/content.h"

namespace realpeer::testing {
namespace {

constexpr std::size_t kChunk = 4096;
constexpr int kTick = 5;            // ms
constexpr std::size_t kTurns = 25;  // of connections that stay, each tick

void make_non_blocking(int descriptor) { ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK); }

class Epoll {
 public:
  Epoll() : descriptor_(::epoll_create1(EPOLL_CLOEXEC)) {}
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;
  ~Epoll() { ::close(descriptor_); }

  void add(int descriptor, std::uint32_t events) const {
    epoll_event event{.events = events, .data = {.fd = descriptor}};
    ::epoll_ctl(descriptor_, EPOLL_CTL_ADD, descriptor, &event);
  }
  void change(int descriptor, std::uint32_t events) const {
    epoll_event event{.events = events, .data = {.fd = descriptor}};
    ::epoll_ctl(descriptor_, EPOLL_CTL_MOD, descriptor, &event);
  }
  template <typename Handle>
  void wait(int milliseconds, Handle handle) const {
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(descriptor_, events.data(), events.size(), milliseconds);
    for (int i = 0; i < count; ++i) handle(events.at(static_cast<std::size_t>(i)).data.fd);
  }

 private:
  int descriptor_;
};

}  // namespace

// --- The backend --------------------------------------------------------------------------------------------------

struct Traffic::Backend {
  Backend(const Netns& netns, const Endpoint& at) : listener(netns, at) {
    make_non_blocking(listener.descriptor());
    epoll.add(listener.descriptor(), EPOLLIN);
    thread = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) epoll.wait(50, [this](int ready) { on(ready); });
    });
  }

  void on(int ready) {
    if (ready == listener.descriptor()) {
      for (int socket = 0; (socket = ::accept4(ready, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        epoll.add(socket, EPOLLIN);
        open.emplace(socket, Socket(socket));
      }
      return;
    }
    std::array<char, 65536> bytes{};
    const auto got = ::recv(ready, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    // A client has one chunk under way: an answer always fits.
    if (got > 0 && ::send(ready, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) == got) return;
    open.erase(ready);
  }

  Listener listener;
  Epoll epoll;
  std::map<int, Socket> open;
  std::jthread thread;
};

// --- The clients --------------------------------------------------------------------------------------------------

struct Traffic::Clients {
  struct Client {
    Socket socket;
    Content content;
    bool stays;
    bool connected = false;
    bool ending = false;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };

  explicit Clients(const TrafficPlan& with) : plan(with) {
    thread = std::jthread([this](const std::stop_token& stop) {
      const Inside there(*plan.clients);
      auto next = std::chrono::steady_clock::now();
      for (unsigned i = 0; i < plan.staying; ++i) begin(true);
      while (!stop.stop_requested() && !(over && open.empty())) {
        left = open.size();
        epoll.wait(kTick, [this](int ready) { on(ready); });
        if (over) {
          end_all();
          continue;
        }
        for (const auto now = std::chrono::steady_clock::now(); next <= now;
             next += std::chrono::nanoseconds(1'000'000'000) / plan.rate) {
          begin(false);
        }
        take_turns();
      }
      left = 0;
    });
  }

  void begin(bool stays) {
    const int socket = ::socket(plan.gateway.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (::connect(socket, plan.gateway.data(), static_cast<socklen_t>(plan.gateway.size())) != 0 &&
        errno != EINPROGRESS) {
      fail("connect: " + std::string(std::strerror(errno)));
      ::close(socket);
      return;
    }
    epoll.add(socket, EPOLLIN | EPOLLOUT);
    open.emplace(socket, Client{Socket(socket), Content(++seeds), stays});
    if (stays) order.push_back(socket);
  }

  void fail(const std::string& why) {
    const std::lock_guard lock(mutex);
    ++failures[why];
  }

  // The next chunk, once the last one has come back.
  void say(Client& client) {
    if (!client.connected || client.ending || client.sent != client.received) return;
    const auto bytes = client.content.bytes(client.sent, kChunk);
    if (::send(client.socket.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(kChunk)) {
      return fail("send: " + std::string(std::strerror(errno)));
    }
    client.sent += kChunk;
  }

  void take_turns() {
    for (std::size_t i = 0; i < kTurns && !order.empty(); ++i) {
      const int socket = order.front();
      order.pop_front();
      const auto found = open.find(socket);
      if (found == open.end() || !found->second.stays) continue;
      say(found->second);
      order.push_back(socket);
    }
  }

  void end_all() {
    for (auto& [socket, client] : open) {
      if (!client.connected || client.ending || client.sent != client.received) continue;
      client.ending = true;
      client.socket.shutdown_write();
    }
  }

  void on(int ready) {
    const auto found = open.find(ready);
    if (found == open.end()) return;
    if (!advance(found->second)) open.erase(found);
  }

  // False: it is over.
  bool advance(Client& client) {
    if (!client.connected && !finish_connect(client)) return false;
    std::array<char, 65536> bytes{};
    const auto got = ::recv(client.socket.descriptor(), bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EAGAIN) return true;
    if (got < 0) return fail("receive: " + std::string(std::strerror(errno))), false;
    if (got == 0) {
      if (!client.ending) fail("ended by the other side");
      return false;
    }
    if (client.content.first_difference(client.received, {bytes.data(), static_cast<std::size_t>(got)})) {
      return fail("wrong bytes"), false;
    }
    client.received += static_cast<std::uint64_t>(got);
    if (client.received != client.sent) return true;
    if (client.stays) {
      const std::lock_guard lock(mutex);
      moved.insert(client.socket.descriptor());
      return true;
    }
    ++served;
    client.ending = true;
    client.socket.shutdown_write();
    return true;
  }

  bool finish_connect(Client& client) {
    int error = 0;
    socklen_t length = sizeof(error);
    ::getsockopt(client.socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return fail("connect: " + std::string(std::strerror(error))), false;
    client.connected = true;
    epoll.change(client.socket.descriptor(), EPOLLIN);
    say(client);
    return true;
  }

  [[nodiscard]] std::string report() {
    const std::lock_guard lock(mutex);
    std::string text;
    for (const auto& [why, count] : failures) text += std::to_string(count) + " times " + why + "\n";
    return text;
  }

  const TrafficPlan plan;
  Epoll epoll;
  std::map<int, Client> open;
  std::deque<int> order;
  std::uint64_t seeds = 0;
  std::atomic<std::uint64_t> served = 0;
  std::atomic<bool> over = false;
  std::atomic<std::size_t> left = 0;
  std::mutex mutex;
  std::map<std::string, unsigned> failures;
  std::set<int> moved;  // of those that stay, since it was emptied
  std::jthread thread;
};

Traffic::Traffic(const TrafficPlan& plan)
    : backend_(std::make_unique<Backend>(*plan.server, plan.backend)), clients_(std::make_unique<Clients>(plan)) {
  go_on(1);
}

Traffic::~Traffic() = default;

void Traffic::go_on(unsigned connections) {
  const auto so_far = clients_->served.load();
  {
    const std::lock_guard lock(clients_->mutex);
    clients_->moved.clear();
  }
  const auto all_moved = [this] {
    const std::lock_guard lock(clients_->mutex);
    return clients_->moved.size() >= clients_->plan.staying || !clients_->failures.empty();
  };
  if (!eventually([&] { return clients_->served >= so_far + connections && all_moved(); }, kDeadline)) {
    throw std::runtime_error("the traffic stands still: " + clients_->report());
  }
}

std::uint64_t Traffic::served() const { return clients_->served; }

std::string Traffic::finish() {
  clients_->over = true;
  const bool ended = eventually([&] { return clients_->left == 0; }, kDeadline);
  return clients_->report() + (ended ? "" : "connections did not end");
}

}  // namespace realpeer::testing

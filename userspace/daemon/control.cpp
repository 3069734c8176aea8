#include "daemon/control.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <cerrno>
#include <cstring>

#include "control/place.h"

namespace realpeer::daemon {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

using asio::posix::stream_descriptor;

constexpr std::chrono::seconds patience{10};       // for a question
constexpr std::chrono::seconds to_take_over{120};  // for whoever loads programs, looks up names, …
constexpr std::chrono::seconds to_serve{30};       // after the last word
constexpr std::size_t most_lines = control::most_bytes / 2;

void report(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    spdlog::error("the control socket: an unexpected error: {}", exception.what());
  }
}

json::object answer_of(const Reloaded& reloaded) {
  json::array lines;
  std::size_t bytes = 0;
  for (const auto& line : reloaded.lines) {
    bytes += line.size();
    if (bytes > most_lines) {
      lines.emplace_back("… (the log has the rest)");
      break;
    }
    lines.emplace_back(line);
  }
  return {{"applied", reloaded.applied}, {"lines", std::move(lines)}};
}

std::string_view asked(const json::object& body) {
  const auto* what = body.if_contains("do");
  return what != nullptr && what->is_string() ? std::string_view(what->get_string()) : std::string_view();
}

// Whoever is not there any more does not need it.
void answer(int socket, const json::object& body) {
  if (const auto sent = control::send(socket, body); !sent) spdlog::debug("{}", sent.error().text);
}

asio::awaitable<kernel::Result<control::Message>> next_message(stream_descriptor& peer, std::chrono::seconds at_most) {
  asio::steady_timer limit(peer.get_executor(), at_most);
  // The timer may have fired already when the message comes: then its handler must not find a peer that is gone.
  const auto waiting = std::make_shared<bool>(true);
  limit.async_wait([&peer, waiting](boost::system::error_code error) {
    if (error || !*waiting) return;
    boost::system::error_code ignored;
    peer.cancel(ignored);
  });
  const auto [error] = co_await peer.async_wait(stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
  *waiting = false;
  if (error) co_return kernel::Error::because("nothing was said");
  co_return control::receive(peer.native_handle(), std::chrono::milliseconds(0));
}

}  // namespace

struct Control::Shared {
  stream_descriptor listening;
  Answers answers;
  bool taking_over = false;                    // one at a time
  unsigned asking = 0;                         // peers
  std::vector<stream_descriptor> successor{};  // it sees our end by ours of this

  asio::steady_timer pause{listening.get_executor()};

  void wait(std::shared_ptr<Shared> self);
  void wait_a_while(std::shared_ptr<Shared> self);
  static asio::awaitable<void> serve(std::shared_ptr<Shared> self, stream_descriptor peer);
  asio::awaitable<void> hand_over(stream_descriptor peer);
  asio::awaitable<bool> offer_and_wait(stream_descriptor& peer);
};

void Control::Shared::wait(std::shared_ptr<Shared> self) {
  listening.async_wait(stream_descriptor::wait_read, [this, self](boost::system::error_code error) mutable {
    if (error) return;
    const int accepted = ::accept4(listening.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted < 0 && errno != EAGAIN && errno != ECONNABORTED) return wait_a_while(std::move(self));
    if (accepted >= 0) {
      stream_descriptor peer(listening.get_executor(), accepted);
      ++asking;
      asio::co_spawn(listening.get_executor(), serve(self, std::move(peer)), [self](const std::exception_ptr& failure) {
        --self->asking;
        report(failure);
      });
    }
    wait(std::move(self));
  });
}

// Out of descriptors: trying again at once would only burn the processor.
void Control::Shared::wait_a_while(std::shared_ptr<Shared> self) {
  pause.expires_after(std::chrono::milliseconds(100));
  pause.async_wait([this, self](boost::system::error_code error) mutable {
    if (!error) wait(std::move(self));
  });
}

asio::awaitable<void> Control::Shared::serve(std::shared_ptr<Shared> self, stream_descriptor peer) {
  const int socket = peer.native_handle();
  if (!control::may_speak(socket)) co_return;
  const auto question = co_await next_message(peer, patience);
  if (!question) co_return;
  const auto what = asked(question->body);
  if (what == "reload") {
    answer(socket, answer_of(self->answers.reload()));
  } else if (what == "upgrade") {
    const auto done = co_await self->answers.upgrade();
    answer(socket, answer_of(done));
  } else if (what == "take-over") {
    co_await self->hand_over(std::move(peer));
  } else {
    answer(socket, answer_of({.applied = false, .lines = {"this version of realpeer does not know what was asked"}}));
  }
}

asio::awaitable<void> Control::Shared::hand_over(stream_descriptor peer) {
  const int socket = peer.native_handle();
  if (taking_over) {
    answer(socket, {{"refused", "another process is taking over from it, or has done so"}});
    co_return;
  }
  taking_over = true;
  const bool over = co_await offer_and_wait(peer);
  taking_over = over;
  if (over) {
    successor.push_back(std::move(peer));
  } else {
    spdlog::warn("another process wanted to take over and does not: all goes on as before");
  }
}

// Whether the other one serves.
asio::awaitable<bool> Control::Shared::offer_and_wait(stream_descriptor& peer) {
  const int socket = peer.native_handle();
  for (const auto& offered : answers.offer()) {
    const auto sent = control::send(socket, offered.body, offered.descriptors);
    if (!sent) co_return false;
  }
  const auto ready = co_await next_message(peer, to_take_over);
  if (!ready || asked(ready->body) != "ready") co_return false;
  answer(socket, {{"go", true}});
  // From here on it is a matter of milliseconds, and what it does to pins and links cannot be undone from here.
  const auto serving = co_await next_message(peer, to_serve);
  if (!serving || asked(serving->body) != "serving") {
    spdlog::error(
        "the process that took over has ended in the middle of it: `realpeer upgrade`, or a restart, mends "
        "what it left (whois, bans, admission, the control socket)");
    co_return false;
  }
  answer(socket, answers.hand_over(serving->body));
  co_return true;
}

Control::~Control() {
  boost::system::error_code ignored;
  shared_->listening.close(ignored);
}

bool Control::busy() const { return shared_->asking > 0; }

bool Control::taking_over() const { return shared_->taking_over; }

kernel::Result<std::unique_ptr<Control>> Control::listen(asio::io_context& context, const std::string& path,
                                                         bool replace, Answers answers) {
  const auto failed = [&path](const std::string& why) {
    return kernel::Error::because("no control socket at " + path + ": " + why);
  };
  kernel::UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return failed(std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): known errors
  auto file = replace ? kernel::SocketFile::replace(socket.get(), path) : kernel::SocketFile::bind(socket.get(), path);
  if (!file) return failed(file.error().text);
  if (::listen(socket.get(), SOMAXCONN) != 0) return kernel::describe("no control socket at " + path, errno);
  auto shared = std::make_shared<Shared>(Shared{stream_descriptor(context, socket.release()), std::move(answers)});
  shared->wait(shared);
  return std::unique_ptr<Control>(new Control(std::move(shared), std::move(*file)));
}

}  // namespace realpeer::daemon

#include "harness/one_relay.h"

#include <poll.h>

#include <array>
#include <utility>

namespace realpeer::testing {
namespace {

bool carry(Socket& front, Socket& back) {
  std::array<pollfd, 2> either{pollfd{front.descriptor(), POLLIN, 0}, pollfd{back.descriptor(), POLLIN, 0}};
  if (::poll(either.data(), either.size(), static_cast<int>(kDeadline.count())) <= 0) return false;
  std::array<char, 65536> buffer;
  Socket& from = either[0].revents != 0 ? front : back;
  Socket& to = either[0].revents != 0 ? back : front;
  const auto got = from.receive(buffer);
  to.send_all({buffer.data(), got});
  return got > 0;
}

}  // namespace

OneRelay::OneRelay(const Netns& netns, const Endpoint& at, std::function<Socket()> connect)
    : listener_(netns, at), thread_([this, connect = std::move(connect)] { serve(connect); }) {}

void OneRelay::serve(const std::function<Socket()>& connect) {
  try {
    Socket front = listener_.accept();
    Socket back = connect();
    while (carry(front, back)) {
    }
  } catch (const std::exception&) {
    // Both ends are closed, which the programs at them report.
  }
}

}  // namespace realpeer::testing

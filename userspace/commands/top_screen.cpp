#include "commands/top_screen.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>

#include "console/figures.h"
#include "terminal/output.h"

namespace realpeer::commands {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

admin_client::Result<console::Sample> take_sample(admin_client::Client& client, std::size_t connections) {
  console::Sample sample;
  for (const auto& [page, document] : {std::pair(std::string("/listeners"), &sample.listeners),
                                       {"/backends", &sample.backends},
                                       {"/connections?limit=" + std::to_string(connections), &sample.connections}}) {
    auto answer = client.get(page);
    if (!answer) return answer.error();
    *document = std::move(*answer);
  }
  sample.taken = std::chrono::steady_clock::now();
  return sample;
}

namespace {

constexpr std::size_t most_connections = 1000;  // that the admin listener lists

}  // namespace

TopScreen::TopScreen(admin_client::Client& client, terminal::Screen& screen, milliseconds interval,
                     console::Sample first)
    : client_(client),
      screen_(screen),
      interval_(interval),
      history_(std::move(first)),
      asked_(history_.now().taken),
      signals_(context_, SIGINT, SIGTERM, SIGHUP),
      keys_(context_, ::dup(screen.keys())) {
  signals_.add(SIGWINCH);
  signals_.add(SIGTSTP);
}

void TopScreen::run() {
  screen_.enter();
  draw();
  wait_for_key();
  wait_for_signal();
  wait_for_time();
  context_.run();
  screen_.leave();  // before the last answer is waited for
}

void TopScreen::wait_for_key() {
  keys_.async_wait(asio::posix::descriptor_base::wait_read, [this](const error_code& error) {
    if (error) return;
    std::array<char, 16> pressed{};
    const auto count = ::read(keys_.native_handle(), pressed.data(), pressed.size());
    const bool gone = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
    if (gone) return context_.stop();
    for (ssize_t i = 0; i < count; ++i) press(pressed.at(static_cast<std::size_t>(i)));
    wait_for_key();
  });
}

void TopScreen::press(char key) {
  switch (key) {
    case 'q': return context_.stop();
    case 'p':
      paused_ = !paused_;
      if (!paused_) ask();
      return draw();
    case 's':
      order_ = order_ == console::Order::newest ? console::Order::busiest : console::Order::newest;
      if (!paused_) ask();
      return draw();
    default: return;
  }
}

void TopScreen::wait_for_signal() {
  signals_.async_wait([this](const error_code& error, int signal) {
    if (error) return;
    if (signal == SIGWINCH) {
      draw();
    } else if (signal == SIGTSTP) {
      suspend();
    } else {
      return context_.stop();
    }
    wait_for_signal();
  });
}

void TopScreen::suspend() {
  screen_.leave();
  ::raise(SIGSTOP);
  screen_.enter();
  draw();
}

void TopScreen::wait_for_time() {
  timer_.expires_at(asked_ + interval_);
  timer_.async_wait([this](const error_code& error) {
    if (!error && !paused_) ask();
  });
}

void TopScreen::ask() {
  if (std::exchange(under_way_, true)) return;
  asked_ = std::chrono::steady_clock::now();
  const std::size_t connections =
      order_ == console::Order::busiest ? most_connections : std::min(most_connections, terminal::Screen::size().rows);
  asio::post(asking_, [this, connections] {
    asio::post(context_, [this, sample = take_sample(client_, connections)]() mutable { take(std::move(sample)); });
  });
}

void TopScreen::take(admin_client::Result<console::Sample> sample) {
  under_way_ = false;
  if (sample) {
    history_.add(std::move(*sample));
    trouble_.clear();
  } else {
    trouble_ = sample.error().text;
  }
  draw();
  wait_for_time();
}

void TopScreen::draw() {
  console::View view{.height = terminal::Screen::size().rows, .order = order_};
  if (!trouble_.empty()) {
    const auto old = std::chrono::steady_clock::now() - history_.now().taken;
    view.trouble = "as it was " + console::age(std::chrono::duration_cast<milliseconds>(old)) + " ago: " + trouble_;
  }
  view.keys = std::string("q: quit   p: ") + (paused_ ? "go on" : "pause") + "   s: the " +
              (order_ == console::Order::newest ? "busiest" : "newest") + " first" + (paused_ ? "   [paused]" : "");
  screen_.draw(console::top(history_.now(), history_.before(), view), terminal::output_takes_colours());
}

}  // namespace realpeer::commands

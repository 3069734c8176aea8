#include "session/http/companion.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace realpeer::session {

namespace asio = boost::asio;

asio::awaitable<void> Companion::run(std::shared_ptr<State> state, asio::awaitable<void> work) {
  try {
    co_await std::move(work);
  } catch (const std::exception& exception) {
    spdlog::error("a request's body was given up by an unexpected error: {}", exception.what());
  }
  state->running = false;
  state->ended.cancel();
}

void Companion::start(asio::awaitable<void> work) {
  state_->running = true;
  asio::co_spawn(state_->ended.get_executor(), run(state_, std::move(work)), asio::detached);
}

asio::awaitable<void> Companion::wait(std::chrono::steady_clock::duration time) {
  if (!state_->running) co_return;
  state_->ended.expires_after(time);
  co_await state_->ended.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace realpeer::session

#include "session/http/upload.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using policy::RejectReason;

constexpr std::size_t read_at_once = std::size_t{64} * 1024;
constexpr std::size_t most_at_once = 2 * read_at_once;
constexpr std::size_t least_progress = 1024;
// A chunk's head, or a trailer, that is longer is an attack.
constexpr std::size_t most_unparsed = read_at_once / 2;

Trouble trouble(unsigned status, RejectReason reason, std::string detail) {
  return {.status = status, .refusal = {.reason = reason, .detail = std::move(detail), .looks_like = {}}};
}

}  // namespace

std::optional<Trouble> RequestBody::take(std::string& out) {
  for (std::size_t before = 0; !taken_ && out.size() < most_at_once && before != conversation_.in.size();) {
    before = conversation_.in.size();
    boost::system::error_code error;
    const auto part = reader_.read_body(conversation_.in, error);
    if (error) return trouble(400, RejectReason::request_malformed, "the body: " + error.message());
    account_.received(before - conversation_.in.size());
    http::append_body(out, framing_, part);
    taken_ = reader_.is_done();
    if (taken_) http::append_end(out, framing_, http::trailer_for_backend(reader_.message()));
  }
  return std::nullopt;
}

asio::awaitable<std::optional<Trouble>> RequestBody::wait() {
  if (conversation_.in.size() >= most_unparsed) {
    co_return trouble(400, RejectReason::request_malformed, "the body: a chunk's head or a trailer without end");
  }
  if (came_ >= least_progress) {
    came_ = 0;
    waited_ = {};
  }
  const auto began = std::chrono::steady_clock::now();
  const auto before = conversation_.in.size();
  conversation_.reading.until(began + conversation_.timeouts().body - waited_);
  const auto error = co_await read_client(conversation_, read_at_once);
  const bool too_slow = conversation_.reading.over();
  conversation_.reading.forever();
  waited_ += std::chrono::steady_clock::now() - began;
  came_ += conversation_.in.size() - before;
  if (too_slow) {
    co_return trouble(408, RejectReason::request_timeout, "less than 1 KiB of the body came within timeouts.body");
  }
  if (error) co_return Trouble{.status = 0, .refusal = client_reset};
  co_return std::nullopt;
}

}  // namespace realpeer::session

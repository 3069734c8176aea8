#include "upstream/look_up.h"

#include <sys/time.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace realpeer::upstream {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

struct Free {
  void operator()(ares_addrinfo* found) const { ares_freeaddrinfo(found); }
};

timeval to_timeval(Clock::duration left) {
  const auto us = std::chrono::ceil<std::chrono::microseconds>(std::max(left, Clock::duration::zero())).count();
  return {us / 1'000'000, us % 1'000'000};
}

std::string words(int status) {
  std::string text = ares_strerror(status);
  // c-ares passes over a server that answers SERVFAIL or REFUSED, and in the end says this.
  if (status == ARES_ECONNREFUSED) text += ", or each of them failed or refused";
  return text;
}

Answer to_answer(const ares_addrinfo& found) {
  Answer answer;
  int ttl = found.nodes != nullptr ? found.nodes->ai_ttl : 0;
  for (const auto* alias = found.cnames; alias != nullptr; alias = alias->next) ttl = std::min(ttl, alias->ttl);
  for (const auto* node = found.nodes; node != nullptr; node = node->ai_next) {
    ttl = std::min(ttl, node->ai_ttl);
    net::Endpoint endpoint;
    endpoint.resize(node->ai_addrlen);
    std::memcpy(endpoint.data(), node->ai_addr, node->ai_addrlen);
    answer.addresses.push_back(net::unmapped(endpoint.address()));
  }
  // One with the highest bit set stands for zero (RFC 2181, 8); c-ares shows it as negative.
  answer.ttl = std::chrono::seconds(std::max(ttl, 0));
  return answer;
}

}  // namespace

LookUp::LookUp(asio::io_context& context, const ResolverOptions& options, std::string host, Done done)
    : context_(context),
      options_(options),
      host_(std::move(host)),
      done_(std::move(done)),
      deadline_(Clock::now() + options.limit),
      timer_(std::make_shared<asio::steady_timer>(context)) {}

LookUp::~LookUp() {
  done_ = nullptr;   // ares_destroy() answers what is open
  channel_.reset();  // and gives the sockets back through on_socket()
}

void LookUp::start() {
  // c-ares 1.18 asks the servers for an IPv4 literal when it may have either family.
  boost::system::error_code no_literal;
  const auto literal = asio::ip::make_address(host_, no_literal);
  if (!no_literal) return finish(Answer{.addresses = {net::unmapped(literal)}, .ttl = {}});
  if (const int status = open_channel(); status != ARES_SUCCESS) return finish(Unresolved{words(status)});
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  // Sorting would open a socket to each address.
  hints.ai_flags = ARES_AI_NOSORT;
  ares_getaddrinfo(channel_.get(), host_.c_str(), nullptr, &hints, &LookUp::on_answer, this);
  arm_timer();
}

int LookUp::open_channel() {
  ares_options options{};
  options.timeout = static_cast<int>(options_.timeout.count());
  options.tries = options_.tries;
  // In host byte order, whatever ares_init_options(3) says.
  options.udp_port = options_.port;
  options.tcp_port = options_.port;
  options.sock_state_cb = &LookUp::on_socket;
  options.sock_state_cb_data = this;
  std::string resolv_conf = options_.resolv_conf;
  options.resolvconf_path = resolv_conf.data();
  ares_channel channel = nullptr;
  const int status = ares_init_options(&channel, &options,
                                       ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT |
                                           ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF);
  if (status == ARES_SUCCESS) channel_.reset(channel);
  return status;
}

// NOLINTBEGIN(bugprone-exception-escape): see the declarations
void LookUp::on_socket(void* self, ares_socket_t socket, int readable, int writable) noexcept {
  static_cast<LookUp*>(self)->watch(socket, readable != 0, writable != 0);
}

void LookUp::on_answer(void* self, int status, int, ares_addrinfo* found) noexcept {
  const std::unique_ptr<ares_addrinfo, Free> owned(found);
  auto& look_up = *static_cast<LookUp*>(self);
  if (status != ARES_SUCCESS) return look_up.finish(Unresolved{words(status)});
  Answer answer = to_answer(*found);
  if (answer.addresses.empty()) return look_up.finish(Unresolved{words(ARES_ENODATA)});
  look_up.finish(std::move(answer));
}
// NOLINTEND(bugprone-exception-escape)

void LookUp::watch(ares_socket_t socket, bool readable, bool writable) {
  if (!readable && !writable) {
    // c-ares closes it next, and may open another under the same number before this call chain ends.
    if (const auto gone = watches_.extract(socket)) gone.mapped()->descriptor.release();
    return;
  }
  auto& watch = watches_[socket];
  if (!watch) {
    watch = std::make_shared<Watch>(context_);
    // Where the descriptor cannot be watched (no memory), the time-out is what is left.
    boost::system::error_code ignored;
    watch->descriptor.assign(socket, ignored);
  }
  watch->directions[Descriptor::wait_read].wanted = readable;
  watch->directions[Descriptor::wait_write].wanted = writable;
  await(watch, Descriptor::wait_read);
  await(watch, Descriptor::wait_write);
}

void LookUp::await(const std::shared_ptr<Watch>& watch, Descriptor::wait_type direction) {
  auto& state = watch->directions.at(direction);
  if (!state.wanted || state.awaited || !watch->descriptor.is_open()) return;
  state.awaited = true;
  watch->descriptor.async_wait(direction, [this, direction, weak = std::weak_ptr(watch)](auto error) {
    const auto ready = weak.lock();
    if (!ready || error) return;
    ready->directions.at(direction).awaited = false;
    const ares_socket_t socket = ready->descriptor.native_handle();
    ares_process_fd(channel_.get(), direction == Descriptor::wait_read ? socket : ARES_SOCKET_BAD,
                    direction == Descriptor::wait_write ? socket : ARES_SOCKET_BAD);
    await(ready, direction);
    arm_timer();
  });
}

void LookUp::arm_timer() {
  timer_->cancel();
  if (!done_) return;
  timeval most = to_timeval(deadline_ - Clock::now());
  timeval soonest{};
  const timeval* left = ares_timeout(channel_.get(), &most, &soonest);
  // c-ares cuts to whole milliseconds: without one more it would be asked in vain until the rest is over.
  timer_->expires_after(std::chrono::seconds(left->tv_sec) + std::chrono::microseconds(left->tv_usec) +
                        std::chrono::milliseconds(1));
  timer_->async_wait([this, weak = std::weak_ptr(timer_)](auto error) {
    if (!error && !weak.expired()) on_timer();
  });
}

void LookUp::on_timer() {
  if (Clock::now() >= deadline_) {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(options_.limit).count();
    return finish(Unresolved{"no end of the look-up within " + std::to_string(limit) + " ms"});
  }
  ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  arm_timer();
}

void LookUp::finish(Resolver::Result result) {
  if (const Done done = std::exchange(done_, nullptr)) done(std::move(result));
}

}  // namespace realpeer::upstream

#include "datapath/pump.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "datapath/sizing.h"
#include "kernel/tcp_state.h"

namespace realpeer::datapath {
namespace {

using Wait = Direction::Wait;
using Side = Flow::Side;

constexpr auto first_backoff = std::chrono::microseconds(100);
constexpr auto longest_backoff = std::chrono::milliseconds(250);
constexpr auto longest_sweep = std::chrono::seconds(1);
constexpr auto shortest_sweep = std::chrono::milliseconds(10);

// epoll's user data: the flow, and in the lowest bit the side. 0 is the ring buffer.
std::uint64_t tag(Flow& flow, Side side) {
  return reinterpret_cast<std::uintptr_t>(&flow) | static_cast<std::uintptr_t>(side);
}

bool writable(int socket) {
  pollfd asked{.fd = socket, .events = POLLOUT, .revents = 0};
  return ::poll(&asked, 1, 0) == 1;
}

int pending_error(int socket) {
  int error = 0;
  socklen_t length = sizeof(error);
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

// Makes close() send RST.
void reset_on_close(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

}  // namespace

Pump::Pump(boost::asio::io_context& context, const PumpSettings& settings, kernel::SpliceMap* splice,
           std::uint32_t worker)
    : settings_(settings),
      splice_map_(splice),
      worker_(worker),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      ready_(context),
      sweep_timer_(context),
      check_timer_(context) {}

kernel::Result<std::unique_ptr<Pump>> Pump::create(boost::asio::io_context& context, const PumpSettings& settings,
                                                   kernel::SpliceMap* splice, std::uint32_t worker) {
  std::unique_ptr<Pump> pump(new Pump(context, settings, splice, worker));
  const int watched = pump->epoll_.valid() ? ::dup(pump->epoll_.get()) : -1;
  if (watched < 0) return kernel::describe("cannot create an epoll set", errno);
  pump->ready_.assign(watched);
  if (splice != nullptr) {
    auto brakes =
        kernel::BrakeEvents::create(*splice, worker, [raw = pump.get()](std::uint32_t slot) { raw->on_brake(slot); });
    if (!brakes) return brakes.error();
    pump->brakes_ = std::move(*brakes);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = 0}};
    if (::epoll_ctl(pump->epoll_.get(), EPOLL_CTL_ADD, pump->brakes_->fd(), &event) != 0) {
      return kernel::describe("cannot watch the ring buffer", errno);
    }
  }
  pump->wait_for_events();
  pump->wait_for_sweep();
  return pump;
}

Pump::~Pump() {
  end_all(End::drained);
  bury();
}

void Pump::engage(Engagement engagement) {
  auto owned =
      std::make_unique<Flow>(std::move(engagement.client), std::move(engagement.backend), std::move(engagement.owner));
  Flow& flow = *owned.release();  // owned by flows_ from here, see finish()
  flows_.push_back(flow);
  flow.active = Clock::now();
  flow.in_window = flow.out_window = first_window;
  flow.in_buffer = flow.out_buffer = first_send_buffer;
  const bool plain = kernel::is_plain_tcp(flow.client.get()) && kernel::is_plain_tcp(flow.backend.get());
  const bool asked = engagement.splice && splice_map_ != nullptr;
  flow.wants_splice = asked && plain;
  if (asked && !plain) flow.owner->on_path(PathChange::not_plain_tcp);
  if (engagement.hold_first_bytes) flow.in.hold_first_bytes();
  for (const Side side : {Side::client, Side::backend}) {
    epoll_event event{.events = EPOLLRDHUP | EPOLLET, .data = {.u64 = tag(flow, side)}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, flow.socket(side), &event) != 0) {
      spdlog::error("{}", kernel::describe("cannot watch a connection", errno).text);
      return finish(flow, End::drained);
    }
    fix_first_sizes(flow.socket(side));
    (side == Side::client ? flow.client_interest : flow.backend_interest) = event.events;
  }
  if (flow.wants_splice && !flow.in.holding()) splice(flow);
  drive(flow, true, true);
}

void Pump::end_all(End end) {
  while (!flows_.empty()) finish(flows_.front(), end);
}

void Pump::hold_in_userspace(bool hold) {
  for (Flow& flow : flows_) {
    if (!flow.pair) continue;
    std::atomic_ref(flow.pair->in()->hold).store(hold ? 1 : 0);
    std::atomic_ref(flow.pair->out()->hold).store(hold ? 1 : 0);
  }
}

// --- Events -------------------------------------------------------------------------------------------------------

void Pump::wait_for_events() {
  ready_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    // Asked again before looking: what comes in from here on is an event of its own.
    wait_for_events();
    on_events();
  });
}

void Pump::on_events() {
  // Bounded, so that accepting and identifying get their turn; what is left makes the descriptor ready again.
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 0);
  for (int i = 0; i < count; ++i) {
    const auto& event = events.at(static_cast<std::size_t>(i));
    if (event.data.u64 == 0) {
      brakes_->consume();
      continue;
    }
    auto* flow = reinterpret_cast<Flow*>(event.data.u64 & ~std::uint64_t{1});  // NOLINT(performance-no-int-to-ptr)
    on_event(*flow, static_cast<Side>(event.data.u64 & 1), event.events);
  }
  if (count == static_cast<int>(events.size())) {
    // Asio watches by edges, and there may be no further one.
    boost::asio::post(ready_.get_executor(), [this] { on_events(); });
  }
  bury();
}

void Pump::on_event(Flow& flow, Side side, std::uint32_t events) {
  if (flow.dead) return;
  const bool client = side == Side::client;
  if ((events & EPOLLERR) != 0 && pending_error(flow.socket(side)) != 0) {
    return finish(flow, client ? End::client_reset : End::backend_reset);
  }
  Direction& from = client ? flow.in : flow.out;
  // A relayed direction learns of the end by reading up to it.
  if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0 && from.spliced()) from.source_ended();
  const bool readable = (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0;
  const bool takes_more = (events & (EPOLLOUT | EPOLLHUP)) != 0;
  drive(flow, client ? readable : takes_more, client ? takes_more : readable);
}

void Pump::on_brake(std::uint32_t slot) {
  const auto found = by_slot_.find(slot);
  if (found != by_slot_.end() && !found->second->dead) drive(*found->second, true, true);
}

// --- Moving bytes -------------------------------------------------------------------------------------------------

void Pump::drive(Flow& flow, bool in, bool out) {
  if (flow.in.broken() || flow.out.broken()) {
    spdlog::error(
        "the kernel lost bytes of a spliced connection, which is reset (to the backend: {}; to the client: {}): "
        "please report this",
        flow.in.why_broken(), flow.out.why_broken());
    return finish(flow, End::broken);
  }
  for (;;) {
    if (in) flow.in_wait = flow.in.advance(buffers_);
    if (out) flow.out_wait = flow.out.advance(buffers_);
    if (flow.in_wait == Wait::source_failed || flow.out_wait == Wait::target_failed) {
      return finish(flow, End::client_reset);
    }
    if (flow.in_wait == Wait::target_failed || flow.out_wait == Wait::source_failed) {
      return finish(flow, End::backend_reset);
    }
    if (flow.in.over() && flow.out.over()) return finish(flow, End::closed);
    if (flow.in_wait != Wait::release) break;
    if (!ask_owner(flow)) return;
    // Undecided or not, the direction reads on until there is nothing: events come by edges.
    in = true;
    out = false;
  }
  if (flow.wants_splice && !flow.in.holding()) {
    splice(flow);
    return drive(flow, true, true);
  }
  rest(flow);
}

// False: the flow was ended.
bool Pump::ask_owner(Flow& flow) {
  switch (flow.owner->first_bytes(flow.in.held())) {
    case FlowOwner::FirstBytes::go_on: flow.in.release_first_bytes(); return true;
    case FlowOwner::FirstBytes::refuse: finish(flow, End::refused); return false;
    case FlowOwner::FirstBytes::more: break;
  }
  if (flow.in.ended()) {
    // There will be no more: what the client sent is all there is to it.
    flow.in.release_first_bytes();
    return true;
  }
  if (!flow.held_since) {
    flow.held_since = Clock::now();
    check_at(flow, *flow.held_since + settings_.hold);
  }
  return true;
}

void Pump::splice(Flow& flow) {
  flow.wants_splice = false;
  if (flow.in.ended() || flow.out.ended()) return flow.owner->on_path(PathChange::half_closed);
  const auto to_backend = kernel::exact_bytes_written(flow.backend.get());
  const auto to_client = kernel::exact_bytes_written(flow.client.get());
  if (!to_backend || !to_client) return;
  auto pair = kernel::SplicedPair::insert(*splice_map_, flow.client.get(), flow.backend.get(), worker_,
                                          flow.in.pending(), flow.out.pending());
  if (!pair) {
    spdlog::debug("relayed instead of spliced: {}", pair.error().text);
    return flow.owner->on_path(PathChange::no_room);
  }
  flow.pair.emplace(std::move(*pair));
  by_slot_.emplace(flow.pair->slot(), &flow);
  flow.owner->on_path(PathChange::engaged);
  flow.in.splice(flow.pair->in(), *to_backend);
  // What was queued before it entered the map reaches the verdict only now.
  kernel::kick(flow.client.get());
  if (!flow.pair->backend_inserted()) return;
  flow.out.splice(flow.pair->out(), *to_client);
  kernel::kick(flow.backend.get());
}

// --- Waiting ------------------------------------------------------------------------------------------------------

// Asks for the events both directions wait for, and no others.
void Pump::rest(Flow& flow) {
  std::uint32_t client = EPOLLRDHUP | EPOLLET;
  std::uint32_t backend = EPOLLRDHUP | EPOLLET;
  bool client_again = false;
  bool backend_again = false;
  if (flow.in_wait == Wait::source) client |= EPOLLIN;
  if (flow.out_wait == Wait::source) backend |= EPOLLIN;
  if (flow.in_wait == Wait::target) backend |= EPOLLOUT;
  if (flow.out_wait == Wait::target) client |= EPOLLOUT;
  if (flow.in_wait == Wait::drain) await_drain(flow, Side::backend, backend, backend_again);
  if (flow.out_wait == Wait::drain) await_drain(flow, Side::client, client, client_again);
  if (flow.in_wait != Wait::drain && flow.out_wait != Wait::drain) flow.backoff = {};
  if ((flow.in_wait == Wait::turn || flow.out_wait == Wait::turn) && !flow.queued) {
    flow.queued = true;
    turns_.push_back(&flow);
    if (turns_.size() == 1) boost::asio::post(ready_.get_executor(), [this] { take_turns(); });
  }
  ask_events(flow, Side::client, client, client_again);
  ask_events(flow, Side::backend, backend, backend_again);
}

// Nothing tells when the kernel has written the last redirected byte to the target. While the target's buffer is
// full, its becoming writable is the next moment worth a look; while it is not, the kernel is about to write.
void Pump::await_drain(Flow& flow, Side target, std::uint32_t& interest, bool& again) {
  const bool in = target == Side::backend;
  std::uint32_t& window = in ? flow.in_window : flow.out_window;
  widen(in ? flow.client.get() : flow.backend.get(), window, kernel::delivery_rate(flow.socket(target)));
  deepen(flow.socket(target), in ? flow.in_buffer : flow.out_buffer, window);
  if (!writable(flow.socket(target))) {
    interest |= EPOLLOUT;
    again = true;
    return;
  }
  flow.backoff = std::clamp<Clock::duration>(2 * flow.backoff, first_backoff, longest_backoff);
  check_at(flow, Clock::now() + flow.backoff);
}

void Pump::ask_events(Flow& flow, Side side, std::uint32_t interest, bool again) {
  std::uint32_t& asked = side == Side::client ? flow.client_interest : flow.backend_interest;
  if (asked == interest && !again) return;
  asked = interest;
  // EPOLL_CTL_MOD looks at the socket again: an edge that came before is not lost.
  epoll_event event{.events = interest, .data = {.u64 = tag(flow, side)}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, flow.socket(side), &event);
}

void Pump::take_turns() {
  std::vector<Flow*> turns;
  turns.swap(turns_);
  for (Flow* flow : turns) {
    if (flow->dead) continue;
    flow->queued = false;
    drive(*flow, true, true);
  }
  bury();
}

void Pump::check_at(Flow& flow, Clock::time_point when) {
  if (flow.check) {
    if ((*flow.check)->first <= when) return;
    checks_.erase(*flow.check);
  }
  flow.check = checks_.emplace(when, &flow);
  if (*flow.check == checks_.begin()) wait_for_checks();
}

void Pump::wait_for_checks() {
  check_timer_.expires_at(checks_.begin()->first);
  check_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) run_checks();
  });
}

void Pump::run_checks() {
  const auto now = Clock::now();
  while (!checks_.empty() && checks_.begin()->first <= now) {
    Flow& flow = *checks_.begin()->second;
    checks_.erase(checks_.begin());
    flow.check.reset();
    if (flow.in.holding() && flow.held_since && now >= *flow.held_since + settings_.hold) {
      finish(flow, End::held_too_long);
      continue;
    }
    if (flow.in.holding() && flow.held_since) check_at(flow, *flow.held_since + settings_.hold);
    drive(flow, true, true);
  }
  if (!checks_.empty()) wait_for_checks();
  bury();
}

void Pump::configure(const PumpSettings& settings) {
  settings_ = settings;
  wait_for_sweep();
}

void Pump::wait_for_sweep() {
  const auto period = std::min(settings_.idle, settings_.half_closed) / 8;
  sweep_timer_.expires_after(std::clamp<Clock::duration>(period, shortest_sweep, longest_sweep));
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    sweep();
    wait_for_sweep();
  });
}

Totals Pump::totals_of(const Flow& flow) {
  // In this order: what is redirected meanwhile is not more than all.
  const std::uint64_t redirected_in = flow.in.redirected();
  const std::uint64_t redirected_out = flow.out.redirected();
  return {.path = flow.pair ? Path::sockmap : Path::relay,
          .bytes_in = flow.in.bytes(),
          .bytes_out = flow.out.bytes(),
          .redirected_in = redirected_in,
          .redirected_out = redirected_out};
}

// Ends what has been idle for too long, and finds brakes whose event found no room in the ring.
void Pump::sweep() {
  const auto now = Clock::now();
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - std::exchange(last_sweep_, now));
  const auto period = static_cast<std::uint64_t>(std::max<std::int64_t>(1, elapsed.count()));
  for (auto next = flows_.begin(); next != flows_.end();) {
    Flow& flow = *next++;
    const std::uint64_t in = flow.in.bytes() - std::exchange(flow.seen_in, flow.in.bytes());
    const std::uint64_t out = flow.out.bytes() - std::exchange(flow.seen_out, flow.out.bytes());
    if (in + out > 0) {
      flow.active = now;
      flow.owner->moved(totals_of(flow));
    }
    if (flow.in_wait == Wait::kernel || flow.in_wait == Wait::source) {
      widen(flow.client.get(), flow.in_window, in * 1000 / period);
    }
    if (flow.out_wait == Wait::kernel || flow.out_wait == Wait::source) {
      widen(flow.backend.get(), flow.out_window, out * 1000 / period);
    }
    const bool half_closed = flow.in.over() || flow.out.over();
    // The wait for the other end begins now, however long the connection was idle before.
    if (half_closed && !std::exchange(flow.seen_half_closed, true)) flow.active = now;
    if (half_closed && now - flow.active >= settings_.half_closed) {
      finish(flow, End::half_closed_timeout);
    } else if (now - flow.active >= settings_.idle) {
      finish(flow, End::idle_timeout);
    } else if (flow.in.waiting() > 0 || flow.out.waiting() > 0 || flow.in.broken() || flow.out.broken()) {
      drive(flow, true, true);
    }
  }
  bury();
}

// --- The end ------------------------------------------------------------------------------------------------------

void Pump::finish(Flow& flow, End end) {
  flow.dead = true;
  if (flow.check) checks_.erase(*flow.check);
  flow.check.reset();
  if (flow.queued) std::erase(turns_, &flow);
  if (end != End::closed) {
    reset_on_close(flow.client.get());
    reset_on_close(flow.backend.get());
  }
  flow.owner->closing(flow.backend.get());
  // In this order, see SplicedPair: close both, read the final counters, then give up the slot.
  flow.client.reset();
  flow.backend.reset();
  Totals totals = totals_of(flow);
  totals.end = end;
  if (flow.pair) by_slot_.erase(flow.pair->slot());
  flow.pair.reset();
  flows_.erase(flows_.iterator_to(flow));
  graveyard_.emplace_back(&flow);
  flow.owner->ended(totals);
}

void Pump::bury() { graveyard_.clear(); }

}  // namespace realpeer::datapath

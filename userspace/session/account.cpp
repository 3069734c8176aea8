#include "session/account.h"

#include "proxy_protocol/decode.h"
#include "session/delivery.h"

namespace realpeer::session {
namespace {

using policy::RejectReason;

std::string_view to_string(datapath::End end) {
  switch (end) {
    case datapath::End::closed: return "closed";
    case datapath::End::client_reset: return "client_reset";
    case datapath::End::backend_reset: return "backend_reset";
    case datapath::End::idle_timeout: return "idle_timeout";
    case datapath::End::half_closed_timeout: return "half_closed_timeout";
    case datapath::End::drained: return "drained";
    case datapath::End::broken: return "broken";
    case datapath::End::refused:
    case datapath::End::held_too_long: return "rejected";
  }
  return "";
}

}  // namespace

void reset(boost::asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

void note_end(SharedState& shared, observe::ListenerTally& tally, const observe::Record& record) {
  if (record.reason != RejectReason::none) {
    tally.reject(record.reason);
    if (record.reason != RejectReason::empty_probe) shared.refusals.add(record);
    shared.refusal_log.add(record, std::chrono::steady_clock::now());
  }
  shared.access_log.write(record);
}

Underway::~Underway() {
  if (done_) return;
  reset(client_);
  tracked_.record.end = "drained";
  shared_.access_log.write(tracked_.record);
}

void Underway::refuse(const Refusal& refusal) {
  // RST, not FIN: the client must not take a refusal for an orderly end of a service that had nothing to say.
  reset(client_);
  auto& record = tracked_.record;
  record.end = refusal.end;
  record.reason = refusal.reason;
  record.looks_like = refusal.looks_like;
  record.detail = refusal.detail;
  tracked_.leave();
  note_end(shared_, tracked_.tally, record);
  done();
}

Engaged::FirstBytes Engaged::first_bytes(std::span<const std::byte> bytes) {
  switch (proxy_protocol::find_signature(bytes)) {
    case proxy_protocol::Signature::present: return FirstBytes::refuse;
    case proxy_protocol::Signature::partial: return FirstBytes::more;
    case proxy_protocol::Signature::absent: break;
  }
  return FirstBytes::go_on;
}

void Engaged::on_path(datapath::PathChange change) {
  using observe::PathChange;
  const auto count = [this](PathChange what) { ++generation_->shared.path_changes[observe::index(what)]; };
  switch (change) {
    case datapath::PathChange::engaged: tracked_->travel_by(observe::Path::sockmap); return count(PathChange::engaged);
    case datapath::PathChange::half_closed: return count(PathChange::half_closed);
    case datapath::PathChange::not_plain_tcp: return count(PathChange::not_plain_tcp);
    case datapath::PathChange::no_room: return count(PathChange::no_room);
  }
}

// What the kernel has moved counts for its path, and the rest for the relay's.
void Engaged::moved(const datapath::Totals& totals) {
  using observe::Direction;
  using observe::Path;
  auto& tally = tracked_->tally;
  const auto add = [&tally](Direction direction, std::uint64_t all, std::uint64_t redirected) {
    tally.moved(direction, Path::sockmap, redirected);
    tally.moved(direction, Path::relay, all - redirected);
  };
  add(Direction::in, totals.bytes_in - counted_.bytes_in, totals.redirected_in - counted_.redirected_in);
  add(Direction::out, totals.bytes_out - counted_.bytes_out, totals.redirected_out - counted_.redirected_out);
  auto& record = tracked_->record;
  record.bytes_in += totals.bytes_in - counted_.bytes_in;
  record.bytes_out += totals.bytes_out - counted_.bytes_out;
  record.bytes_spliced = totals.redirected_in + totals.redirected_out;
  counted_ = totals;
}

void Engaged::closing(int backend) { note_delivery(*generation_, backend, lease_.endpoint().text, tracked_->record); }

void Engaged::ended(const datapath::Totals& totals) {
  moved(totals);
  auto& record = tracked_->record;
  record.path = datapath::to_string(totals.path);
  record.end = to_string(totals.end);
  if (totals.end == datapath::End::refused) record.reason = RejectReason::untrusted_header;
  if (totals.end == datapath::End::held_too_long) record.reason = RejectReason::header_timeout;
  // Before the line: whoever reads it finds the places free.
  lease_.release();
  place_.release();
  tickets_.release();
  tracked_->leave();
  note_end(generation_->shared, tracked_->tally, record);
}

}  // namespace realpeer::session

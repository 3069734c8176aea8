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

Underway::~Underway() {
  if (done_) return;
  reset(client_);
  record_.end = "drained";
  shared_.access_log.write(record_);
}

void Underway::refuse(const Refusal& refusal) {
  // RST, not FIN: the client must not take a refusal for an orderly end of a service that had nothing to say.
  reset(client_);
  record_.end = refusal.end;
  record_.reason = refusal.reason;
  record_.looks_like = refusal.looks_like;
  record_.detail = refusal.detail;
  shared_.access_log.write(record_);
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

void Engaged::closing(int backend) { note_delivery(shared_, backend, lease_.endpoint().text, record_); }

void Engaged::ended(const datapath::Totals& totals) {
  record_.path = datapath::to_string(totals.path);
  record_.bytes_in += totals.bytes_in;
  record_.bytes_out += totals.bytes_out;
  record_.bytes_spliced = totals.redirected;
  record_.end = to_string(totals.end);
  if (totals.end == datapath::End::refused) record_.reason = RejectReason::untrusted_header;
  if (totals.end == datapath::End::held_too_long) record_.reason = RejectReason::header_timeout;
  // Before the line: whoever reads it finds the places free.
  lease_.release();
  place_.release();
  tickets_.release();
  shared_.access_log.write(record_);
}

}  // namespace realpeer::session

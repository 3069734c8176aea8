#include "session/http/answer.h"

#include "http/response.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using policy::RejectReason;

asio::awaitable<After> send(Conversation& conversation, RequestAccount& account, http::Answer what) {
  const std::string id = account.id();
  what.request_id = id;
  account.record.request->status = what.status;
  const std::string text = http::write(what);
  account.sent(text.size());
  const auto error = co_await write_client(conversation, text);
  if (error) co_return After::reset;
  co_return what.close ? After::close : After::next_request;
}

// A body that nobody reads stands between this request and the next.
bool must_close(const Conversation& conversation, const http::Request& request) {
  return !goes_on(conversation, request) || request.framing != http::Framing::none;
}

}  // namespace

asio::awaitable<After> answer_fault(Conversation& conversation, RequestAccount& account, const http::Fault& fault,
                                    bool to_head, RejectReason reason) {
  const http::Answer what{.status = fault.status, .without_body = to_head, .close = true};
  const After after = co_await send(conversation, account, what);
  account.refused({.reason = reason, .detail = fault.detail, .looks_like = {}});
  co_return after;
}

asio::awaitable<After> answer(Conversation& conversation, RequestAccount& account, const http::Request& request,
                              unsigned status, const Refusal& refusal) {
  const http::Answer what{
      .status = status, .without_body = request.method == "HEAD", .close = must_close(conversation, request)};
  const After after = co_await send(conversation, account, what);
  account.refused(refusal);
  co_return after;
}

asio::awaitable<After> redirect(Conversation& conversation, RequestAccount& account, const http::Request& request,
                                const std::string& location) {
  const bool safe = request.method == "GET" || request.method == "HEAD";
  const http::Answer what{.status = safe ? 301U : 308U,
                          .location = location,
                          .without_body = request.method == "HEAD",
                          .close = must_close(conversation, request)};
  const After after = co_await send(conversation, account, what);
  account.ended("closed");
  co_return after;
}

void note_silence(Conversation& conversation) {
  auto record = conversation.base;
  record.end = "rejected";
  record.reason = RejectReason::empty_probe;
  note_end(conversation.shared(), conversation.tally(), record);
}

}  // namespace realpeer::session

// What the requests of one client's connection share.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "http/request.h"
#include "net/patience.h"
#include "observe/record.h"
#include "session/connector.h"
#include "session/http/client_stream.h"
#include "session/identify.h"
#include "session/limit.h"
#include "session/session.h"
#include "session/worker_state.h"

namespace realpeer::session {

using SocketPatience = net::Patience<boost::asio::ip::tcp::socket>;

// A connection to a backend that speaks for one client alone, and waits for its next request.
struct OwnConnection {
  upstream::Pool* pool = nullptr;
  net::Address client;
  std::chrono::steady_clock::time_point since;  // its last response
  Connected connected;
  boost::asio::steady_timer over;  // it has waited for long enough
};

struct Conversation {
  Conversation(WorkerState& worker_state, Accepted& client, ClientStream& connection, Identified known,
               std::unique_ptr<Tracked>& connection_account, Tickets held, ClientPlace taken)
      : worker(worker_state),
        accepted(client),
        stream(connection),
        identified(std::move(known)),
        tracked(connection_account),
        base(tracked->record),
        reading(accepted.socket),
        writing(accepted.socket),
        tickets(std::move(held)),
        place(std::move(taken)) {}

  WorkerState& worker;
  Accepted& accepted;
  ClientStream& stream;
  Identified identified;
  std::unique_ptr<Tracked>& tracked;
  observe::Record& base;           // what the line of each request begins with
  boost::beast::flat_buffer in{};  // read from the client and not taken yet
  SocketPatience reading;          // of the client's socket, for either way
  SocketPatience writing;
  std::shared_ptr<OwnConnection> own{};
  std::uint64_t requests = 0;
  bool outdated = false;  // the configuration has its listener no longer: there is no next request
  Tickets tickets;
  ClientPlace place;

  [[nodiscard]] const config::Listener& listener() const { return accepted.listener(); }
  [[nodiscard]] Generation& generation() const { return *accepted.generation; }
  [[nodiscard]] SharedState& shared() const { return generation().shared; }
  [[nodiscard]] observe::ListenerTally& tally() const { return accepted.state().tally; }
  [[nodiscard]] const config::Timeouts& timeouts() const { return generation().config.timeouts; }
};

// Whether the client's connection takes another request after this one.
inline bool goes_on(const Conversation& conversation, const http::Request& request) {
  return request.keep_alive && !conversation.worker.draining && !conversation.outdated &&
         conversation.timeouts().keep_alive.count() > 0;
}

// What becomes of the client's connection after a request.
enum class After : std::uint8_t {
  next_request,
  close,        // in order, after what was written
  reset,        // what was written is not whole
  handed_over,  // the connection belongs to somebody else now
};

// The line of one request in the access log; one that is never told its end ends with the daemon.
class RequestAccount {
 public:
  explicit RequestAccount(Conversation& conversation) : record(conversation.base), conversation_(conversation) {
    record.started = std::chrono::system_clock::now();
    record.since = std::chrono::steady_clock::now();
    auto& request = record.request.emplace();
    request.id = conversation.shared().unique_id(record.id) + "-" + std::to_string(++conversation.requests);
    conversation_.tracked->begin(record);
  }
  RequestAccount(const RequestAccount&) = delete;
  RequestAccount& operator=(const RequestAccount&) = delete;
  ~RequestAccount() {
    if (!written_) ended("drained");
    if (!handed_over_) conversation_.tracked->end(std::move(record));
  }

  void refused(const Refusal& refusal);
  void ended(std::string_view how);
  // Bytes of the client's, and for it.
  void received(std::uint64_t count);
  void sent(std::uint64_t count);
  // Somebody else writes the line.
  observe::Record hand_over() {
    written_ = handed_over_ = true;
    return std::move(record);
  }
  [[nodiscard]] const std::string& id() const { return record.request->id; }

  observe::Record record;

 private:
  Conversation& conversation_;
  bool written_ = false;
  bool handed_over_ = false;
};

// Reads more of the client's bytes into the conversation's buffer, `most` at once.
boost::asio::awaitable<boost::system::error_code> read_client(Conversation& conversation, std::size_t most);

// Writes all of it. An end of patience, when nothing moves for `stall` (timeouts.body), is an error as any other.
boost::asio::awaitable<boost::system::error_code> write_client(Conversation& conversation, std::string_view bytes);
boost::asio::awaitable<boost::system::error_code> write_client(Conversation& conversation,
                                                               std::chrono::milliseconds stall, std::string_view bytes);
boost::asio::awaitable<boost::system::error_code> write_backend(boost::asio::ip::tcp::socket& socket,
                                                                SocketPatience& patience,
                                                                std::chrono::milliseconds stall,
                                                                std::string_view bytes);

}  // namespace realpeer::session

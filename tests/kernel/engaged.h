// A pump on a thread of its own, and connections engaged in it whose far ends the test holds.
#pragma once

#include <boost/asio/io_context.hpp>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "datapath/pump.h"
#include "kernel/object.h"
#include "kernel/splice_map.h"

namespace realpeer::test {

// Two ends of a TCP connection over loopback.
struct Pair {
  kernel::UniqueFd connecting;
  kernel::UniqueFd accepted;
};
Pair connected_pair();

// One engaged connection: what a client and a backend hold of it, and how it ended.
struct Connection {
  kernel::UniqueFd client;
  kernel::UniqueFd backend;
  std::future<datapath::Totals> totals;
};

struct PumpOptions {
  bool splice = true;
  bool hold_first_bytes = false;
  datapath::PumpSettings settings{};
  std::uint32_t connections = 64;
};

// Fails the test in its constructor where BPF cannot be had: on the project's machines that is an error, not a skip.
class PumpRunner {
 public:
  explicit PumpRunner(const PumpOptions& options = {});
  PumpRunner(const PumpRunner&) = delete;
  PumpRunner& operator=(const PumpRunner&) = delete;
  ~PumpRunner();

  // Connects both sides; `before` runs before engagement, with the far ends and the pump's own ends.
  struct Sides {
    Pair front;  // client's end, pump's end
    Pair back;   // pump's end, backend's end
  };
  Connection engage(const std::function<void(Sides&)>& before = {});

  // Runs on the pump's thread and waits for it.
  void on_pump(const std::function<void(datapath::Pump&)>& action);
  [[nodiscard]] std::size_t flows();

  kernel::DatapathObject& object() { return *object_; }
  kernel::SpliceMap* map() { return map_.get(); }

 private:
  PumpOptions options_;
  std::unique_ptr<kernel::DatapathObject> object_;
  std::unique_ptr<kernel::SpliceMap> map_;
  boost::asio::io_context context_{1};
  std::unique_ptr<datapath::Pump> pump_;
  std::jthread thread_;
};

// Entries of a hash map or socket map, by its descriptor.
std::size_t entries(int map);

// Content by position in a stream of its own `seed`.
std::uint8_t content(std::uint64_t seed, std::uint64_t position);
// Sends bytes [from, to) of the stream, blocking; false when the other side is gone.
bool send_content(int socket, std::uint64_t seed, std::uint64_t from, std::uint64_t to);
// Receives to the end; the count of bytes, or the text of what was wrong. `pause` is slept after each read.
struct Received {
  std::uint64_t bytes = 0;
  std::string problem;  // empty: content right, orderly end
};
Received receive_content(int socket, std::uint64_t seed, std::chrono::microseconds pause = {},
                         std::size_t read_size = 65536);
// Exactly `count` bytes from position `from`.
Received receive_exactly(int socket, std::uint64_t seed, std::uint64_t from, std::uint64_t count);

}  // namespace realpeer::test

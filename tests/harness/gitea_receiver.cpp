#include "harness/gitea_receiver.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace realpeer::testing {
namespace {

using namespace std::string_literals;

const std::string kV1Prefix = "PROXY ";
const std::string kV2Prefix = "\r\n\r\n\0\r\nQUIT\n"s;

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// bufio.Reader: takes in what one read gives, and the parser takes from that.
class Buffered {
 public:
  explicit Buffered(Socket& socket) : socket_(socket) {}

  std::string peek(std::size_t bytes) {
    while (buffer_.size() < bytes) fill();
    return buffer_.substr(0, bytes);
  }

  // All of them, however many reads it takes.
  std::string take(std::size_t bytes) {
    auto taken = peek(bytes);
    buffer_.erase(0, bytes);
    return taken;
  }

  // One Read() of Go's: what is there, up to `bytes`.
  std::string take_some(std::size_t bytes) {
    if (buffer_.empty()) fill();
    return take(std::min(bytes, buffer_.size()));
  }

  std::string take_line() {
    while (buffer_.find('\n') == std::string::npos) fill();
    return take(buffer_.find('\n') + 1);
  }

  std::string rest() { return std::exchange(buffer_, {}); }

 private:
  void fill() {
    std::array<char, 4096> chunk{};
    const auto got = socket_.receive(chunk);
    if (got == 0) throw Refused("the stream ended inside the header");
    buffer_.append(chunk.data(), got);
  }

  Socket& socket_;
  std::string buffer_;
};

unsigned byte_at(const std::string& bytes, std::size_t index) { return static_cast<unsigned char>(bytes[index]); }

unsigned number(const std::string& two_bytes) { return byte_at(two_bytes, 0) << 8 | byte_at(two_bytes, 1); }

template <typename Address>
Endpoint read_addresses(Buffered& input) {
  typename Address::bytes_type address{};
  const auto remote = input.take_some(address.size());
  const auto local = input.take_some(address.size());
  if (remote.size() < address.size() || local.size() < address.size()) throw Refused("cut inside the addresses");
  for (std::size_t i = 0; i < address.size(); ++i) address[i] = static_cast<unsigned char>(remote[i]);
  const auto remote_port = number(input.take(2));
  input.take(2);
  return {Address(address), static_cast<std::uint16_t>(remote_port)};
}

// LOCAL and UNKNOWN: Gitea names its own end, not the peer, as the remote address.
Endpoint own_end(const Socket& socket) { return socket.local(); }

Endpoint read_v2(Buffered& input, const Socket& socket, bool accept_unknown) {
  input.take(kV2Prefix.size());
  const auto version_command = byte_at(input.take(1), 0);
  const auto family_transport = byte_at(input.take(1), 0);
  const auto length = number(input.take(2));
  const auto family = family_transport >> 4, transport = family_transport & 0xF;
  if (version_command >> 4 != 2) throw Refused("version");
  // The block that may follow LOCAL is not skipped: it becomes payload.
  if ((version_command & 0xF) == 0) return own_end(socket);
  if ((version_command & 0xF) != 1) throw Refused("command");
  if (family == 0 || transport == 0) {
    if (!accept_unknown) throw Refused("unknown");
    input.take(length);
    return own_end(socket);
  }
  if (family > 3 || transport > 2) throw Refused("family or transport");
  if (family == 3) throw Refused("a path is no client of these tests");
  // Nothing may follow the addresses, so no TLV is ever taken.
  if (length != (family == 1 ? 12U : 36U)) throw Refused("length " + std::to_string(length));
  using namespace boost::asio::ip;
  return family == 1 ? read_addresses<address_v4>(input) : read_addresses<address_v6>(input);
}

Endpoint read_name(const std::string& address, const std::string& port) {
  boost::system::error_code bad;
  const auto parsed = boost::asio::ip::make_address(address, bad);
  std::uint16_t value = 0;
  const auto* end = port.data() + port.size();
  if (bad || std::from_chars(port.data(), end, value).ptr != end) throw Refused("address " + address + " " + port);
  return {parsed, value};
}

Endpoint read_v1(Buffered& input, const Socket& socket, bool accept_unknown) {
  const auto line = input.take_line();
  if (!line.ends_with("\r\n")) throw Refused("no CR before the LF");
  std::vector<std::string> parts;
  std::istringstream words(line.substr(0, line.size() - 2));
  for (std::string part; std::getline(words, part, ' ');) parts.push_back(part);
  if (parts.size() < 2) throw Refused("parts");
  if (parts[1] == "UNKNOWN") {
    if (!accept_unknown || parts.size() != 2) throw Refused("unknown");
    return own_end(socket);
  }
  if (parts[1] != "TCP4" && parts[1] != "TCP6") throw Refused("address type " + parts[1]);
  if (parts.size() != 6) throw Refused("parts");
  auto client = read_name(parts[2], parts[4]);
  read_name(parts[3], parts[5]);
  return client;
}

Endpoint read_header(Buffered& input, const Socket& socket, bool accept_unknown) {
  if (input.peek(kV1Prefix.size()) == kV1Prefix) return read_v1(input, socket, accept_unknown);
  if (input.peek(kV2Prefix.size()) == kV2Prefix) return read_v2(input, socket, accept_unknown);
  throw Refused("no header");
}

}  // namespace

GiteaVerdict read_as_gitea(Socket& socket, bool accept_unknown) {
  Buffered input(socket);
  GiteaVerdict verdict;
  try {
    verdict.client = read_header(input, socket, accept_unknown);
    verdict.accepted = true;
    verdict.payload = input.rest();
  } catch (const Refused& refused) {
    verdict.refused = refused.what();
  }
  return verdict;
}

}  // namespace realpeer::testing

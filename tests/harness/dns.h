// A DNS server of the test's own: A and AAAA from a table, over UDP and TCP. Built from RFC 1035, nothing shared with
// the product.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace realpeer::testing {

struct DnsRecord {
  std::string address;  // either family
  std::uint32_t ttl = 60;
};

enum class DnsConduct {
  answers,
  answers_by_tcp,  // over UDP it says "truncated"
  servfail,
  silence,
  silence_for_ipv6,
  noise,      // datagrams that are no answer, an empty one among them
  malformed,  // an answer whose record ends too early
};

struct DnsEntry {
  std::vector<DnsRecord> records = {};
  std::optional<std::uint32_t> alias_ttl = std::nullopt;  // set: the records are those of an alias with this TTL
  DnsConduct conduct = DnsConduct::answers;
};

// Names not in the table do not exist (NXDOMAIN). Answers from a thread of its own until destroyed.
class DnsServer {
 public:
  // Port 0: the kernel's choice. Throws where it cannot listen.
  explicit DnsServer(const std::string& address = "127.0.0.1", std::uint16_t port = 0);
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;
  ~DnsServer();

  void set(const std::string& name, DnsEntry entry);
  void remove(const std::string& name);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Questions for the name so far, of either type and over either transport.
  [[nodiscard]] unsigned questions(const std::string& name);

 private:
  using Replies = std::vector<std::string>;
  void listen(const std::string& address, std::uint16_t port);
  boost::asio::awaitable<void> serve_datagrams();
  boost::asio::awaitable<void> serve_clients();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket client);
  Replies replies(std::string_view query, bool udp);

  boost::asio::io_context context_;
  boost::asio::ip::udp::socket udp_{context_};
  boost::asio::ip::tcp::acceptor tcp_{context_};
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::map<std::string, DnsEntry> entries_;
  std::map<std::string, unsigned> questions_;
  std::jthread thread_;
};

}  // namespace realpeer::testing

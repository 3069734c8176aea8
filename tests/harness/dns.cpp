#include "harness/dns.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <exception>
#include <utility>

namespace realpeer::testing {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

constexpr std::size_t header_size = 12;
constexpr unsigned type_a = 1, type_cname = 5, type_aaaa = 28;
constexpr unsigned no_error = 0, servfail = 2, nxdomain = 3;
constexpr unsigned flags_response = 0x8180;  // an answer, recursion desired and available
constexpr unsigned flag_truncated = 0x0200;

void put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8U & 0xFFU);
  out += static_cast<char>(value & 0xFFU);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value >> 16U);
  put16(out, value & 0xFFFFU);
}

std::size_t get16(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at]) << 8U |
                                  static_cast<std::uint8_t>(bytes[at + 1]));
}

struct Question {
  std::string name;
  std::size_t type = 0;
  std::string_view bytes;  // as asked
};

// The one question of a query; throws std::out_of_range when it is cut off.
Question question_of(std::string_view query) {
  Question question;
  std::size_t at = header_size;
  while (const auto length = static_cast<std::uint8_t>(query.at(at++))) {
    if (!question.name.empty()) question.name += '.';
    question.name += query.substr(at, length);
    at += length;
  }
  static_cast<void>(query.at(at + 3));
  question.type = get16(query, at);
  question.bytes = query.substr(header_size, at + 4 - header_size);
  return question;
}

// `owner`: where the name stands in the message, as a compression pointer.
void put_record(std::string& out, std::size_t owner, unsigned type, std::uint32_t ttl, std::string_view data) {
  put16(out, 0xC000U | owner);
  put16(out, type);
  put16(out, 1);
  put32(out, ttl);
  put16(out, data.size());
  out += data;
}

std::string bytes_of(const asio::ip::address& address) {
  const auto text = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
  return address.is_v4() ? text(address.to_v4().to_bytes()) : text(address.to_v6().to_bytes());
}

std::string message(std::string_view query, const Question& question, unsigned flags, std::size_t answers) {
  std::string out(query.substr(0, 2));
  put16(out, flags);
  put16(out, 1);
  put16(out, answers);
  put32(out, 0);
  return out += question.bytes;
}

std::string answer(std::string_view query, const Question& question, const DnsEntry& entry) {
  std::size_t owner = header_size;
  std::size_t count = 0;
  std::string records;
  if (entry.alias_ttl) {
    std::string alias("\x04real");
    put16(alias, 0xC000U | owner);
    put_record(records, owner, type_cname, *entry.alias_ttl, alias);
    owner = header_size + question.bytes.size() + records.size() - alias.size();
    ++count;
  }
  for (const auto& record : entry.records) {
    const auto address = asio::ip::make_address(record.address);
    const unsigned type = address.is_v4() ? type_a : type_aaaa;
    if (type != question.type) continue;
    put_record(records, owner, type, record.ttl, bytes_of(address));
    ++count;
  }
  std::string out = message(query, question, flags_response | no_error, count) + records;
  if (entry.conduct == DnsConduct::malformed && !entry.records.empty()) out.pop_back();
  return out;
}

// An end of a connection or of the server; nothing to report.
void ignore(const std::exception_ptr&) {}

}  // namespace

DnsServer::DnsServer(const std::string& address, std::uint16_t port) {
  // A port that is free for UDP may be taken for TCP.
  for (int tries = 0; port_ == 0; ++tries) {
    try {
      listen(address, port);
    } catch (const boost::system::system_error&) {
      if (tries == 10) throw;
    }
  }
  asio::co_spawn(context_, serve_datagrams(), ignore);
  asio::co_spawn(context_, serve_clients(), ignore);
  thread_ = std::jthread([this] { context_.run(); });
}

DnsServer::~DnsServer() { context_.stop(); }

void DnsServer::listen(const std::string& address, std::uint16_t port) {
  const udp::endpoint at(asio::ip::make_address(address), port);
  udp_ = udp::socket(context_, at);
  const auto got = udp_.local_endpoint().port();
  tcp_ = tcp::acceptor(context_, tcp::endpoint(at.address(), got));
  port_ = got;
}

void DnsServer::set(const std::string& name, DnsEntry entry) {
  const std::lock_guard lock(mutex_);
  entries_[name] = std::move(entry);
}

void DnsServer::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  entries_.erase(name);
}

unsigned DnsServer::questions(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return questions_[name];
}

asio::awaitable<void> DnsServer::serve_datagrams() {
  for (std::string buffer(65536, '\0');;) {
    udp::endpoint from;
    const auto size = co_await udp_.async_receive_from(asio::buffer(buffer), from, asio::use_awaitable);
    for (const auto& bytes : replies({buffer.data(), size}, true)) {
      boost::system::error_code ignored;  // the resolver may be gone
      udp_.send_to(asio::buffer(bytes), from, 0, ignored);
    }
  }
}

asio::awaitable<void> DnsServer::serve_clients() {
  for (;;) asio::co_spawn(context_, serve(co_await tcp_.async_accept(asio::use_awaitable)), ignore);
}

asio::awaitable<void> DnsServer::serve(tcp::socket client) {
  for (;;) {
    // Each message has its length in front.
    std::string length(2, '\0');
    co_await asio::async_read(client, asio::buffer(length), asio::use_awaitable);
    std::string query(get16(length, 0), '\0');
    co_await asio::async_read(client, asio::buffer(query), asio::use_awaitable);
    for (const auto& bytes : replies(query, false)) {
      std::string framed;
      put16(framed, bytes.size());
      framed += bytes;
      co_await asio::async_write(client, asio::buffer(framed), asio::use_awaitable);
    }
  }
}

DnsServer::Replies DnsServer::replies(std::string_view query, bool udp) {
  const Question question = question_of(query);
  const std::lock_guard lock(mutex_);
  ++questions_[question.name];
  const auto found = entries_.find(question.name);
  if (found == entries_.end()) return {message(query, question, flags_response | nxdomain, 0)};
  const DnsEntry& entry = found->second;
  switch (entry.conduct) {
    case DnsConduct::silence: return {};
    case DnsConduct::silence_for_ipv6:
      if (question.type == type_aaaa) return {};
      break;
    case DnsConduct::noise:
      return {"", std::string(1, '\0'), std::string(query.substr(0, 2)), std::string(600, '\xFF')};
    case DnsConduct::servfail: return {message(query, question, flags_response | servfail, 0)};
    case DnsConduct::answers_by_tcp:
      if (udp) return {message(query, question, flags_response | flag_truncated, 0)};
      break;
    case DnsConduct::answers:
    case DnsConduct::malformed: break;
  }
  return {answer(query, question, entry)};
}

}  // namespace realpeer::testing

#include "harness/proxy_v2.h"

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <stdexcept>

namespace realpeer::testing {
namespace {

using namespace std::string_view_literals;

constexpr auto kSignature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t kFixed = 16;  // signature, version and command, family and transport, length
constexpr std::uint8_t kTcp4 = 0x11;
constexpr std::uint8_t kTcp6 = 0x21;

std::string big_endian(std::size_t value) {
  return {static_cast<char>(value >> 8 & 0xFF), static_cast<char>(value & 0xFF)};
}

std::uint16_t number(std::string_view two_bytes) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(two_bytes[0]) << 8 |
                                    static_cast<unsigned char>(two_bytes[1]));
}

std::string raw(const boost::asio::ip::address& address) {
  const auto bytes = [](const auto& array) { return std::string(array.begin(), array.end()); };
  return address.is_v4() ? bytes(address.to_v4().to_bytes()) : bytes(address.to_v6().to_bytes());
}

template <typename Address>
boost::asio::ip::address cooked(std::string_view bytes) {
  typename Address::bytes_type array;
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return Address(array);
}

}  // namespace

std::string proxy_v2_raw(std::uint8_t version_command, std::uint8_t family_transport, std::string_view block) {
  std::string header(kSignature);
  header += static_cast<char>(version_command);
  header += static_cast<char>(family_transport);
  return header.append(big_endian(block.size())).append(block);
}

std::string proxy_v2(const Endpoint& source, const Endpoint& destination, std::string_view tlvs) {
  std::string block = raw(source.address()) + raw(destination.address());
  block.append(big_endian(source.port())).append(big_endian(destination.port())).append(tlvs);
  return proxy_v2_raw(0x21, source.address().is_v4() ? kTcp4 : kTcp6, block);
}

std::string proxy_v2_local() { return proxy_v2_raw(0x20, 0x00, ""); }

std::string tlv(std::uint8_t type, std::string_view value) {
  return std::string(1, static_cast<char>(type)).append(big_endian(value.size())).append(value);
}

std::string proxy_v1(const Endpoint& source, const Endpoint& destination) {
  return std::string("PROXY ") + (source.address().is_v4() ? "TCP4 " : "TCP6 ") + source.address().to_string() + " " +
         destination.address().to_string() + " " + std::to_string(source.port()) + " " +
         std::to_string(destination.port()) + "\r\n";
}

SeenHeader read_proxy_v2(Socket& socket) {
  const auto fixed = socket.receive_exactly(kFixed);
  if (!fixed.starts_with(kSignature)) throw std::runtime_error("the backend received no PROXY v2 signature");
  const auto version_command = static_cast<unsigned char>(fixed[12]);
  if (version_command != 0x20 && version_command != 0x21) throw std::runtime_error("bad version or command");
  SeenHeader header;
  header.proxy = version_command == 0x21;
  header.family_transport = static_cast<std::uint8_t>(fixed[13]);
  const auto block = socket.receive_exactly(number(std::string_view(fixed).substr(14)));
  header.size = kFixed + block.size();
  const std::string_view view(block);
  const auto addresses = [&]<typename Address>(std::size_t size) {
    if (view.size() < 2 * size + 4) throw std::runtime_error("address block too short");
    header.source = {cooked<Address>(view.substr(0, size)), number(view.substr(2 * size, 2))};
    header.destination = {cooked<Address>(view.substr(size, size)), number(view.substr(2 * size + 2, 2))};
    header.tlvs = view.substr(2 * size + 4);
  };
  if (header.family_transport == kTcp4) addresses.operator()<boost::asio::ip::address_v4>(4);
  if (header.family_transport == kTcp6) addresses.operator()<boost::asio::ip::address_v6>(16);
  return header;
}

std::string read_proxy_v1(Socket& socket) {
  std::string line;
  while (!line.ends_with("\r\n")) {
    if (line.size() == 107) throw std::runtime_error("no PROXY v1 line within 107 bytes");
    line += socket.receive_exactly(1);
  }
  return line;
}

}  // namespace realpeer::testing

#include "kernel/transparent.h"

#include <linux/in6.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "kernel/netlink.h"

namespace realpeer::kernel {
namespace {

constexpr std::uint8_t family_inet = 1;  // NFPROTO_INET: linux/netfilter.h does not go with libc's headers

// Nobody's: documentation (RFC 5737, RFC 3849).
const net::Address some_client_v4 = boost::asio::ip::make_address("198.51.100.1");
const net::Address some_client_v6 = boost::asio::ip::make_address("2001:db8::1");

void add_address(netlink::Request& request, std::uint16_t attribute, const net::Address& address) {
  if (address.is_v4()) {
    request.attribute(attribute, address.to_v4().to_bytes());
  } else {
    request.attribute(attribute, address.to_v6().to_bytes());
  }
}

// The kind of route (RTN_…) a packet of ours to `to` would take; nothing where there is none.
std::optional<unsigned> route_type(const net::Address& to, const net::Address* from, std::uint32_t mark) {
  const UniqueFd socket = netlink::open(NETLINK_ROUTE);
  if (!socket.valid()) return std::nullopt;
  const std::uint8_t bits = to.is_v4() ? 32 : 128;
  rtmsg header{};
  header.rtm_family = static_cast<unsigned char>(to.is_v4() ? AF_INET : AF_INET6);
  header.rtm_dst_len = bits;
  header.rtm_src_len = from != nullptr ? bits : std::uint8_t{0};
  netlink::Request request(RTM_GETROUTE, header);
  add_address(request, RTA_DST, to);
  if (from != nullptr) add_address(request, RTA_SRC, *from);
  if (mark != 0) request.attribute(RTA_MARK, mark);
  const auto answer = netlink::ask(socket, request);
  if (!answer || answer->size() < sizeof(rtmsg)) return std::nullopt;
  rtmsg found{};
  std::memcpy(&found, answer->data(), sizeof(found));
  return found.rtm_type;
}

bool has_nft_table() {
  const UniqueFd socket = netlink::open(NETLINK_NETFILTER);
  if (!socket.valid()) return false;
  const nfgenmsg header{.nfgen_family = family_inet, .version = NFNETLINK_V0, .res_id = 0};
  netlink::Request request((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETTABLE, header);
  request.attribute(NFTA_TABLE_NAME,
                    std::as_bytes(std::span(transparent_nft_table, std::strlen(transparent_nft_table) + 1)));
  return netlink::ask(socket, request).has_value();
}

bool may_take_foreign_addresses(bool v6) {
  const UniqueFd socket(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return socket.valid() && allow_foreign_address(socket.get(), v6);
}

}  // namespace

Result<void> allow_foreign_address(int socket, bool v6) {
  const int on = 1;
  const int set = v6 ? ::setsockopt(socket, IPPROTO_IPV6, IPV6_TRANSPARENT, &on, sizeof(on))
                     : ::setsockopt(socket, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof(on));
  if (set != 0) return describe("cannot connect from the client's address (needs CAP_NET_ADMIN)", errno);
  return {};
}

bool may_be_a_source(const net::Address& address) {
  if (!net::is_of_a_host(address) && !address.is_loopback()) return false;
  const auto type = route_type(address, nullptr, 0);
  return type != RTN_BROADCAST && type != RTN_MULTICAST && type != RTN_ANYCAST;
}

std::vector<std::string> missing_for_transparent(const net::Endpoint& endpoint) {
  std::vector<std::string> missing;
  const net::Address address = endpoint.address();
  const bool v6 = address.is_v6();
  const net::Address& client = v6 ? some_client_v6 : some_client_v4;
  if (!may_take_foreign_addresses(v6)) missing.emplace_back("CAP_NET_ADMIN, to take a foreign address");
  const bool here = route_type(address, nullptr, 0) == RTN_LOCAL;
  if (here && !address.is_loopback()) {
    missing.emplace_back(
        "a way to tell its answers from others: it is an address of this host, so let the backend "
        "listen on loopback, and name it by 127.0.0.1 or [::1]");
  } else if (here) {
    if (route_type(client, &address, 0) != RTN_LOCAL) missing.emplace_back("the rule for answers from loopback");
  } else {
    if (route_type(client, nullptr, transparent_mark) != RTN_LOCAL) missing.emplace_back("the rule for marked packets");
    if (!has_nft_table()) missing.emplace_back("the nftables table that marks answers");
  }
  return missing;
}

}  // namespace realpeer::kernel

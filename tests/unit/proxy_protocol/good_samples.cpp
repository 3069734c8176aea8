#include "samples.h"

namespace realpeer::proxy_protocol::samples {

namespace {

Header header(Version version, Command command, Family family, Transport transport) {
  Header made;
  made.version = version;
  made.command = command;
  made.family = family;
  made.transport = transport;
  return made;
}

Header unknown() { return header(Version::v1, Command::proxy, Family::unspec, Transport::unspec); }

Header tcp(Version version, Family family, const net::Endpoint& source, const net::Endpoint& destination) {
  Header made = header(version, Command::proxy, family, Transport::stream);
  made.source = source;
  made.destination = destination;
  return made;
}

Header with(Header made, std::vector<Tlv> tlvs) {
  made.tlvs = std::move(tlvs);
  return made;
}

Header dgram(Header made) {
  made.transport = Transport::dgram;
  return made;
}

Header unix_header() {
  Header made = header(Version::v2, Command::proxy, Family::unix_socket, Transport::stream);
  made.source_path = "/run/a";
  made.destination_path = "/run/b";
  return made;
}

Header haproxy_tls_header() {
  const std::string ssl = "\x01\0\0\0\0"s + tlv(0x21, "TLSv1.3") + tlv(0x25, "RSA2048") + tlv(0x24, "RSA-SHA256") +
                          tlv(0x23, "TLS_AES_256_GCM_SHA384");
  return with(
      tcp(Version::v2, Family::inet, endpoint("127.0.0.1", 36094), endpoint("127.0.0.1", 28102)),
      {{0x03, "\x7a\xa3\xd3\x51"}, {0x01, "http/1.1"}, {0x02, "git.example.com"}, {0x05, "conn-4712"}, {0x20, ssl}});
}

std::vector<Good> lines() {
  const auto tcp4 = [](const char* a, std::uint16_t p, const char* b, std::uint16_t q) {
    return tcp(Version::v1, Family::inet, endpoint(a, p), endpoint(b, q));
  };
  const auto tcp6 = [](const char* a, std::uint16_t p, const char* b, std::uint16_t q) {
    return tcp(Version::v1, Family::inet6, endpoint(a, p), endpoint(b, q));
  };
  const std::string full = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  return {
      {"V1Tcp4", "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", tcp4("192.168.0.1", 56324, "192.168.0.11", 443)},
      {"V1Tcp4Smallest", "PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", tcp4("0.0.0.0", 0, "0.0.0.0", 0)},
      {"V1Tcp4Longest", "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
       tcp4("255.255.255.255", 65535, "255.255.255.255", 65535)},
      {"V1Tcp6", "PROXY TCP6 2001:db8::1 2001:db8::2 4660 443\r\n", tcp6("2001:db8::1", 4660, "2001:db8::2", 443)},
      {"V1Tcp6UpperCase", "PROXY TCP6 2001:DB8::ABCD ::1 1 2\r\n", tcp6("2001:db8::abcd", 1, "::1", 2)},
      {"V1Tcp6LeadingZeroes", "PROXY TCP6 2001:0db8:0000:0000:0000:0000:0000:0001 :: 1 2\r\n",
       tcp6("2001:db8::1", 1, "::", 2)},
      {"V1Tcp6GapAtTheEnd", "PROXY TCP6 1:2:3:4:5:6:7:: 1:: 1 2\r\n", tcp6("1:2:3:4:5:6:7:0", 1, "1::", 2)},
      {"V1Tcp6Mapped", "PROXY TCP6 ::ffff:203.0.113.42 2001:db8::2 4660 443\r\n",
       tcp6("::ffff:203.0.113.42", 4660, "2001:db8::2", 443)},
      {"V1Tcp6Longest", "PROXY TCP6 " + full + " " + full + " 65535 65535\r\n",
       tcp6(full.c_str(), 65535, full.c_str(), 65535)},
      {"V1UnknownShort", "PROXY UNKNOWN\r\n", unknown()},
      {"V1UnknownAndASpace", "PROXY UNKNOWN \r\n", unknown()},
      {"V1UnknownLongest", "PROXY UNKNOWN " + full + " " + full + " 65535 65535\r\n", unknown()},
      {"V1UnknownAndAnything", "PROXY UNKNOWN \x01\xff\0 PROXY TCP4\t\r\n"s, unknown()},
  };
}

std::vector<Good> binaries() {
  const Header local = header(Version::v2, Command::local, Family::unspec, Transport::unspec);
  const std::string id(128, 'u');
  const std::string ssl = "\x07\0\0\0\x01"s + tlv(0x21, "TLSv1.3") + tlv(0x22, "");
  return {
      {"V2Inet", v2(0x21, 0x11, inet_block), inet_header()},
      {"V2Inet6", v2(0x21, 0x21, inet6_block), inet6_header()},
      {"V2InetDatagram", v2(0x21, 0x12, inet_block), dgram(inet_header())},
      {"V2Inet6Datagram", v2(0x21, 0x22, inet6_block), dgram(inet6_header())},
      {"V2Unix", v2(0x21, 0x31, unix_block), unix_header()},
      {"V2UnixDatagram", v2(0x21, 0x32, unix_block), dgram(unix_header())},
      {"V2UnixUnnamed", v2(0x21, 0x31, std::string(216, '\0')),
       header(Version::v2, Command::proxy, Family::unix_socket, Transport::stream)},
      {"V2Unspec", v2(0x21, 0x00, ""), header(Version::v2, Command::proxy, Family::unspec, Transport::unspec)},
      {"V2UnspecWithBytesThatAreNoTlvs", v2(0x21, 0x00, "\xff\xff\xff\xff\xff\xff\xff"),
       header(Version::v2, Command::proxy, Family::unspec, Transport::unspec)},
      {"V2UnspecFamilyStream", v2(0x21, 0x01, "ab"),
       header(Version::v2, Command::proxy, Family::unspec, Transport::stream)},
      {"V2InetOfUnspecTransport", v2(0x21, 0x10, inet_block),
       header(Version::v2, Command::proxy, Family::inet, Transport::unspec)},
      {"V2Local", v2(0x20, 0x00, ""), local},
      {"V2LocalWithAddresses", v2(0x20, 0x11, inet_block),
       header(Version::v2, Command::local, Family::inet, Transport::stream)},
      {"V2LocalTooShortForItsFamily", v2(0x20, 0x21, "abc"),
       header(Version::v2, Command::local, Family::inet6, Transport::stream)},
      {"V2LocalWithBytesThatAreNoTlvs", v2(0x20, 0x00, "\xff\xff\xff\xff"), local},
      {"V2Noop", v2(0x21, 0x11, inet_block + tlv(4, "\0\0"sv)), with(inet_header(), {{4, "\0\0"s}})},
      {"V2EmptyTlv", v2(0x21, 0x11, inet_block + tlv(4, "")), with(inet_header(), {{4, ""}})},
      {"V2UnregisteredTlvs", v2(0x21, 0x11, inet_block + tlv(0, "a") + tlv(0xE0, "b") + tlv(0xFF, "c")),
       with(inet_header(), {{0, "a"}, {0xE0, "b"}, {0xFF, "c"}})},
      {"V2LongestUniqueId", v2(0x21, 0x21, inet6_block + tlv(5, id)), with(inet6_header(), {{5, id}})},
      {"V2TlvAfterUnix", v2(0x21, 0x31, unix_block + tlv(0x30, "blue")), with(unix_header(), {{0x30, "blue"}})},
      {"V2Ssl", v2(0x21, 0x11, inet_block + tlv(0x20, ssl)), with(inet_header(), {{0x20, ssl}})},
      {"V2SslWithoutMore", v2(0x21, 0x11, inet_block + tlv(0x20, "\0\0\0\0\0"sv)),
       with(inet_header(), {{0x20, "\0\0\0\0\0"s}})},
      {"V2Checksum",
       from_hex("0d0a0d0a000d0a515549540a2111001f7f0000017f000001d8da6dc50300041ec6e626"
                "050009636f6e6e2d34373131"),
       with(tcp(Version::v2, Family::inet, endpoint("127.0.0.1", 55514), endpoint("127.0.0.1", 28101)),
            {{3, "\x1e\xc6\xe6\x26"}, {5, "conn-4711"}})},
      {"V2OfHaproxyWithTls", haproxy_tls, haproxy_tls_header()},
      {"V2AsLargeAsAllowed", v2(0x21, 0x11, inet_block + tlv(4, std::string(4096 - 28 - 3, 'n'))),
       with(inet_header(), {{4, std::string(4096 - 28 - 3, 'n')}})},
  };
}

}  // namespace

Header inet_header() {
  return tcp(Version::v2, Family::inet, endpoint("192.0.2.1", 4660), endpoint("198.51.100.9", 443));
}

Header inet6_header() {
  return tcp(Version::v2, Family::inet6, endpoint("2001:db8::1", 4660), endpoint("2001:db8::2", 443));
}

const std::vector<Good>& good_headers() {
  static const std::vector<Good> all = [] {
    std::vector<Good> both = lines();
    for (Good& one : binaries()) both.push_back(std::move(one));
    return both;
  }();
  return all;
}

}  // namespace realpeer::proxy_protocol::samples

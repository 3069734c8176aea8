#include "samples.h"

namespace realpeer::proxy_protocol::samples {

namespace {

using policy::RejectReason;

// The line's name and what is wrong in it, the rest being in order.
Bad line(std::string name, std::string bytes) {
  return {"V1" + std::move(name), std::move(bytes), RejectReason::header_malformed};
}

std::vector<Bad> malformed_lines() {
  return {
      line("EndsInLf", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n"),
      line("EndsInCr", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rGET / HTTP/1.1\r\n"),
      line("LfInside", "PROXY TCP4 1.2.3.4\n5.6.7.8 1 2\r\n"),
      line("UnknownEndsInLf", "PROXY UNKNOWN\n"),
      line("UnknownAndMoreEndsInLf", "PROXY UNKNOWN 1.2.3.4\nHELO example.com\r\n"),
      line("UnknownEndsInCr", "PROXY UNKNOWN\rx\r\n"),
      line("UnknownRunsOn", "PROXY UNKNOWNS\r\n"),
      line("NoProtocol", "PROXY\r\n"),
      line("TwoSpacesBeforeTheProtocol", "PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n"),
      line("TabBeforeTheProtocol", "PROXY\tTCP4 1.2.3.4 5.6.7.8 1 2\r\n"),
      line("LowerCaseProtocol", "PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n"),
      line("Tcp5", "PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n"),
      line("Udp4", "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n"),
      line("NoAddresses", "PROXY TCP4\r\n"),
      line("TwoSpacesBeforeTheSource", "PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n"),
      line("TwoSpacesBeforeTheDestination", "PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n"),
      line("TwoSpacesBeforeThePorts", "PROXY TCP4 1.2.3.4 5.6.7.8  1 2\r\n"),
      line("TabInside", "PROXY TCP4 1.2.3.4 5.6.7.8\t1 2\r\n"),
      line("SpaceAtTheEnd", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n"),
      line("NoDestinationPort", "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n"),
      line("OneFieldMore", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n"),
      line("OctetOf256", "PROXY TCP4 256.2.3.4 5.6.7.8 1 2\r\n"),
      line("OctetWithLeadingZero", "PROXY TCP4 1.2.3.04 5.6.7.8 1 2\r\n"),
      line("OctetOfTwoZeroes", "PROXY TCP4 1.2.3.4 00.6.7.8 1 2\r\n"),
      line("OctetInHex", "PROXY TCP4 0x1.2.3.4 5.6.7.8 1 2\r\n"),
      line("ThreeOctets", "PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n"),
      line("FiveOctets", "PROXY TCP4 1.2.3.4.5 5.6.7.8 1 2\r\n"),
      line("EmptyOctet", "PROXY TCP4 1..3.4 5.6.7.8 1 2\r\n"),
      line("AddressAsOneNumber", "PROXY TCP4 16909060 5.6.7.8 1 2\r\n"),
      line("NulInTheAddress", "PROXY TCP4 1.2.3.4\0 5.6.7.8 1 2\r\n"s),
      line("Ipv6AsTcp4", "PROXY TCP4 ::1 ::2 1 2\r\n"),
      line("MappedAsTcp4", "PROXY TCP4 ::ffff:1.2.3.4 5.6.7.8 1 2\r\n"),
      line("Ipv4AsTcp6", "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n"),
      line("MixedFamilies", "PROXY TCP6 2001:db8::1 5.6.7.8 1 2\r\n"),
      line("ScopeId", "PROXY TCP6 fe80::1%lo fe80::2 1 2\r\n"),
      line("NumericScopeId", "PROXY TCP6 fe80::1%1 fe80::2 1 2\r\n"),
      line("Brackets", "PROXY TCP6 [2001:db8::1] [2001:db8::2] 1 2\r\n"),
      line("PrefixLength", "PROXY TCP6 2001:db8::1/64 2001:db8::2 1 2\r\n"),
      line("TwoGaps", "PROXY TCP6 1::2::3 ::1 1 2\r\n"),
      line("SevenGroups", "PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n"),
      line("NineGroups", "PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2\r\n"),
      line("EightGroupsAndAGap", "PROXY TCP6 1:2:3:4::5:6:7:8 ::1 1 2\r\n"),
      line("GroupOfFiveDigits", "PROXY TCP6 12345::1 ::1 1 2\r\n"),
      line("GroupThatIsNoHex", "PROXY TCP6 g::1 ::1 1 2\r\n"),
      line("SingleColonAtTheEnd", "PROXY TCP6 1:2:3:4:5:6:7: ::1 1 2\r\n"),
      line("PortOf65536", "PROXY TCP4 1.2.3.4 5.6.7.8 65536 2\r\n"),
      line("PortOfManyDigits", "PROXY TCP4 1.2.3.4 5.6.7.8 1 18446744073709551617\r\n"),
      line("PortWithLeadingZero", "PROXY TCP4 1.2.3.4 5.6.7.8 080 2\r\n"),
      line("PortOfTwoZeroes", "PROXY TCP4 1.2.3.4 5.6.7.8 1 00\r\n"),
      line("PortWithPlus", "PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n"),
      line("PortWithMinus", "PROXY TCP4 1.2.3.4 5.6.7.8 1 -2\r\n"),
      line("PortInHex", "PROXY TCP4 1.2.3.4 5.6.7.8 0x1 2\r\n"),
      line("PortByName", "PROXY TCP4 1.2.3.4 5.6.7.8 1 http\r\n"),
      line("EmptyPort", "PROXY TCP4 1.2.3.4 5.6.7.8 1 \r\n"),
      line("NulInThePort", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\0\r\n"s),
  };
}

Bad binary(std::string name, std::string bytes) {
  return {"V2" + std::move(name), std::move(bytes), RejectReason::header_malformed};
}

// An INET header followed by `tlvs`.
Bad with_tlvs(std::string name, const std::string& tlvs) {
  return binary(std::move(name), v2(0x21, 0x11, inet_block + tlvs));
}

std::vector<Bad> malformed_binaries() {
  const std::string checksum = tlv(3, "\0\0\0\0"sv);
  return {
      binary("Version0", v2(0x01, 0x11, inet_block)),
      binary("Version1", v2(0x11, 0x11, inet_block)),
      binary("Version3", v2(0x31, 0x11, inet_block)),
      binary("Command2", v2(0x22, 0x11, inet_block)),
      binary("Command15", v2(0x2F, 0x11, inet_block)),
      binary("Family4", v2(0x21, 0x41, inet_block)),
      binary("Family15", v2(0x21, 0xF1, inet_block)),
      binary("Family4OfLocal", v2(0x20, 0x40, "")),
      binary("Transport3", v2(0x21, 0x13, inet_block)),
      binary("Transport15", v2(0x21, 0x1F, inet_block)),
      binary("Transport3OfUnspec", v2(0x21, 0x03, "")),
      binary("InetWithoutAddresses", v2(0x21, 0x11, "")),
      binary("InetOneByteShort", v2(0x21, 0x11, inet_block.substr(1))),
      binary("Inet6OneByteShort", v2(0x21, 0x21, inet6_block.substr(1))),
      binary("Inet6WithInetAddresses", v2(0x21, 0x21, inet_block)),
      binary("UnixOneByteShort", v2(0x21, 0x31, unix_block.substr(1))),
      with_tlvs("OneStrayByte", "\x04"),
      with_tlvs("TwoStrayBytes", "\x04\0"s),
      with_tlvs("TlvOneByteTooLong",
                "\x04\0\x03"
                "ab"s),
      with_tlvs("TlvFarTooLong",
                "\x04\xff\xff"
                "ab"s),
      with_tlvs("StrayByteAfterATlv", tlv(4, "ab") + "\x04"),
      with_tlvs("UniqueIdOf129", tlv(5, std::string(129, 'u'))),
      with_tlvs("SslOfFourBytes", tlv(0x20, "\0\0\0\0"sv)),
      with_tlvs("SslEmpty", tlv(0x20, "")),
      with_tlvs("SslWithAStrayByte", tlv(0x20, "\x01\0\0\0\0\x21"sv)),
      with_tlvs("SslWithATlvTooLong", tlv(0x20, "\x01\0\0\0\0\x21\0\x02T"sv) + tlv(4, "ab")),
      with_tlvs("ChecksumOfThreeBytes", tlv(3, "abc")),
      with_tlvs("ChecksumOfFiveBytes", tlv(3, "abcde")),
      with_tlvs("TwoChecksums", checksum + checksum),
      {"V2TwoChecksumsOneRight", with_checksum_at(31, v2(0x21, 0x11, inet_block + checksum + checksum)),
       RejectReason::header_malformed},
      {"V2UniqueIdOf129UnderAWrongChecksum", v2(0x21, 0x11, inet_block + checksum + tlv(5, std::string(129, 'u'))),
       RejectReason::header_malformed},
  };
}

std::vector<Bad> others() {
  const std::string checksum = tlv(3, "\0\0\0\0"sv);
  std::string moved = with_checksum_at(31, v2(0x21, 0x11, inet_block + checksum));
  moved[16] ^= 1;
  const std::string unfinished = "PROXY TCP4 " + std::string(107, '1');
  return {
      {"ChecksumOfZero", v2(0x21, 0x11, inet_block + checksum), RejectReason::checksum_mismatch},
      {"ChecksumOfAnotherAddress", moved, RejectReason::checksum_mismatch},
      {"V1LineOf108", "PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", RejectReason::header_too_large},
      {"V1WithoutAnEnd", unfinished, RejectReason::header_too_large},
      {"V1CrAsByte107", "PROXY UNKNOWN " + std::string(92, 'x') + "\r", RejectReason::header_too_large},
      {"V2OneByteLargerThanAllowed", v2(0x21, 0x11, inet_block + tlv(4, std::string(4096 - 28 - 3 + 1, 'n'))),
       RejectReason::header_too_large},
      {"V2AnnouncesTooMuch", v2(0x21, 0x11, std::string(0xFFFF, 'x')).substr(0, 16), RejectReason::header_too_large},
      {"LocalAnnouncesTooMuch", v2(0x20, 0x00, std::string(0xFFFF, 'x')).substr(0, 16), RejectReason::header_too_large},
      {"Http", "GET / HTTP/1.1\r\n", RejectReason::header_missing},
      {"HttpPost", "POST / HTTP/1.1\r\n", RejectReason::header_missing},
      {"Ssh", "SSH-2.0-OpenSSH_9.2\r\n", RejectReason::header_missing},
      {"Tls", "\x16\x03\x01\x02\0\x01"s, RejectReason::header_missing},
      {"LowerCaseSignature", "proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n", RejectReason::header_missing},
      {"SpaceBeforeTheSignature", " PROXY UNKNOWN\r\n", RejectReason::header_missing},
      {"EmptyLinesOnly", "\r\n\r\n\r\n", RejectReason::header_missing},
      {"V2SignatureWithAWrongLastByte", "\r\n\r\n\0\r\nQUIT\r\x21\x11\0\0"s, RejectReason::header_missing},
  };
}

}  // namespace

const std::vector<Bad>& bad_headers() {
  static const std::vector<Bad> all = [] {
    std::vector<Bad> every = malformed_lines();
    for (Bad& one : malformed_binaries()) every.push_back(std::move(one));
    for (Bad& one : others()) every.push_back(std::move(one));
    return every;
  }();
  return all;
}

}  // namespace realpeer::proxy_protocol::samples

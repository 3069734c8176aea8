// Every way in which a hello may be broken, with the words of its refusal.
#include <gtest/gtest.h>

#include "hellos.h"

namespace realpeer::tls {
namespace {

using namespace hellos;

struct Bad {
  std::string name;
  std::string bytes;
  std::string_view refusal;  // problem and detail
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

std::string with(const Parts& parts) { return record(message(body(parts))); }
std::string with_extensions(std::string_view extensions) { return record(hello(extensions)); }
std::string good() { return hello(server_name("a.example")); }

// Byte 83 is where the first extension of a hello begins, 87 where its content does.
std::vector<Bad> bad_records() {
  const std::string half = record(good().substr(0, 20));
  return {
      {"EmptyRecord", "\x16\x03\x01\0\0"s, "empty_record: wire byte 3: a handshake record without content"},
      {"EmptySecondRecord", half + record(""), "empty_record: wire byte 28: a handshake record without content"},
      {"OversizedRecord", "\x16\x03\x01\x40\x01"s,
       "oversized_record: wire byte 3: a record of 16385 bytes, more than 16384"},
      {"OversizedSecondRecord", half + "\x16\x03\x01\xff\xff",
       "oversized_record: wire byte 28: a record of 65535 bytes, more than 16384"},
      {"AlertInTheMiddle", half + "\x15",
       "record_type_changed: wire byte 25: a record of type 21 after 20 bytes of the hello, which is not whole"},
      {"ApplicationDataInTheMiddle", half + record("x", 23),
       "record_type_changed: wire byte 25: a record of type 23 after 20 bytes of the hello, which is not whole"},
      {"VersionOfSecondRecord", half + "\x16\x02", "bad_version: wire byte 26: a record of version 2.x, not 3.x"},
      {"HelloRequest", record("\0\0\0\0"sv),
       "not_a_client_hello: byte 0: a handshake message of type 0, not ClientHello"},
      {"ServerHello", "\x16\x03\x03\x40\x00\x02"s,
       "not_a_client_hello: byte 0: a handshake message of type 2, not ClientHello"},
      {"LengthOfThreeBytes", record("\x01\x01\0\0"sv),
       "too_large: byte 1: a hello of 65540 bytes, more than the 16384 allowed"},
  };
}

std::vector<Bad> bad_fixed_parts() {
  return {
      {"EmptyHello", record(message("")),
       "bad_length: byte 4: the part with version and random has 34 bytes, 0 are left for it"},
      {"HalfRandom", record(message("\x03\x03 random")),
       "bad_length: byte 4: the part with version and random has 34 bytes, 9 are left for it"},
      {"Version2", with({.version_and_random = "\x02" + std::string(33, 'r')}),
       "bad_version: byte 4: a hello of version 2.x"},
      {"NothingAfterRandom", record(message("\x03\x03" + std::string(32, 'r'))),
       "bad_length: byte 38: the bytes end within the length of the session id"},
      {"SessionIdOf33", with({.session_id = vector8(std::string(33, 's'))}),
       "bad_length: byte 39: a session id of 33 bytes, more than 32"},
      {"SessionIdRunsOver", record(message("\x03\x03" + std::string(32, 'r') + std::string(1, 32) + "four")),
       "bad_length: byte 39: the session id has 32 bytes, 4 are left for it"},
      {"NoSuites", with({.suites = u16(0)}), "bad_length: byte 73: a list of cipher suites of 0 bytes, not 2, 4, ..."},
      {"OddSuites", with({.suites = vector16("abc")}),
       "bad_length: byte 73: a list of cipher suites of 3 bytes, not 2, 4, ..."},
      {"SuitesRunOver", with({.suites = u16(1000)}),
       "bad_length: byte 73: the list of cipher suites has 1000 bytes, 2 are left for it"},
      {"HalfLengthOfSuites", with({.suites = "\0"s, .compression = ""}),
       "bad_length: byte 71: the bytes end within the length of the list of cipher suites"},
      {"NothingAfterSuites", with({.compression = ""}),
       "bad_length: byte 79: the bytes end within the length of the list of compression methods"},
      {"NoCompression", with({.compression = vector8("")}),
       "bad_length: byte 80: an empty list of compression methods"},
      {"CompressionRunsOver", with({.compression = "\x02n"}),
       "bad_length: byte 80: the list of compression methods has 2 bytes, 1 are left for it"},
  };
}

std::vector<Bad> bad_extensions() {
  const std::string sni = server_name("a.example");
  return {
      {"HalfLengthOfExtensions", with({.extensions = "\0"s}),
       "bad_length: byte 81: the bytes end within the length of the list of extensions"},
      {"ExtensionsRunOver", with({.extensions = u16(sni.size() + 1) + sni}),
       "bad_length: byte 83: the list of extensions has 19 bytes, 18 are left for it"},
      {"BytesAfterExtensions", with({.extensions = vector16(sni) + "xy"}),
       "bad_length: byte 101: 2 bytes follow the extensions"},
      {"HalfType", with_extensions("\0"sv),
       "bad_length: byte 83: the type of an extension has 2 bytes, 1 are left for it"},
      {"NoLength", with_extensions("\0\x17"sv), "bad_length: byte 85: the bytes end within the length of an extension"},
      {"UnknownRunsOver", with_extensions(u16(0x4a4a) + u16(5) + "abc"),
       "bad_length: byte 87: an extension has 5 bytes, 3 are left for it"},
      {"TwoServerNameExtensions", with_extensions(sni + sni),
       "duplicate_extension: byte 101: a second server_name extension"},
      {"TwoAlpnExtensions", with_extensions(alpn({"h2"}) + alpn({"h2"})),
       "duplicate_extension: byte 92: a second ALPN extension"},
  };
}

std::vector<Bad> bad_server_names() {
  return {
      {"EmptyServerNameExtension", with_extensions(extension(0, "")),
       "bad_server_name: byte 87: an empty extension where the list of server names must stand"},
      {"EmptyListOfServerNames", with_extensions(server_names("")),
       "bad_server_name: byte 89: the list of server names is empty"},
      {"OneByteOfServerNameExtension", with_extensions(extension(0, "x")),
       "bad_length: byte 87: the bytes end within the length of the list of server names"},
      {"ListOfServerNamesRunsOver", with_extensions(extension(0, u16(9) + name_entry("a"))),
       "bad_length: byte 89: the list of server names has 9 bytes, 4 are left for it"},
      {"BytesAfterListOfServerNames", with_extensions(extension(0, vector16(name_entry("a")) + "x")),
       "bad_length: byte 93: 1 bytes follow the list of server names in its extension"},
      {"NameTypeAlone", with_extensions(server_names("\0"sv)),
       "bad_length: byte 90: the bytes end within the length of a server name"},
      {"NameRunsOver", with_extensions(server_names("\0\0\5ab"sv)),
       "bad_length: byte 92: a server name has 5 bytes, 2 are left for it"},
      {"OtherNameRunsOver", with_extensions(server_names("\7\0\5ab"sv)),
       "bad_length: byte 92: a server name has 5 bytes, 2 are left for it"},
      {"BytesAfterName", with_extensions(server_names(name_entry("ab") + "\0"s)),
       "bad_length: byte 95: the bytes end within the length of a server name"},
      {"TwoHostNames", with_extensions(server_names(name_entry("a.example") + name_entry("b.example"))),
       "several_server_names: byte 101: a second host name"},
      {"SameHostNameTwice", with_extensions(server_names(name_entry("a") + name_entry("x", 7) + name_entry("a"))),
       "several_server_names: byte 97: a second host name"},
      {"EmptyName", with_extensions(server_name("")), "bad_server_name: byte 92: an empty server name"},
      {"NulInName", with_extensions(server_name("a.example\0.evil"sv)),
       "bad_server_name: byte 101: a NUL in the server name"},
      {"NonAscii",
       with_extensions(server_name("b\xc3\xbc"
                                   "cher.example")),
       "bad_server_name: byte 93: 0xc3 in the server name, which must be ASCII: an international name is sent as its "
       "A-label, xn--..."},
      {"Space", with_extensions(server_name("a b")),
       "bad_server_name: byte 93: 0x20 in the server name, where letters, digits, '-', '_' and '.' may stand"},
      {"LineFeed", with_extensions(server_name("a\n")),
       "bad_server_name: byte 93: 0x0a in the server name, where letters, digits, '-', '_' and '.' may stand"},
      {"Ipv6", with_extensions(server_name("2001:db8::1")),
       "bad_server_name: byte 96: 0x3a in the server name, where letters, digits, '-', '_' and '.' may stand"},
      {"Wildcard", with_extensions(server_name("*.example")),
       "bad_server_name: byte 92: 0x2a in the server name, where letters, digits, '-', '_' and '.' may stand"},
      {"DotAlone", with_extensions(server_name(".")), "bad_server_name: byte 92: an empty label in the server name"},
      {"LeadingDot", with_extensions(server_name(".a")), "bad_server_name: byte 92: an empty label in the server name"},
      {"TwoDots", with_extensions(server_name("a..b")), "bad_server_name: byte 94: an empty label in the server name"},
      {"TwoTrailingDots", with_extensions(server_name("a..")),
       "bad_server_name: byte 94: an empty label in the server name"},
      {"NameOf254", with_extensions(server_name(std::string(254, 'a'))),
       "bad_server_name: byte 92: a server name of 254 bytes, more than 253"},
  };
}

std::vector<Bad> bad_alpns() {
  return {
      {"EmptyAlpnExtension", with_extensions(extension(16, "")),
       "bad_alpn: byte 87: an empty extension where the list of ALPN protocols must stand"},
      {"EmptyListOfProtocols", with_extensions(alpn({})), "bad_alpn: byte 89: the list of ALPN protocols is empty"},
      {"EmptyProtocol", with_extensions(alpn({"h2", ""})), "bad_alpn: byte 93: an empty ALPN protocol"},
      {"ListOfProtocolsRunsOver", with_extensions(extension(16, u16(4) + vector8("h2"))),
       "bad_length: byte 89: the list of ALPN protocols has 4 bytes, 3 are left for it"},
      {"BytesAfterListOfProtocols", with_extensions(extension(16, vector16(vector8("h2")) + "xyz")),
       "bad_length: byte 92: 3 bytes follow the list of ALPN protocols in its extension"},
      {"ProtocolRunsOver", with_extensions(extension(16, vector16("\x03h2"))),
       "bad_length: byte 90: an ALPN protocol has 3 bytes, 2 are left for it"},
  };
}

class BadHello : public testing::TestWithParam<Bad> {};
INSTANTIATE_TEST_SUITE_P(Records, BadHello, testing::ValuesIn(bad_records()));
INSTANTIATE_TEST_SUITE_P(FixedPart, BadHello, testing::ValuesIn(bad_fixed_parts()));
INSTANTIATE_TEST_SUITE_P(Extensions, BadHello, testing::ValuesIn(bad_extensions()));
INSTANTIATE_TEST_SUITE_P(ServerName, BadHello, testing::ValuesIn(bad_server_names()));
INSTANTIATE_TEST_SUITE_P(Alpn, BadHello, testing::ValuesIn(bad_alpns()));

TEST_P(BadHello, IsRefusedWithItsProblemAndPlace) { EXPECT_EQ(shown(read(GetParam().bytes)), GetParam().refusal); }

TEST_P(BadHello, IsNeverAcceptedInPartAndNeverTakenBack) {
  const std::string bytes = GetParam().bytes + std::string(100, '\x16');
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const HelloReading reading = read(std::string_view(bytes).substr(0, length));
    ASSERT_TRUE(std::holds_alternative<NeedMore>(reading) || shown(reading) == GetParam().refusal)
        << shown(reading) << " at " << length;
  }
}

TEST(Malformed, AnyLengthThatIsOneOffIsNeverRead) {
  const std::string good = record(hello(server_name("a.example") + alpn({"h2", "http/1.1"})));
  // On the wire, so five more than in the message: message, session id, suites, compression, extensions; server_name,
  // its list, its name; ALPN, its list, its protocols. Of two bytes the lower one.
  for (const std::size_t at : {8, 43, 77, 84, 87, 91, 93, 96, 109, 111, 112, 115}) {
    for (const int off : {-1, 1}) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] + off);
      const HelloReading reading = read(bytes);
      EXPECT_FALSE(std::holds_alternative<ClientHello>(reading)) << shown(reading) << ", byte " << at;
      EXPECT_FALSE(std::holds_alternative<NotTls>(reading)) << shown(reading) << ", byte " << at;
      // Only a longer message may still come.
      EXPECT_EQ(std::holds_alternative<NeedMore>(reading), at == 8 && off == 1) << shown(reading) << ", byte " << at;
    }
  }
}

TEST(ServerName, IsKeptAsSent) {
  for (const std::string& name :
       {"a"s, "localhost"s, "Git.Example.ORG"s, "xn--bcher-kva.example"s, "_sip._tcp.example"s, "example.org."s,
        "192.0.2.1"s, "-a-"s, std::string(253, 'a'), std::string(252, 'a') + "."}) {
    const HelloReading reading = read(record(hello(server_name(name))));
    ASSERT_TRUE(std::holds_alternative<ClientHello>(reading)) << shown(reading);
    EXPECT_EQ(std::get<ClientHello>(reading).server_name, name);
  }
}

TEST(ServerName, OfAnotherTypeIsSkipped) {
  const std::string others = name_entry("\0\xff"sv, 7) + name_entry("", '\xff');
  const HelloReading both = read(record(hello(server_names(others + name_entry("a.example") + others))));
  ASSERT_TRUE(std::holds_alternative<ClientHello>(both)) << shown(both);
  EXPECT_EQ(std::get<ClientHello>(both).server_name, "a.example");
  const HelloReading alone = read(record(hello(server_names(others))));
  ASSERT_TRUE(std::holds_alternative<ClientHello>(alone)) << shown(alone);
  EXPECT_EQ(std::get<ClientHello>(alone).server_name, "");
}

TEST(Alpn, ProtocolsMayHoldAnyBytes) {
  const std::string longest(255, '\xff');
  const HelloReading reading = read(record(hello(alpn({"\0\n"sv, longest, "h2", "h2"}))));
  ASSERT_TRUE(std::holds_alternative<ClientHello>(reading)) << shown(reading);
  EXPECT_EQ(std::get<ClientHello>(reading).alpn, (std::vector<std::string>{"\0\n"s, longest, "h2", "h2"}));
}

}  // namespace
}  // namespace realpeer::tls

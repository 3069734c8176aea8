// What the tests of the ClientHello reader share: hellos to read, and what was read in words.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/client_hello.h"
#include "tls/client_hello.h"

namespace realpeer::tls::hellos {

using namespace std::literals;
using namespace realpeer::hellos;

HelloReading read(std::string_view bytes);

// Two readings are the same one, to the words. What is not TLS is told better the more of it is there.
bool same(const HelloReading& a, const HelloReading& b);
// "hello git.example.org", "need 4", "bad_length: byte 4: ...": for failure messages.
std::string shown(const HelloReading& reading);
std::string from_hex(std::string_view hex);

// What real clients sent, each on one connection.
struct Captured {
  std::string client;
  std::string bytes;
  ClientHello expected;
};
inline void PrintTo(const Captured& captured, std::ostream* out) { *out << captured.client; }
const std::vector<Captured>& captured();

}  // namespace realpeer::tls::hellos

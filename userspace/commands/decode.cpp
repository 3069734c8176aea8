// realpeer decode [--sni] [--hex H | FILE | -]: a PROXY protocol header, or a TLS ClientHello, as JSON.
// With --pcap: decode_capture.h.
#include <gflags/gflags.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/system/result.hpp>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <memory>
#include <system_error>
#include <vector>

#include "capture/opening.h"
#include "commands/commands.h"
#include "commands/decode_capture.h"
#include "commands/decode_json.h"
#include "commands/hello_json.h"
#include "proxy_protocol/wire.h"

DEFINE_string(hex, "", "decode: the bytes as hexadecimal digits; spaces and colons between bytes are skipped");
DEFINE_uint32(max_header, 4096, "decode: the largest header taken, in bytes");
DEFINE_bool(sni, false, "decode: read a TLS ClientHello, which names the server, and not a header");

namespace realpeer::commands {

namespace {

using Bytes = boost::system::result<std::vector<char>, std::string>;

// A header or hello stands at the start; this is room enough for any capture one would keep in a file.
constexpr std::size_t max_input = 64U << 20U;  // bytes

bool is_given(const char* flag) { return !gflags::GetCommandLineFlagInfoOrDie(flag).is_default; }

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Bytes parse_hex(std::string_view text) {
  std::vector<char> bytes;
  int high = -1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between_bytes = high < 0;
    if (between_bytes && std::string_view(" \t\r\n:").find(text[i]) != std::string_view::npos) continue;
    const int value = digit_value(text[i]);
    if (value < 0) {
      return "--hex: character " + std::to_string(i + 1) +
             " is not a hexadecimal digit; write two digits a byte, as in " + "50524f5859";
    }
    if (between_bytes) {
      high = value;
    } else {
      bytes.push_back(static_cast<char>(high << 4 | value));
      high = -1;
    }
  }
  if (high >= 0) return "--hex: the last byte has one digit only; write two digits a byte";
  return bytes;
}

Bytes read_all(std::FILE* file, const std::string& name) {
  std::vector<char> bytes;
  std::array<char, 16384> chunk{};
  while (const std::size_t taken = std::fread(chunk.data(), 1, chunk.size(), file)) {
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(taken));
    if (bytes.size() > max_input) {
      return name + ": more than " + std::to_string(max_input) +
             " bytes; what is decoded is at the start, so cut with head -c";
    }
  }
  if (std::ferror(file) != 0) {
    return name + ": cannot be read: " + std::generic_category().message(errno) + "; give a readable file, - or --hex";
  }
  return bytes;
}

Bytes read_input(Arguments arguments) {
  const bool hex = is_given("hex");
  if (hex && !arguments.empty()) return "decode: both --hex and '" + arguments[0] + "' given; give one of them";
  if (arguments.size() > 1) return "decode: '" + arguments[1] + "' is one file too many; give one FILE, or - for stdin";
  if (hex) return parse_hex(FLAGS_hex);
  if (arguments.empty() || arguments[0] == "-") return read_all(stdin, "stdin");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(arguments[0].c_str(), "rb"), &std::fclose);
  if (!file) {
    return arguments[0] + ": cannot be opened: " + std::generic_category().message(errno) +
           "; give a readable file, - for stdin, or --hex";
  }
  return read_all(file.get(), arguments[0]);
}

// Prints the report; the exit code says whether its result is one of the two good ones.
int print(const boost::json::object& report, std::string_view good, std::string_view also_good) {
  std::cout << boost::json::serialize(report) << '\n' << std::flush;
  const auto& result = report.at("result").as_string();
  return result == good || result == also_good ? 0 : 1;
}

// In a capture stands what was sent, and no gateway's limit applies unless one is asked for.
boost::system::result<proxy_protocol::DecodeOptions, std::string> header_options() {
  using capture::longest_header;
  const std::size_t max_header = is_given("pcap") && !is_given("max_header") ? longest_header : FLAGS_max_header;
  if (max_header < proxy_protocol::wire::v2_fixed_length || max_header > longest_header) {
    return "--max_header: " + std::to_string(max_header) + " is out of range; give 16 to " +
           std::to_string(longest_header);
  }
  return proxy_protocol::DecodeOptions{.max_header = max_header};
}

int decode_header(Arguments arguments, const proxy_protocol::DecodeOptions& options) {
  const Bytes input = read_input(arguments);
  if (!input) return usage_error(input.error());
  return print(decode_to_json(std::as_bytes(std::span(*input)), options), "accept", "local");
}

int decode_hello(Arguments arguments) {
  const Bytes input = read_input(arguments);
  if (!input) return usage_error(input.error());
  return print(hello_to_json(std::as_bytes(std::span(*input))), "sni", "no_sni");
}

}  // namespace

int decode(Arguments arguments) {
  const bool capture = is_given("pcap");
  if (FLAGS_sni && !capture) return decode_hello(arguments);
  const auto options = header_options();
  if (!options) return usage_error(options.error());
  return capture ? decode_capture(arguments, *options) : decode_header(arguments, *options);
}

}  // namespace realpeer::commands

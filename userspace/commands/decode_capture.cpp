#include "commands/decode_capture.h"

#include <gflags/gflags.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <csignal>
#include <iostream>
#include <map>

#include "capture/file.h"
#include "capture/watch.h"
#include "commands/finding.h"

DEFINE_string(pcap, "", "decode: the capture to read, as of tcpdump -w; - for stdin");
DEFINE_uint32(port, 0, "decode --pcap: look at connections to this port only");
DECLARE_bool(json);
DECLARE_bool(sni);
DECLARE_string(hex);

namespace realpeer::commands {

namespace {

struct Tally {
  std::size_t packets = 0;
  std::map<std::string, std::size_t, std::less<>> results;  // how many connections had which
  std::size_t elsewhere = 0;                                // packets of other ports
  std::array<std::size_t, capture::unread_kinds> unread{};

  [[nodiscard]] bool all_good() const { return !results.contains("reject") && !results.contains("need_more"); }
};

void print(const boost::json::object& finding) {
  std::cout << (FLAGS_json ? boost::json::serialize(finding) : finding_in_words(finding)) << '\n' << std::flush;
}

// "2 of this, 1 of that"; nothing of what there is none of.
class Enumeration {
 public:
  void add(std::size_t number, std::string_view what) {
    if (number == 0) return;
    text_ += text_.empty() ? "" : ", ";
    text_.append(std::to_string(number)).append(" ").append(what);
  }
  [[nodiscard]] std::string after(std::string_view opening, std::string_view closing = "") const {
    return text_.empty() ? "" : std::string(opening) + text_ + std::string(closing);
  }

 private:
  std::string text_;
};

void print_summary(const Tally& tally) {
  std::size_t connections = 0;
  Enumeration results, passed_over;
  for (const auto& [result, number] : tally.results) {
    connections += number;
    results.add(number, result);
  }
  for (std::size_t i = 0; i < tally.unread.size(); ++i) {
    passed_over.add(tally.unread.at(i), in_words(static_cast<capture::Unread>(i)));
  }
  passed_over.add(tally.elsewhere, "of other ports");
  std::cerr << "realpeer: " << tally.packets << (tally.packets == 1 ? " packet, " : " packets, ") << connections
            << (connections == 1 ? " connection" : " connections") << results.after(" (", ")")
            << passed_over.after("; passed over: ") << '\n';
}

// Until the capture ends; what is wrong with it, if it breaks off.
std::string read_through(capture::File& file, capture::Watch& watch, Tally& tally) {
  while (true) {
    const auto packet = file.next();
    if (!packet) return packet.error();
    if (!*packet) return "";
    ++tally.packets;
    const auto segment = capture::read_packet(file.link(), (*packet)->captured, (*packet)->length);
    if (!segment) {
      ++tally.unread.at(static_cast<std::size_t>(segment.error()));
    } else if (!watch.take(*segment, (*packet)->time)) {
      ++tally.elsewhere;
    }
  }
}

// ^C reaches the whole pipeline: what writes the capture ends, and what is known by then is still to be told. A second
// one ends this program too.
void outlive_the_writer() {
  struct sigaction once {};
  once.sa_handler = [](int) {};
  once.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  ::sigaction(SIGINT, &once, nullptr);
}

std::string wrong_usage(Arguments arguments) {
  constexpr std::uint32_t largest_port = 65'535;
  if (FLAGS_pcap.empty()) return "--pcap: name a capture file, or - for stdin";
  if (FLAGS_sni) return "decode: both --sni and --pcap given; --pcap tells the server names of ClientHellos as it is";
  if (!FLAGS_hex.empty() || !arguments.empty()) return "decode: --pcap reads a capture and nothing else";
  if (FLAGS_port > largest_port) return "--port: " + std::to_string(FLAGS_port) + " is no port; give 1 to 65535";
  return "";
}

}  // namespace

int decode_capture(Arguments arguments, const proxy_protocol::DecodeOptions& options) {
  if (const std::string wrong = wrong_usage(arguments); !wrong.empty()) return usage_error(wrong);
  if (FLAGS_pcap == "-" && ::isatty(STDIN_FILENO) == 0) outlive_the_writer();
  auto file = capture::File::open(FLAGS_pcap);
  if (!file) return usage_error(file.error());

  Tally tally;
  capture::Watch watch({.header = options, .port = static_cast<std::uint16_t>(FLAGS_port)},
                       [&](const capture::Finding& finding) {
                         const auto object = finding_to_json(finding, options);
                         print(object);
                         ++tally.results[boost::json::value_to<std::string>(object.at("result"))];
                       });
  const std::string broken = read_through(*file, watch, tally);
  watch.end();
  print_summary(tally);
  if (!broken.empty()) return usage_error(broken);
  return tally.all_good() ? 0 : 1;
}

}  // namespace realpeer::commands

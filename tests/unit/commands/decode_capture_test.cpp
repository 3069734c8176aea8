// realpeer decode --pcap: what is printed where, and the exit codes.
#include <gflags/gflags.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>

#include "commands/commands.h"
#include "harness/capture_file.h"
#include "harness/process.h"

DECLARE_string(pcap);
DECLARE_uint32(port);
DECLARE_uint32(max_header);
DECLARE_bool(json);
DECLARE_bool(sni);

namespace realpeer::commands {
namespace {

using testing::CapturedPacket;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::packet;
using Packets = std::vector<CapturedPacket>;

const std::string header = "PROXY TCP4 198.51.100.7 192.0.2.10 40001 443\r\n";

Packets operator+(Packets one, const Packets& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

testing::Packet segment(std::uint16_t from, std::uint16_t port) {
  return packet().ipv4("203.0.113.42", "10.77.0.2").tcp(port, from);
}

// A connection whose client sends `bytes`, and no end of it.
Packets connection(std::uint16_t from, std::string_view bytes, std::uint16_t port = 9000) {
  Packets all{{.bytes = segment(from, port).sequence(0).syn().bytes()}};
  if (!bytes.empty()) all.push_back({.bytes = segment(from, port).sequence(1).ack().payload(bytes).bytes()});
  return all;
}

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;

  [[nodiscard]] std::ptrdiff_t lines() const { return std::ranges::count(out, '\n'); }
};

class DecodeCapture : public ::testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& arguments = {}) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int exit_code = decode(arguments);
    return {exit_code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
  }
  Outcome run_on(const std::string& bytes) {
    FLAGS_pcap = directory_.write("capture", bytes);
    return run();
  }
  Outcome run_on(const Packets& packets) { return run_on(testing::pcap_file(testing::kRawIp, packets)); }

 private:
  gflags::FlagSaver saver_;  // puts the flags back
  testing::TemporaryDirectory directory_;
};

TEST_F(DecodeCapture, PrintsALineForEachConnection) {
  const auto outcome = run_on(connection(1, header) + connection(2, "\r\n\r\n") + connection(3, header));
  EXPECT_EQ(outcome.lines(), 3);
  EXPECT_THAT(outcome.out, HasSubstr("203.0.113.42:1 -> 10.77.0.2:9000  accept: version 1, 198.51.100.7:40001 -> "
                                     "192.0.2.10:443\n"));
  EXPECT_THAT(outcome.out, EndsWith("203.0.113.42:2 -> 10.77.0.2:9000  need_more: the header is not complete in the "
                                    "capture: it ends after 4 bytes\n"));
}

TEST_F(DecodeCapture, PrintsJsonWhenToldTo) {
  FLAGS_json = true;
  const auto outcome = run_on(connection(1, header));
  ASSERT_EQ(outcome.lines(), 1);
  const auto finding = boost::json::parse(outcome.out).as_object();
  EXPECT_EQ(finding.at("tcp_src"), "203.0.113.42:1");
  EXPECT_EQ(finding.at("src"), "198.51.100.7:40001");
}

TEST_F(DecodeCapture, ExitsWith0WhenEachConnectionThatHadBytesBeganWithAGoodHeader) {
  EXPECT_EQ(run_on(Packets{}).exit_code, 0);
  EXPECT_EQ(run_on(connection(1, header)).exit_code, 0);
  EXPECT_EQ(run_on(connection(1, header) + connection(2, "")).exit_code, 0);
  EXPECT_EQ(run_on(Packets{{.bytes = segment(1, 9000).ack().payload("middle").bytes()}}).exit_code, 0);
}

TEST_F(DecodeCapture, ExitsWith1WhenOneDidNot) {
  EXPECT_EQ(run_on(connection(1, header) + connection(2, "SSH-2.0")).exit_code, 1);
  EXPECT_EQ(run_on(connection(1, header) + connection(2, "PROXY")).exit_code, 1);
  EXPECT_EQ(run_on(connection(1, header) + connection(2, "PROXY TCP4 \r\n")).exit_code, 1);
}

TEST_F(DecodeCapture, LooksAtOnePortWhenToldTo) {
  FLAGS_port = 9000;
  const auto outcome = run_on(connection(1, header) + connection(2, "SSH-2.0", 22));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.lines(), 1);
  EXPECT_THAT(outcome.err, EndsWith("; passed over: 2 of other ports\n"));
}

TEST_F(DecodeCapture, SumsUpAtTheEnd) {
  const Packets others{{.bytes = packet().ipv4("203.0.113.42", "10.77.0.2").udp(53).bytes()},
                       {.bytes = packet().ipv4("203.0.113.42", "10.77.0.2").udp(53).bytes()},
                       {.bytes = {0x45}, .length = 60},
                       {.bytes = {0x45}}};
  const auto outcome = run_on(connection(1, header) + others + connection(2, header) + connection(3, ""));
  EXPECT_EQ(outcome.err,
            "realpeer: 9 packets, 3 connections (2 accept, 1 nothing); passed over: 2 not TCP, 1 cut by the capture "
            "within their headers, 1 malformed\n");
}

TEST_F(DecodeCapture, TakesHeadersOfAnyLengthUnlessALimitIsGiven) {
  std::string large("\r\n\r\n\0\r\nQUIT\n\x21\x11\x1F\x47", 16);  // 8007 bytes follow
  large += std::string(12, '\1') + std::string("\x04\x1F\x38", 3) + std::string(7992, '\0');
  EXPECT_EQ(run_on(connection(1, large)).exit_code, 0);
  FLAGS_max_header = 4095;
  const auto outcome = run_on(connection(1, large));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("header_too_large"));
}

TEST_F(DecodeCapture, ExitsWith2WhenTheFileIsNone) {
  const auto outcome = run_on("PROXY UNKNOWN\r\n and so on, long enough for a header of a file");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("no capture that can be read"));
}

TEST_F(DecodeCapture, TellsWhatItKnowsOfAFileThatBreaksOff) {
  const auto whole = testing::pcap_file(testing::kRawIp, connection(1, header) + connection(2, header));
  const auto outcome = run_on(whole.substr(0, whole.size() - 10));
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.lines(), 2);
  EXPECT_THAT(outcome.err, HasSubstr("breaks off"));
}

TEST_F(DecodeCapture, IsOneQuestionAndNoOther) {
  FLAGS_pcap = "-";
  EXPECT_EQ(run({"another"}).exit_code, 2);
  FLAGS_port = 65'536;
  EXPECT_EQ(run().exit_code, 2);
  FLAGS_port = 0;
  FLAGS_sni = true;
  EXPECT_EQ(run().exit_code, 2);
}

}  // namespace
}  // namespace realpeer::commands

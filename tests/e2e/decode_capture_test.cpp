// `realpeer decode --pcap` on what tcpdump sees of the gateway's connections: from a file, and live through a pipe.
#include <gmock/gmock.h>

#include <csignal>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;

constexpr Duration kCaptureDelay{10'000};  // tcpdump hands on what it has once a second

class DecodeCapture : public Chain {
 protected:
  // tcpdump in the gateway's namespace, in front of realpeer: ^C, that is SIGINT to both, ends it. JSON on its output.
  std::unique_ptr<Process> watch(const std::string& capture, const std::string& flags = "") {
    const std::string pipeline = "trap : INT; /usr/bin/tcpdump -Z root -U -w - " + capture +
                                 " | " REALPEER_BINARY " decode --pcap - --json " + flags;
    auto watching =
        std::make_unique<Process>(std::vector<std::string>{"/bin/sh", "-c", pipeline}, ProcessOptions{&net->gateway});
    wait_for_tcpdump(*watching);
    return watching;
  }

  static void wait_for_tcpdump(const Process& process) {
    ASSERT_TRUE(eventually([&] { return process.errors().find("listening on") != std::string::npos; }, kCaptureDelay))
        << process.errors();
  }

  // What it printed of the connection to this address, as soon as it did.
  static Record found(const Process& watching, const std::string& server) {
    return AccessLog(watching.output_path())
        .wait_for_record([&](const Record& record) { return record.text("tcp_dst") == server; }, kCaptureDelay);
  }

  static int interrupt(Process& watching) {
    ::kill(-watching.pid(), SIGINT);
    const auto exit = watching.wait(kCaptureDelay);
    EXPECT_TRUE(exit && exit->signal == 0) << to_string(exit) << watching.errors();
    return exit ? exit->code : -1;
  }

  static void expect_the_claim(const Record& record) {
    EXPECT_EQ(record.text("result"), "accept") << record;
    EXPECT_EQ(record.number("version"), 2U) << record;
    EXPECT_EQ(record.text("src"), to_string(kClaimed)) << record;
    EXPECT_EQ(record.text("dst"), to_string(kDialled)) << record;
  }
};

TEST_P(DecodeCapture, LiveTheHeaderToTheBackendIsShownWhileItsConnectionIsOpen) {
  start();
  const auto watching = watch("-i lan0");
  auto [client, server, header] = open();
  const auto record = found(*watching, "10.77.0.2:9000");
  expect_the_claim(record);
  EXPECT_EQ(record.text("tcp_src"), to_string(server.remote()));
  expect_conversation(client, server);
  EXPECT_EQ(interrupt(*watching), 0) << watching->errors();
  EXPECT_THAT(watching->errors(), HasSubstr(" 1 connection (1 accept)"));
}

TEST_P(DecodeCapture, LiveOnAnyInterfaceBothHeadersAreShown) {
  start();
  const auto watching = watch("-i any");
  const auto ends = open();
  const auto in = found(*watching, "203.0.113.1:7000");
  expect_the_claim(in);
  EXPECT_EQ(in.text("tcp_src"), to_string(ends.client.local()));
  expect_the_claim(found(*watching, "10.77.0.2:9000"));
  EXPECT_EQ(interrupt(*watching), 0) << watching->errors();
}

TEST_P(DecodeCapture, LiveWhatAClientSentInsteadIsShown) {
  start();
  const auto watching = watch("-i wan0", "--port 7000");
  Socket client = connect();
  client.send_all("GET / HTTP/1.1\r\n\r\n");
  const auto record = found(*watching, "203.0.113.1:7000");
  EXPECT_EQ(record.text("tcp_src"), to_string(client.local()));
  EXPECT_EQ(record.text("reason"), "header_missing") << record;
  EXPECT_EQ(record.text("instead"), "http") << record;
  EXPECT_EQ(interrupt(*watching), 1) << watching->errors();
}

TEST_P(DecodeCapture, AClientThatIsSilentIsToldWhenTheCaptureEnds) {
  start();
  const auto watching = watch("-i any");
  const Socket silent = connect();
  const auto ends = open();
  found(*watching, "10.77.0.2:9000");  // so the packets of the first one were captured, too
  EXPECT_EQ(interrupt(*watching), 0) << watching->errors();
  const auto of_silent = AccessLog(watching->output_path()).wait_for_record([&](const Record& record) {
    return record.text("tcp_src") == to_string(silent.local());
  });
  EXPECT_EQ(of_silent.text("result"), "nothing") << of_silent;
}

TEST_P(DecodeCapture, APacketCutByTheCaptureIsSaidToBe) {
  start();
  const auto watching = watch("-i lan0 -s 80");  // 14 bytes of payload: Ethernet, IPv4, TCP with timestamps
  const auto ends = open();
  const auto record = found(*watching, "10.77.0.2:9000");
  EXPECT_EQ(record.text("result"), "need_more") << record;
  EXPECT_THAT(record.text("detail"), HasSubstr("cut by the capture after 14 bytes")) << record;
  EXPECT_EQ(interrupt(*watching), 1) << watching->errors();
}

TEST_P(DecodeCapture, OneThatBeganBeforeItIsSaidToBe) {
  start();
  auto [client, server, header] = open_talking();
  const auto watching = watch("-i lan0", "--port 9000");
  expect_conversation(client, server);
  EXPECT_EQ(found(*watching, "10.77.0.2:9000").text("result"), "unknown");
  EXPECT_EQ(interrupt(*watching), 0) << watching->errors();
}

TEST_P(DecodeCapture, AFileIsReadForPeople) {
  start();
  const TemporaryDirectory directory;
  const auto file = (directory.path() / "lan0.pcap").string();
  Process tcpdump({"/usr/bin/tcpdump", "-Z", "root", "-U", "-i", "lan0", "-w", file}, {.netns = &net->gateway});
  wait_for_tcpdump(tcpdump);
  const auto ends = open();
  const std::string line = to_string(ends.server.remote()) + " -> 10.77.0.2:9000  accept: version 2, " +
                           to_string(kClaimed) + " -> " + to_string(kDialled) + "\n";
  Finished decoded;
  const auto shown = [&] {
    decoded = run({REALPEER_BINARY, "decode", "--pcap", file});
    return decoded.output.find(line) != std::string::npos;
  };
  EXPECT_TRUE(eventually(shown, kCaptureDelay)) << decoded.output << decoded.errors;
  EXPECT_EQ(decoded.code, 0) << decoded.errors;
}

INSTANTIATE_TEST_SUITE_P(Path, DecodeCapture, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

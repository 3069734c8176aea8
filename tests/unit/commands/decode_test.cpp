// The command around the JSON: where its bytes come from, and its exit codes.
#include <gflags/gflags.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <memory>

#include "commands/commands.h"

DECLARE_string(hex);
DECLARE_uint32(max_header);
DECLARE_bool(sni);

namespace realpeer::commands {
namespace {

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};

class DecodeCommand : public testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& arguments) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int exit_code = decode(arguments);
    return {exit_code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
  }
  Outcome run_hex(const std::string& hex) {
    gflags::SetCommandLineOption("hex", hex.c_str());
    return run({});
  }

 private:
  gflags::FlagSaver saver_;  // puts the flags back
};

TEST_F(DecodeCommand, ReadsHex) {
  const Outcome outcome = run_hex("50524f585920554e4b4e4f574e0d0a");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.out.starts_with(R"({"result":"accept")")) << outcome.out;
  EXPECT_TRUE(outcome.out.ends_with("}\n"));
}

TEST_F(DecodeCommand, ReadsHexWithSpacesAndColons) {
  EXPECT_EQ(run_hex(" 50:52:4F:58:59 20 55 4E4b4e4f57 4e\n0d 0a ").exit_code, 0);
}

TEST_F(DecodeCommand, ReadsAFile) {
  const std::string path = testing::TempDir() + "decode_test_header";
  std::ofstream(path) << "PROXY UNKNOWN\r\n";
  const Outcome outcome = run({path});
  std::remove(path.c_str());
  EXPECT_EQ(outcome.exit_code, 0);
}

TEST_F(DecodeCommand, ExitsWith1WhenMoreIsNeeded) {
  const Outcome outcome = run_hex("50");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "{\"result\":\"need_more\",\"at_least\":1}\n");
}

TEST_F(DecodeCommand, ExitsWith1OnARefusal) { EXPECT_EQ(run_hex("00").exit_code, 1); }

TEST_F(DecodeCommand, TakesNoBytesForABeginning) { EXPECT_EQ(run_hex(" ").exit_code, 1); }

TEST_F(DecodeCommand, HeedsMaxHeader) {
  FLAGS_max_header = 16;
  EXPECT_NE(run_hex("0d0a0d0a000d0a515549540a2111000c").out.find("header_too_large"), std::string::npos);
}

TEST_F(DecodeCommand, NamesTheCharacterThatIsNoHex) {
  const Outcome outcome = run_hex("50 5g");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find("--hex: character 5 "), std::string::npos) << outcome.err;
}

TEST_F(DecodeCommand, RefusesHalfAByte) { EXPECT_EQ(run_hex("505").exit_code, 2); }

TEST_F(DecodeCommand, RefusesAByteTornApart) { EXPECT_EQ(run_hex("5 0").exit_code, 2); }

TEST_F(DecodeCommand, NamesTheFileThatCannotBeOpened) {
  const Outcome outcome = run({"/nonexistent/header.bin"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("/nonexistent/header.bin"), std::string::npos);
  EXPECT_NE(outcome.err.find("No such file"), std::string::npos);
}

TEST_F(DecodeCommand, RefusesAFolder) { EXPECT_EQ(run({"/"}).exit_code, 2); }

TEST_F(DecodeCommand, RefusesHexAndFileTogether) {
  gflags::SetCommandLineOption("hex", "50");
  EXPECT_EQ(run({"-"}).exit_code, 2);
}

TEST_F(DecodeCommand, RefusesTwoFiles) { EXPECT_EQ(run({"a", "b"}).exit_code, 2); }

TEST_F(DecodeCommand, RefusesALimitThatHoldsNoHeader) {
  FLAGS_max_header = 15;
  EXPECT_EQ(run_hex("50").exit_code, 2);
}

// A ClientHello of one cipher suite and no extensions.
std::string bare_hello() {
  std::string random;
  for (int i = 0; i < 32; ++i) random += "72";
  return "160301002d 01000029 0303" + random + "00 00021301 0100";
}

TEST_F(DecodeCommand, ReadsAHelloWhenToldTo) {
  FLAGS_sni = true;
  const Outcome outcome = run_hex(bare_hello());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "{\"result\":\"no_sni\",\"sni\":null,\"alpn\":[],\"hello_length\":50}\n");
}

TEST_F(DecodeCommand, ReadsAHelloFromAFile) {
  FLAGS_sni = true;
  const std::string path = testing::TempDir() + "decode_test_hello";
  std::ofstream(path) << "\x16\x03";
  const Outcome outcome = run({path});
  std::remove(path.c_str());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "{\"result\":\"need_more\",\"at_least\":3}\n");
}

TEST_F(DecodeCommand, ExitsWith1WhenNoHelloIsThere) {
  FLAGS_sni = true;
  EXPECT_EQ(run_hex("50").exit_code, 1);
  EXPECT_EQ(run_hex("1603010000").exit_code, 1);
  EXPECT_EQ(run_hex(" ").exit_code, 1);
}

TEST_F(DecodeCommand, AHelloHasNoUseForMaxHeader) {
  FLAGS_sni = true;
  FLAGS_max_header = 0;
  EXPECT_EQ(run_hex(bare_hello()).exit_code, 0);
}

TEST_F(DecodeCommand, HelloInputThatCannotBeReadIsWrongUsage) {
  FLAGS_sni = true;
  EXPECT_EQ(run_hex("5").exit_code, 2);
  EXPECT_EQ(run({"a", "b"}).exit_code, 2);
}

}  // namespace
}  // namespace realpeer::commands

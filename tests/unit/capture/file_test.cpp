// Capture files, and what cannot be read as one.
#include "capture/file.h"

#include <gtest/gtest.h>

#include "harness/capture_file.h"
#include "harness/process.h"

namespace realpeer::capture {
namespace {

using testing::packet;

const std::vector<testing::CapturedPacket>& packets() {
  static const std::vector<testing::CapturedPacket> all{
      {.bytes = packet().ethernet().ipv4("203.0.113.42", "10.77.0.2").tcp(443).syn().bytes(),
       .microseconds = 1'700'000'000'123'456},
      {.bytes = {1, 2, 3}, .length = 1514, .microseconds = 1'700'000'001'000'000},
  };
  return all;
}

class CaptureFile : public ::testing::Test {
 protected:
  boost::system::result<File, std::string> open(const std::string& bytes) {
    return File::open(directory_.write("capture", bytes));
  }

  void expect_both_packets(const std::string& bytes) {
    auto file = open(bytes);
    ASSERT_TRUE(file) << file.error();
    EXPECT_EQ(file->link(), LinkType::ethernet);
    for (const auto& written : packets()) {
      const auto read = file->next();
      ASSERT_TRUE(read) << read.error();
      ASSERT_TRUE(*read);
      const auto expected = std::as_bytes(std::span(written.bytes));
      EXPECT_TRUE(std::ranges::equal((*read)->captured, expected));
      EXPECT_EQ((*read)->length, written.length != 0 ? written.length : written.bytes.size());
      EXPECT_EQ((*read)->time.time_since_epoch(), std::chrono::microseconds(written.microseconds));
    }
    const auto end = file->next();
    ASSERT_TRUE(end) << end.error();
    EXPECT_FALSE(*end);
  }

  void expect_refused(const std::string& bytes, const std::string& why) {
    const auto file = open(bytes);
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().find(why), std::string::npos) << file.error();
    EXPECT_TRUE(file.error().starts_with((directory_.path() / "capture").string())) << file.error();
  }

 private:
  testing::TemporaryDirectory directory_;
};

TEST_F(CaptureFile, IsReadAsPcap) { expect_both_packets(testing::pcap_file(testing::kEthernet, packets())); }

TEST_F(CaptureFile, IsReadAsPcapng) { expect_both_packets(testing::pcapng_file(testing::kEthernet, packets())); }

TEST_F(CaptureFile, MayBeOfAnyLinkThatIsReadHere) {
  constexpr std::array<std::pair<std::uint32_t, LinkType>, 8> links{{{0, LinkType::loopback},
                                                                     {1, LinkType::ethernet},
                                                                     {101, LinkType::ip},
                                                                     {108, LinkType::loopback},
                                                                     {113, LinkType::linux_cooked},
                                                                     {228, LinkType::ip},
                                                                     {229, LinkType::ip},
                                                                     {276, LinkType::linux_cooked2}}};
  for (const auto& [number, link] : links) {
    const auto file = open(testing::pcap_file(number, {}));
    ASSERT_TRUE(file) << file.error();
    EXPECT_EQ(file->link(), link) << number;
  }
}

TEST_F(CaptureFile, OfAnotherLinkIsRefusedByName) {
  expect_refused(testing::pcap_file(105, {}), "link type IEEE802_11");
  expect_refused(testing::pcap_file(147, {}), "link type");
}

TEST_F(CaptureFile, ThatIsNoneIsRefused) {
  expect_refused("", "no capture");
  expect_refused("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", "unknown file format");
  expect_refused(testing::pcap_file(testing::kEthernet, {}).substr(0, 20), "truncated");
}

TEST_F(CaptureFile, ThatBreaksOffIsReadThatFar) {
  const std::string whole = testing::pcap_file(testing::kEthernet, packets());
  auto file = open(whole.substr(0, whole.size() - 1));
  ASSERT_TRUE(file) << file.error();
  ASSERT_TRUE(file->next());
  const auto broken = file->next();
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().find("breaks off"), std::string::npos) << broken.error();
}

TEST(CaptureFileName, OfNoFileIsRefused) {
  const auto file = File::open("/nonexistent/a.pcap");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error(), "/nonexistent/a.pcap: cannot be opened: No such file or directory");
}

TEST(CaptureFileName, OfAFolderIsRefused) {
  const auto file = File::open("/");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().find("Is a directory"), std::string::npos) << file.error();
}

// A time that no clock holds must not become one that comparing overflows.
TEST_F(CaptureFile, MayHaveAnyTime) {
  auto late = packets();
  late[0].microseconds = ~std::uint64_t{0};
  auto file = open(testing::pcapng_file(testing::kEthernet, late));
  ASSERT_TRUE(file) << file.error();
  const auto read = file->next();
  ASSERT_TRUE(read && *read);
  EXPECT_GE((*read)->time.time_since_epoch().count(), 0);
}

}  // namespace
}  // namespace realpeer::capture

// Certificates of listeners: what is said of them, and what is loaded.
#include "session/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <sstream>

#include "harness/issued.h"
#include "harness/process.h"

namespace realpeer::session {
namespace {

using std::chrono::hours;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

class ListenerCertificates : public ::testing::Test {
 protected:
  ListenerCertificates() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(log_);
    auto logger = std::make_shared<spdlog::logger>("test", sink);
    logger->set_pattern("%l: %v");
    spdlog::set_default_logger(logger);
    write("web", {.names = {"DNS:www.example.com", "DNS:example.com"}, .expires_in = hours(24 * 60 + 1)});
    write("git", {.names = {"DNS:git.example.com"}, .expires_in = hours(24 * 30 + 1)});
  }
  ~ListenerCertificates() override { spdlog::set_default_logger(before_); }

  void write(const std::string& name, const testing::Wanted& wanted) const {
    const auto issued = testing::issue(wanted);
    folder_.write(name + ".pem", issued.certificate);
    folder_.write(name + ".key", issued.key);
  }
  void break_key(const std::string& name) const { folder_.write(name + ".key", "no key"); }

  // 'plain' without TLS; 'both' with web and git (lines 7 and 8); 'one' with git (line 10).
  [[nodiscard]] config::Config configuration() const {
    const auto loaded = config::load_text(
        "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n"
        "listeners:\n"
        "- { name: plain, bind: '192.0.2.9:80', route: { backend: b } }\n"
        "- name: both\n"
        "  bind: 192.0.2.9:443\n"
        "  tls: { certificates: [\n"
        "    { certificate: web.pem, key: web.key },\n"
        "    { certificate: git.pem, key: git.key }] }\n"
        "  route: { http: [{ backend: b }] }\n"
        "- { name: one, bind: '192.0.2.9:444', tls: { certificate: git.pem, key: git.key },"
        " route: { http: [{ backend: b }] } }\n",
        path("t.yaml"));
    EXPECT_TRUE(loaded.ok());
    return loaded.config;
  }
  [[nodiscard]] std::vector<std::string> problems() const {
    std::vector<std::string> found;
    for (const auto& diagnostic : check_certificates(configuration())) found.push_back(diagnostic.to_string());
    return found;
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  std::string take_log() {
    std::string text = log_.str();
    log_.str("");
    return text;
  }

 private:
  const testing::TemporaryDirectory folder_;
  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

constexpr std::size_t plain = 0;
constexpr std::size_t both = 1;
constexpr std::size_t one = 2;

TEST_F(ListenerCertificates, AreCheckedWithoutAWordWhenTheyAreGood) { EXPECT_THAT(problems(), IsEmpty()); }

TEST_F(ListenerCertificates, AreEachAnErrorAtItsPlaceWhenTheyCannotBeUsed) {
  break_key("web");
  std::filesystem::remove(path("git.pem"));
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(HasSubstr("t.yaml:7: error: key '" + path("web.key") + "' holds no private key")),
                          HasSubstr("t.yaml:8: error: certificate '" + path("git.pem") + "' cannot be read: No such"),
                          HasSubstr("t.yaml:10: error: certificate '" + path("git.pem") + "' cannot be read")));
}

TEST_F(ListenerCertificates, AreEachAWarningWhenTheyAreAboutToExpireOrHave) {
  write("web", {.names = {"DNS:www.example.com"}, .expires_in = -hours(30)});
  write("git", {.names = {"DNS:git.example.com"}, .expires_in = hours(24 * 14) - std::chrono::minutes(1)});
  const std::string date = "20[0-9][0-9]-[01][0-9]-[0-3][0-9]";
  EXPECT_THAT(problems(), ElementsAre(MatchesRegex(".*t.yaml:7: warning: certificate '.*web.pem' expired on " + date +
                                                   ", 1 day ago, and clients refuse it: renew it"),
                                      MatchesRegex(".*t.yaml:8: warning: certificate '.*git.pem' expires on " + date +
                                                   ", in 13 days: renew it"),
                                      HasSubstr("t.yaml:10: warning: certificate '")));
}

TEST_F(ListenerCertificates, AreNoWarningBeforeTheLastFourteenDays) {
  write("git", {.names = {"DNS:git.example.com"}, .expires_in = hours(24 * 14 + 1)});
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(ListenerCertificates, AreHeldByListener) {
  const auto config = configuration();
  const auto certificates = Certificates::load(config);
  ASSERT_TRUE(certificates) << certificates.error().to_string();
  EXPECT_EQ((*certificates)->of(plain), nullptr);
  EXPECT_EQ((*certificates)->of(both)->certificates().size(), 2U);
  EXPECT_EQ((*certificates)->of(one)->certificates().size(), 1U);
  EXPECT_THAT(take_log(), HasSubstr("info: listener 'both': certificate '" + path("web.pem") +
                                    "' for www.example.com, example.com, until "));
}

TEST_F(ListenerCertificates, AreNotLoadedWhenOneCannotBeUsed) {
  break_key("git");
  const auto config = configuration();
  const auto certificates = Certificates::load(config);
  ASSERT_FALSE(certificates);
  EXPECT_THAT(certificates.error().to_string(), HasSubstr("t.yaml:8: error: key '" + path("git.key") + "' holds no"));
}

TEST_F(ListenerCertificates, SayHowLongEachIsGood) {
  write("git", {.names = {"DNS:git.example.com"}, .expires_in = -hours(12)});
  const auto config = configuration();
  const auto certificates = Certificates::load(config);
  ASSERT_TRUE(certificates);
  const auto status = (*certificates)->status(config);
  ASSERT_EQ(status.size(), 3U);
  EXPECT_EQ(status[0].listener, "both");
  EXPECT_EQ(status[0].file, path("web.pem"));
  EXPECT_THAT(status[0].names, ElementsAre("www.example.com", "example.com"));
  EXPECT_NEAR(status[0].days_left, 60.04, 0.01);
  EXPECT_EQ(status[2].listener, "one");
  EXPECT_NEAR(status[2].days_left, -0.5, 0.01);
}

}  // namespace
}  // namespace realpeer::session

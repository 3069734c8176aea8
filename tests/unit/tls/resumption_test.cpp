// Sessions resume by tickets, whoever asks: another thread, or a name with another certificate.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "contexts.h"
#include "handshake.h"

namespace realpeer::tls {
namespace {

using contexts::Files;
using contexts::loaded;
using handshakes::Handshake;
using handshakes::Session;

class Resumption : public ::testing::TestWithParam<int> {
 protected:
  [[nodiscard]] Handshake shake(const std::string& name, const Session& session = {}) const {
    return {context_->context().native_handle(), {.server_name = name, .version = GetParam(), .session = session}};
  }

  const Files files_{};
  const ServerSettings settings_{.pairs = {files_.make("first", {.names = {"DNS:first.example.com"}}),
                                           files_.make("second", {.names = {"DNS:second.example.com"}})},
                                 .session_id = "a listener of a name that is longer than thirty-two bytes"};
  const std::shared_ptr<ServerContext> context_ = loaded(settings_);
};

INSTANTIATE_TEST_SUITE_P(Tls, Resumption, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_2_VERSION ? "12" : "13"; });

TEST_P(Resumption, WorksForTheFirstCertificateAndForOthers) {
  for (const char* name : {"first.example.com", "second.example.com", "unknown.example.com", ""}) {
    const Handshake full = shake(name);
    ASSERT_TRUE(full.done()) << full.failure();
    EXPECT_FALSE(full.resumed());
    EXPECT_TRUE(shake(name, full.session()).resumed()) << name;
  }
}

TEST_P(Resumption, WorksForASessionThatWasResumedItself) {
  const Handshake again = shake("second.example.com", shake("second.example.com").session());
  ASSERT_TRUE(again.resumed());
  EXPECT_TRUE(shake("second.example.com", again.session()).resumed());
}

TEST_P(Resumption, WorksInOtherThreads) {
  const Session session = shake("second.example.com").session();
  std::atomic<int> resumed = 0;
  {
    std::array<std::jthread, 4> threads;
    for (auto& thread : threads) {
      thread = std::jthread([&] {
        for (int round = 0; round < 20; ++round) {
          // A session belongs to one connection.
          const Session own(SSL_SESSION_dup(session.get()), SSL_SESSION_free);
          resumed += shake("second.example.com", own).resumed() ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(resumed, 80);
}

TEST_P(Resumption, IsFullWithAnotherContext) {
  const Session session = shake("first.example.com").session();
  const auto other = loaded(settings_);
  const Handshake handshake(other->context().native_handle(),
                            {.server_name = "first.example.com", .version = GetParam(), .session = session});
  EXPECT_TRUE(handshake.done()) << handshake.failure();
  EXPECT_FALSE(handshake.resumed());
}

TEST_P(Resumption, AllowsNoEarlyData) {
  EXPECT_EQ(SSL_SESSION_get_max_early_data(shake("first.example.com").session().get()), 0U);
}

}  // namespace
}  // namespace realpeer::tls

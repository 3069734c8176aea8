#include "policy/trust.h"

#include <gtest/gtest.h>

namespace realpeer::policy {
namespace {

using boost::asio::ip::make_address;

TrustPolicy policy_of(AcceptProxy mode) {
  return {mode, {*net::Cidr::parse("100.64.0.0/10"), *net::Cidr::parse("2001:db8::/32")}};
}

struct Row {
  const char* name;
  AcceptProxy mode;
  const char* peer;
  Expectation expected;
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Row& shown, std::ostream* out) { *out << shown.name; }

class TrustTable : public testing::TestWithParam<Row> {};

TEST_P(TrustTable, DecidesByModeAndPeer) {
  const Row& row = GetParam();
  EXPECT_EQ(expectation(policy_of(row.mode), make_address(row.peer)), row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TrustTable,
    testing::Values(
        Row{"OffTakesAnythingFromATrustedV4Peer", AcceptProxy::off, "100.64.0.1", Expectation::none},
        Row{"OffTakesAnythingFromATrustedV6Peer", AcceptProxy::off, "2001:db8::1", Expectation::none},
        Row{"OffTakesAnythingFromATrustedMappedPeer", AcceptProxy::off, "::ffff:100.64.0.1", Expectation::none},
        Row{"OffTakesAnythingFromAnotherV4Peer", AcceptProxy::off, "192.0.2.1", Expectation::none},
        Row{"OffTakesAnythingFromAnotherV6Peer", AcceptProxy::off, "2001:db9::1", Expectation::none},
        Row{"OffTakesAnythingFromAnotherMappedPeer", AcceptProxy::off, "::ffff:192.0.2.1", Expectation::none},
        Row{"StrictRequiresAHeaderOfATrustedV4Peer", AcceptProxy::strict, "100.64.0.1", Expectation::required},
        Row{"StrictRequiresAHeaderOfATrustedV6Peer", AcceptProxy::strict, "2001:db8::1", Expectation::required},
        Row{"StrictRequiresAHeaderOfATrustedMappedPeer", AcceptProxy::strict, "::ffff:100.64.0.1",
            Expectation::required},
        Row{"StrictRefusesAnotherV4Peer", AcceptProxy::strict, "192.0.2.1", Expectation::refused},
        Row{"StrictRefusesAnotherV6Peer", AcceptProxy::strict, "2001:db9::1", Expectation::refused},
        Row{"StrictRefusesAnotherMappedPeer", AcceptProxy::strict, "::ffff:192.0.2.1", Expectation::refused},
        Row{"MixedRequiresAHeaderOfATrustedV4Peer", AcceptProxy::mixed, "100.64.0.1", Expectation::required},
        Row{"MixedRequiresAHeaderOfATrustedV6Peer", AcceptProxy::mixed, "2001:db8::1", Expectation::required},
        Row{"MixedRequiresAHeaderOfATrustedMappedPeer", AcceptProxy::mixed, "::ffff:100.64.0.1", Expectation::required},
        Row{"MixedForbidsAHeaderOfAnotherV4Peer", AcceptProxy::mixed, "192.0.2.1", Expectation::forbidden},
        Row{"MixedForbidsAHeaderOfAnotherV6Peer", AcceptProxy::mixed, "2001:db9::1", Expectation::forbidden},
        Row{"MixedForbidsAHeaderOfAnotherMappedPeer", AcceptProxy::mixed, "::ffff:192.0.2.1", Expectation::forbidden},
        Row{"OptionalUsesAHeaderOfATrustedV4Peer", AcceptProxy::optional, "100.64.0.1", Expectation::optional},
        Row{"OptionalUsesAHeaderOfATrustedV6Peer", AcceptProxy::optional, "2001:db8::1", Expectation::optional},
        Row{"OptionalUsesAHeaderOfATrustedMappedPeer", AcceptProxy::optional, "::ffff:100.64.0.1",
            Expectation::optional},
        Row{"OptionalForbidsAHeaderOfAnotherV4Peer", AcceptProxy::optional, "192.0.2.1", Expectation::forbidden},
        Row{"OptionalForbidsAHeaderOfAnotherV6Peer", AcceptProxy::optional, "2001:db9::1", Expectation::forbidden},
        Row{"OptionalForbidsAHeaderOfAnotherMappedPeer", AcceptProxy::optional, "::ffff:192.0.2.1",
            Expectation::forbidden}),
    [](const auto& test) { return test.param.name; });

TEST(Trust, InNobodyBelievesNobody) {
  const net::Address peer = make_address("100.64.0.1");
  EXPECT_EQ(expectation({AcceptProxy::strict, {}}, peer), Expectation::refused);
  EXPECT_EQ(expectation({AcceptProxy::mixed, {}}, peer), Expectation::forbidden);
  EXPECT_EQ(expectation({AcceptProxy::optional, {}}, peer), Expectation::forbidden);
}

TEST(Trust, InAModeThatDoesNotExistRefusesEverybody) {
  const auto no_mode = static_cast<AcceptProxy>(200);
  EXPECT_EQ(expectation(policy_of(no_mode), make_address("100.64.0.1")), Expectation::refused);
}

}  // namespace
}  // namespace realpeer::policy

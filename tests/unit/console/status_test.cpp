// The screen of `realpeer status`.
#include "console/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents.h"

namespace realpeer::console {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string shown(const Documents& documents, std::size_t width = 80, bool coloured = false) {
  return to_string(status(documents, width), coloured);
}

constexpr std::string_view kBusyScreen = R"(edge  realpeer 0.1.0  up 3d 1h  since 2026-01-02 03:04:05Z
data path sockmap: the self-test passed

Listeners and their connections
  LISTENER  BIND         ACCEPT_PROXY  NOW  RELAY  SOCKMAP  SO FAR  REFUSED
  https     0.0.0.0:443  strict         43      2       40    1234        3
  web       [::]:80      off             5      5        0      20        8

Configuration: valid, and likely wrong
  /etc/realpeer.yaml:12
    trusted_cidrs has 0.0.0.0/0: anybody can claim to be any client: list only
    the gateways

Refused so far, by reason
  no_route  7  (web 7)
    cause:  A name that no route knows.
    remedy: Add it.
  header_missing  4  (https 3, web 1)
    cause:  An SSH banner.
    remedy: Turn it on.
  empty_probe  99  (https 99)
    cause:  A TCP health check.

Backends, connected to within 1 ms (p50), 100 ms (p99)
  BACKEND  IDENTITY  ENDPOINT         STATE       NOW  SO FAR  FAILED
  gitea    proxy-v2  10.0.0.1:22      up           42    1230       0
                     10.0.0.2:22      down          0       4       9
    Connection refused
  api      xff       api.internal:80  unresolved    0       0       0
    no such name

Requests so far, by their response
  LISTENER  2XX  5XX
  web        17    2

Bytes from clients (in) and to them (out)
  LISTENER  RELAY IN  RELAY OUT  SOCKMAP IN  SOCKMAP OUT
  https       1000 B      2 KiB     4.8 MiB      6.5 GiB
  web            0 B      512 B         0 B          0 B

Newest refusals
    AGO  LISTENER  REASON                PEER              CLIENT
     5s  https     header_missing (ssh)  10.0.0.9:4711     -
    byte 0 (0x53) belongs to neither signature
  1m 5s  https     header_missing (ssh)  10.0.0.9:4710     -
    byte 0 (0x53) belongs to neither signature
  2h 0m  web       no_route              203.0.113.9:4711  203.0.113.9:4711
    \x1b[2Jevil
)";

constexpr std::string_view kIdleScreen = R"(n  realpeer 0.1.0  up 1s  draining  since 2026-01-02 03:04:05Z
data path relay: as configured

Listeners and their connections
  LISTENER  BIND         ACCEPT_PROXY  NOW  RELAY  SOCKMAP  SO FAR  REFUSED
  a         127.0.0.1:1  off             0      0        0       0        0

Backends
  BACKEND  IDENTITY  ENDPOINT     STATE  NOW  SO FAR  FAILED
  b        none      127.0.0.1:2  up       0       0       0

Bytes from clients (in) and to them (out)
  LISTENER  RELAY IN  RELAY OUT  SOCKMAP IN  SOCKMAP OUT
  a              0 B        0 B         0 B          0 B
)";

TEST(Status, ShowsWhatAnOperatorWantsToKnow) { EXPECT_EQ(shown(busy()), kBusyScreen); }

TEST(Status, OfAGatewayWithoutTroubleIsShort) { EXPECT_EQ(shown(idle()), kIdleScreen); }

TEST(Status, MarksTroubleInColour) {
  const auto text = shown(busy(), 80, true);
  EXPECT_THAT(text, HasSubstr("\x1b[33mheader_missing\x1b[0m"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b[33mempty_probe")));
  EXPECT_THAT(text, HasSubstr("\x1b[31mdown\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("\x1b[32mup\x1b[0m"));
  EXPECT_THAT(shown(idle(), 80, true), HasSubstr("\x1b[33mdraining\x1b[0m"));
}

// What clients wrote must not reach the terminal as it is.
TEST(Status, ShowsWhatClientsWroteAsText) {
  const auto text = shown(busy());
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("\\x1b[2Jevil"));
}

TEST(Status, BreaksProseAtTheWidth) {
  EXPECT_THAT(shown(busy(), 50), HasSubstr("    trusted_cidrs has 0.0.0.0/0: anybody can claim\n"
                                           "    to be any client: list only the gateways\n"));
  EXPECT_THAT(shown(busy(), 30), HasSubstr("    cause:  A name that no\n"
                                           "            route knows.\n"));
}

TEST(Status, OfAnotherVersionShowsWhatIsKnown) {
  Documents documents{parsed(R"({"node": "later", "listeners": [{"name": "a", "more": 7}, 7], "backends": 7})"),
                      parsed(R"({"node": "later", "backends": [{"name": "b"}]})"), parsed(R"({"node": "later"})")};
  EXPECT_THAT(shown(documents), HasSubstr("later  realpeer"));
  EXPECT_THAT(shown(documents), HasSubstr("  a "));
}

}  // namespace
}  // namespace realpeer::console

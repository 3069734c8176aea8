// What the table and the JSON of a trace look like.
#include "trace/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace realpeer::trace {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const net::Endpoint kClient = *net::parse_endpoint("203.0.113.42:5555");

Hop hop(const std::string& name) {
  Seen seen{.id = 7, .listener = "in"};
  seen.peer = kClient;
  seen.client = kClient;
  seen.source = "peer";
  seen.backend = "next";
  seen.identity = "proxy-v2";
  seen.path = "sockmap";
  return {.name = name, .daemon = Daemon{.node = name}, .found = Found{.seen = seen, .by = "its address"}};
}

std::vector<Hop> chain() {
  Hop inner = hop("production");
  inner.found->seen.peer = *net::parse_endpoint("10.100.0.9:40002");
  inner.found->seen.source = "proxy-v2";
  inner.found->seen.identity = "none";
  return {hop("edge"), Hop{.name = "haproxy"}, inner};
}

std::string text(const std::vector<Hop>& hops, const Verdict& verdict) {
  return to_text({.target = "gateway:22", .own = kClient, .hops = hops, .verdict = verdict});
}

const Verdict kLost{.fault = Fault{.hop = 2, .what = "It is lost.", .side = 2, .remedy = "Mend it."},
                    .notes = {"By the way."}};

TEST(Report, IsATableAndAVerdict) {
  EXPECT_EQ(text(chain(), kLost),
            "trace of gateway:22 from 203.0.113.42:5555\n"
            "\n"
            "  HOP         PEER               CLAIMED CLIENT     BELIEVED CLIENT    TOLD TO THE NEXT\n"
            "  edge        203.0.113.42:5555  -                  203.0.113.42:5555  proxy-v2 203.0.113.42:5555  ok\n"
            "  haproxy     no realpeer: see what the next hop was told                                          ?\n"
            "  production  10.100.0.9:40002   203.0.113.42:5555  203.0.113.42:5555  nothing                     LOST\n"
            "\n"
            "note: By the way.\n"
            "lost: It is lost.\n"
            "fix:  on production: Mend it.\n");
  EXPECT_THAT(text(chain(), {}), HasSubstr("The client 203.0.113.42:5555 is known at every hop.\n"));
}

TEST(Report, SaysThatItIsTheBackendsToMend) {
  Verdict verdict = kLost;
  verdict.fault->side = 3;
  EXPECT_THAT(text(chain(), verdict), HasSubstr("fix:  on the backend: Mend it."));
}

// A hop is somebody else's host, and what it says goes to a terminal.
TEST(Report, EscapesWhatOthersWrote) {
  Verdict verdict = kLost;
  verdict.fault->what = "\x1b[2Jgone";
  EXPECT_THAT(text({hop("evil\x1b[31m"), hop("b"), hop("c")}, verdict), Not(HasSubstr("\x1b")));
}

TEST(Report, HasEveryFieldInJson) {
  const auto hops = chain();
  EXPECT_EQ(
      boost::json::serialize(to_json({.target = "gateway:22", .own = kClient, .hops = hops, .verdict = kLost})),
      R"({"target":"gateway:22","from":"203.0.113.42:5555","client":"203.0.113.42:5555","arrived":false,"hops":[)"
      R"({"name":"edge","realpeer":true,"node":"edge","trouble":null,"found_by":"its address","seen":{"id":"7",)"
      R"("listener":"in","peer_addr":"203.0.113.42:5555","claimed_addr":null,"client_addr":"203.0.113.42:5555",)"
      R"("client_source":"peer","trusted":false,"unique_id":null,"backend":"next","endpoint":null,"upstream_addr":null,)"
      R"("identity":"proxy-v2","identity_delivered":null,"path":"sockmap","end":null,"reason":null}},)"
      R"({"name":"haproxy","realpeer":false,"node":null,"trouble":null,"found_by":null,"seen":null},)"
      R"({"name":"production","realpeer":true,"node":"production","trouble":null,"found_by":"its address","seen":{"id":"7",)"
      R"("listener":"in","peer_addr":"10.100.0.9:40002","claimed_addr":"203.0.113.42:5555",)"
      R"("client_addr":"203.0.113.42:5555","client_source":"proxy-v2","trusted":false,"unique_id":null,"backend":"next",)"
      R"("endpoint":null,"upstream_addr":null,"identity":"none","identity_delivered":null,"path":"sockmap","end":null,)"
      R"("reason":null}}],"notes":["By the way."],"fault":{"hop":"production","what":"It is lost.",)"
      R"("side":"production","remedy":"Mend it."}})");
}

}  // namespace
}  // namespace realpeer::trace

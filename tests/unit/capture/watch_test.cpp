// What is told of a connection, and when.
#include <gmock/gmock.h>

#include "conversation.h"
#include "harness/client_hello.h"

namespace realpeer::capture {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;
using namespace std::literals;

const Talk talk;

// A capture of one connection, and what must be known of it at its last segment and not before.
struct Case {
  std::string name;
  std::vector<Segment> segments;
  End end;
  std::string_view bytes{};
};
void PrintTo(const Case& shown, std::ostream* out) { *out << shown.name; }

// Segments are views.
const std::string_view half = std::string_view(header).substr(0, 20);
const std::string_view rest = std::string_view(header).substr(20);
const std::string with_payload = header + "SSH-2.0";
const std::string with_more_before = "???" + header;
const std::string hello_bytes =
    hellos::record(hellos::hello(hellos::server_name("git.example.com") + hellos::post_quantum_key_share()));
const std::string_view hello = hello_bytes;

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"AHeader", {talk.syn(), talk.syn_ack(), talk.data(first, header)}, End::answered, header},
      {"WithPayload", {talk.syn(), talk.data(first, with_payload)}, End::answered, with_payload},
      {"InTwoParts",
       {talk.syn(), talk.data(first, half), talk.ack(first + 20), talk.data(first + 20, rest)},
       End::answered,
       header},
      {"OutOfOrder", {talk.syn(), talk.data(first + 20, rest), talk.data(first, half)}, End::answered, header},
      {"SentAgain",
       {talk.syn(), talk.data(first, half), talk.data(first, half), talk.data(first, header)},
       End::answered,
       header},
      {"ByOneWhoSentTheSynTwice",
       {talk.syn(), talk.syn(), talk.syn_ack(), talk.syn_ack(), talk.data(first, header)},
       End::answered,
       header},
      {"WithTheSyn", {talk.syn(isn, header)}, End::answered, header},
      {"WithTheSynAndAgain",
       {talk.syn(isn, half), talk.syn_ack(first), talk.data(first, header)},
       End::answered,
       header},
      {"WithTheSynAndAcknowledged",
       {talk.syn(isn, half), talk.syn_ack(first + 20), talk.data(first + 20, rest)},
       End::answered,
       header},
      {"WithoutItsSyn", {talk.syn_ack(), talk.data(first, header)}, End::answered, header},
      {"AfterAProbeOfTheIdleConnection",
       {talk.syn(), talk.syn_ack(), talk.data(first - 1, ""), talk.data(first - 1, "?"), talk.data(first, header)},
       End::answered,
       header},
      {"OverlappingTheSyn", {talk.syn(), talk.data(first - 3, with_more_before)}, End::answered, header},
      {"WithTheFin", {talk.syn(), talk.fin(first, header)}, End::answered, header},
      {"NoHeader", {talk.syn(), talk.data(first, "GET / HTTP/1.1\r\n")}, End::answered, "GET / HTTP/1.1\r\n"},
      {"TooLittleForAGuess",
       {talk.syn(), talk.data(first, "SS"), talk.data(first + 2, "H-2.0")},
       End::answered,
       "SSH-2.0"},
      {"AHelloAsItsName",
       {talk.syn(), talk.data(first, hello.substr(0, 500)), talk.data(first + 500, hello.substr(500))},
       End::answered,
       hello},
      {"ClosedWithoutAByte", {talk.syn(), talk.syn_ack(), talk.data(first, ""), talk.fin(first)}, End::closed},
      {"ClosedWithin", {talk.syn(), talk.data(first, half), talk.fin(first + 20)}, End::closed, half},
      {"ClosedBehindAGapThatIsFilled",
       {talk.syn(), talk.data(first, half.substr(0, 5)), talk.fin(first + 10, half.substr(10)),
        talk.data(first + 5, half.substr(5, 5))},
       End::closed,
       half},
      {"Refused", {talk.syn(), talk.server_rst()}, End::refused},
      {"ResetBeforeAnAnswer", {talk.syn(), talk.rst()}, End::reset},
      {"ResetAfterAnAnswerThatIsNotInTheCapture", {talk.syn(), talk.data(first, ""), talk.server_rst()}, End::reset},
      {"ResetByTheServer", {talk.syn(), talk.syn_ack(), talk.data(first, half), talk.server_rst()}, End::reset, half},
      {"ResetByTheClient", {talk.syn(), talk.syn_ack(), talk.rst()}, End::reset},
      {"ResetWithWords", {talk.syn(), talk.syn_ack(), talk.rst("No thanks")}, End::reset},
      {"ResetBehindAGap", {talk.syn(), talk.syn_ack(), talk.data(first + 20, rest), talk.rst()}, End::missing},
      {"ResetWhenTheServerHadMore", {talk.syn(), talk.syn_ack(), talk.ack(first + 46), talk.rst()}, End::missing},
      {"Cut", {talk.syn(), talk.data(first, half, 26)}, End::cut, half},
      {"CutBeforeItsFirstByte", {talk.syn(), talk.data(first, "", 46)}, End::cut},
      {"CutBehindAGap",
       {talk.syn(), talk.data(first + 5, half.substr(5), 26), talk.data(first, half.substr(0, 5))},
       End::cut,
       half},
      {"CutBehindTheHeader", {talk.syn(), talk.data(first, header, 1000)}, End::answered, header},
      {"BeyondAnyWindow",
       {talk.syn(), talk.data(first, half), talk.data(first + (1U << 30U), "much later")},
       End::missing,
       half},
      {"BegunBefore", {talk.data(first, header)}, End::began_before},
      {"BegunBeforeAndClosing", {talk.fin(first)}, End::began_before},
  };
  return all;
}

class Connections : public ::testing::TestWithParam<Case> {};

TEST_P(Connections, AreToldOfAsSoonAsTheyAreKnown) {
  const auto& [name, segments, end, bytes] = GetParam();
  Watched watched;
  for (const auto& segment : segments) {
    EXPECT_THAT(watched.told(), IsEmpty()) << "too early";
    watched.take(segment);
  }
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, end, bytes)));
}

// Whatever comes later of the same connection.
TEST_P(Connections, AreToldOfOnce) {
  Watched watched;
  watched.take(GetParam().segments);
  watched.told();
  watched.take({talk.data(first, "X" + header), talk.ack(first + 1000), talk.fin(first + 2000), talk.rst()});
  watched.end();
  EXPECT_THAT(watched.told(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Watch, Connections, ::testing::ValuesIn(cases()),
                         [](const auto& shown) { return shown.param.name; });

TEST(Watch, AHeaderThatComesByteByByteIsToldWithItsLast) {
  Watched watched;
  watched.take(talk.syn());
  for (std::uint32_t i = 0; i < header.size(); ++i) {
    EXPECT_THAT(watched.told(), IsEmpty());
    watched.take(talk.data(first + i, std::string_view(header).substr(i, 1)));
  }
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::answered, header)));
}

TEST(Watch, TheLongestHeaderThereIsIsRead) {
  const std::string longest =
      "\r\n\r\n\0\r\nQUIT\n\x21\x11\xFF\xFF"s + std::string(12, '\1') + '\4' + "\xFF\xF0"s + std::string(65'520, '\0');
  ASSERT_EQ(longest.size(), longest_header);
  Watched watched;
  watched.take(talk.syn());
  for (std::uint32_t at = 0; at < longest.size(); at += 1448) {
    EXPECT_THAT(watched.told(), IsEmpty());
    watched.take(talk.data(first + at, std::string_view(longest).substr(at, 1448)));
  }
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::answered, longest)));
}

TEST(Watch, WhatIsOpenWhenTheCaptureEndsIsToldThen) {
  const Talk silent{.client = endpoint("203.0.113.42:1")}, unanswered{.client = endpoint("203.0.113.42:2")},
      halfway{.client = endpoint("203.0.113.42:3")}, gapped{.client = endpoint("203.0.113.42:4")},
      unseen{.client = endpoint("203.0.113.42:5")}, closing{.client = endpoint("203.0.113.42:6")};
  Watched watched;
  for (const auto& each : {silent, halfway, gapped, unseen, closing}) watched.take({each.syn(), each.syn_ack()});
  watched.take({unanswered.syn(), unanswered.syn()});
  watched.take(halfway.data(first, half));
  watched.take(gapped.data(first + 20, rest));
  watched.take(unseen.ack(first + 46));
  watched.take(closing.fin(first + 46));
  EXPECT_THAT(watched.told(), IsEmpty());
  watched.end();
  EXPECT_THAT(watched.told(),
              ElementsAre(told_of(silent, End::capture_ended), told_of(halfway, End::capture_ended, half),
                          told_of(gapped, End::missing), told_of(unseen, End::missing), told_of(closing, End::missing),
                          told_of(unanswered, End::unanswered)));
}

// A FIN takes a number of its own: one that the capture lacks is no missing byte.
TEST(Watch, AnAcknowledgedFinIsNoMissingByte) {
  Watched watched;
  watched.take({talk.syn(), talk.syn_ack(), talk.ack(first + 1), talk.server_rst()});
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::reset)));
}

TEST(Watch, WhatTheServerHasAndTheCaptureHasNotIsMissingAfterASecond) {
  Watched watched;
  watched.take({talk.syn(), talk.syn_ack(), talk.data(first, half), talk.ack(first + 46)});
  watched.pass(999ms);
  watched.take(talk.data(first + 46, "payload"));
  EXPECT_THAT(watched.told(), IsEmpty());
  watched.pass(1ms);
  watched.take(talk.ack(first + 53));
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::missing, half)));
}

TEST(Watch, WhatComesAfterItsAcknowledgementIsTakenAllTheSame) {
  Watched watched;
  watched.take({talk.syn(), talk.ack(first + 46), talk.data(first, header)});
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::answered, header)));
}

TEST(Watch, OnceNothingIsMissingAnyMoreTheSecondBeginsAnew) {
  Watched watched;
  watched.take({talk.syn(), talk.ack(first + 20), talk.data(first, half), talk.ack(first + 20)});
  watched.pass(5s);
  watched.take(talk.ack(first + 46));
  EXPECT_THAT(watched.told(), IsEmpty());
}

TEST(Watch, PortsThatAreUsedAgainAreANewConnection) {
  Watched watched;
  watched.take({talk.syn(1000), talk.data(1001, header)});
  watched.take({talk.syn(5000), talk.data(5001, "SSH-2.0")});
  EXPECT_THAT(watched.told(),
              ElementsAre(told_of(talk, End::answered, header), told_of(talk, End::answered, "SSH-2.0")));
}

TEST(Watch, OneWhosePortsAreUsedAgainIsToldAsItStood) {
  Watched watched;
  watched.take({talk.syn(1000), talk.syn_ack(1001), talk.data(1001, half), talk.syn(5000)});
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::reused, half)));
}

TEST(Watch, PortsAreUsedAgainByAnAnswerToo) {
  Watched watched;
  watched.take({talk.syn(1000), talk.data(1001, header), talk.syn_ack(900'001), talk.data(900'001, "SSH-2.0")});
  EXPECT_THAT(watched.told(),
              ElementsAre(told_of(talk, End::answered, header), told_of(talk, End::answered, "SSH-2.0")));
}

TEST(Watch, PortsAreUsedAgainInTheOtherDirectionToo) {
  const Talk back{.client = talk.server, .server = talk.client};
  Watched watched;
  watched.take({talk.syn(), talk.data(first, header), back.syn(), back.data(first, "SSH-2.0")});
  EXPECT_THAT(watched.told(),
              ElementsAre(told_of(talk, End::answered, header), told_of(back, End::answered, "SSH-2.0")));
}

TEST(Watch, ASynIsTheBeginningOfWhatBeganBefore) {
  Watched watched;
  watched.take({talk.data(77, "x"), talk.syn(), talk.data(first, header)});
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::began_before), told_of(talk, End::answered, header)));
}

TEST(Watch, OfOneThatBeganBeforeNobodyKnowsWhoseTheClientIs) {
  Watched watched;
  watched.take({talk.ack(first), talk.data(first, header)});
  EXPECT_THAT(watched.told(), ElementsAre(told_of({.client = talk.server, .server = talk.client}, End::began_before)));
}

TEST(Watch, AResetOfNothingIsNoConnection) {
  Watched watched;
  auto nonsense = talk.syn();
  nonsense.rst = true;
  watched.take({talk.rst(), talk.server_rst(), nonsense});
  watched.end();
  EXPECT_THAT(watched.told(), IsEmpty());
}

TEST(Watch, HeedsTheLimitOfHeaders) {
  Watched watched({.header = {.max_header = 30}});
  const std::string too_large = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0F"s;
  watched.take({talk.syn(), talk.data(first, too_large)});
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::answered, too_large)));
}

TEST(WatchOfAPort, PassesOverOthers) {
  Watched watched({.port = 443});
  const Talk other{.server = endpoint("10.77.0.2:80")};
  EXPECT_FALSE(watched.take(other.syn()));
  EXPECT_FALSE(watched.take(other.data(first, header)));
  EXPECT_TRUE(watched.take(talk.syn()));
  EXPECT_TRUE(watched.take(talk.data(first, header)));
  watched.end();
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::answered, header)));
}

TEST(WatchOfAPort, PassesOverConnectionsFromIt) {
  Watched watched({.port = 443});
  const Talk out{.client = talk.server, .server = talk.client};
  watched.take({out.syn(), out.syn_ack(), out.data(first, header), out.fin(first + 46)});
  watched.end();
  EXPECT_THAT(watched.told(), IsEmpty());
}

TEST(WatchOfAPort, KnowsTheServerOfWhatBeganBefore) {
  Watched watched({.port = 443});
  watched.take(talk.ack(first));
  EXPECT_THAT(watched.told(), ElementsAre(told_of(talk, End::began_before)));
}

Talk numbered(std::uint16_t port) { return {.client = {endpoint("203.0.113.42:1").address(), port}}; }

TEST(WatchLimits, TheOldestOfTooManyIsNotWatchedAnyMore) {
  Watched watched({.limits = {.watched = 2}});
  watched.take({numbered(1).syn(), numbered(1).data(first, half), numbered(2).syn(), numbered(1).syn_ack()});
  EXPECT_THAT(watched.told(), IsEmpty());
  watched.take(numbered(3).syn());
  EXPECT_THAT(watched.told(), ElementsAre(told_of(numbered(1), End::unwatched, half)));
  watched.take(numbered(1).data(first + 20, rest));
  watched.take(numbered(2).data(first, header));
  EXPECT_THAT(watched.told(), ElementsAre(told_of(numbered(2), End::answered, header)));
}

TEST(WatchLimits, OfOneThatIsNotWatchedAnyMoreNothingIsCalledMissing) {
  Watched watched({.limits = {.watched = 1}});
  watched.take({numbered(1).syn(), numbered(1).data(first + 20, rest), numbered(2).syn()});
  EXPECT_THAT(watched.told(), ElementsAre(told_of(numbered(1), End::unwatched)));
}

TEST(WatchLimits, OneThatIsKnownMakesRoom) {
  Watched watched({.limits = {.watched = 1}});
  for (std::uint16_t port = 1; port < 100; ++port) {
    watched.take({numbered(port).syn(), numbered(port).data(first, header)});
    EXPECT_THAT(watched.told(), ElementsAre(told_of(numbered(port), End::answered, header)));
  }
}

TEST(WatchLimits, BytesAreLimitedInAll) {
  Watched watched({.limits = {.bytes = 100'000}});
  const std::string beginning = "\r\n\r\n\0\r\nQUIT\n\x21\x11\xFF\xFF"s + std::string(39'984, '\0');
  watched.take({numbered(1).syn(), numbered(1).data(first, beginning)});
  watched.take({numbered(2).syn(), numbered(2).data(first, beginning)});
  EXPECT_THAT(watched.told(), IsEmpty());
  watched.take({numbered(3).syn(), numbered(3).data(first, beginning)});
  EXPECT_THAT(watched.told(), ElementsAre(told_of(numbered(1), End::unwatched, beginning)));
}

TEST(WatchLimits, WhatWasLetGoIsNotTakenForABeginning) {
  Watched watched({.limits = {.remembered = 2}});
  for (std::uint16_t port = 1; port <= 3; ++port) {
    watched.take({numbered(port).syn(), numbered(port).data(first, header)});
    if (port == 2) watched.take(numbered(1).data(first + 46, "payload"));  // so the second is silent for longest
  }
  watched.told();
  watched.take({numbered(1).data(first + 53, "more"), numbered(3).data(first + 46, "more")});
  EXPECT_THAT(watched.told(), IsEmpty());
  watched.take(numbered(2).data(first + 46, header));
  EXPECT_THAT(watched.told(), ElementsAre(told_of(numbered(2), End::forgotten)));
}

}  // namespace
}  // namespace realpeer::capture

// Many connections, one after the other and beside each other: none takes another's bytes, and nothing is left behind.
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <random>

#include "e2e/chain.h"
#include "harness/bpf_maps.h"

namespace realpeer::testing {
namespace {

// What connection number k does, known to both of its ends: they learn k from the client's port in the header.
struct Plan {
  std::uint64_t up;
  std::uint64_t down;
  bool talks_first;  // a conversation before the bulk; the others may be over before the kernel could take them

  static Plan of(std::uint64_t seed, int k) {
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(k));
    // Every order of magnitude equally often, nothing at all included.
    std::uniform_real_distribution<> exponent(0, 20);
    const auto size = [&] { return static_cast<std::uint64_t>(std::exp2(exponent(random))) - 1; };
    const auto up = size();
    return {up, size(), k % 2 == 0};
  }
};

Content content(std::uint64_t seed, int k, bool up) {
  return Content(seed * 4 + static_cast<std::uint64_t>(k) * 2 + (up ? 1 : 0));
}

std::uint64_t seed_of_this_run() {
  const char* given = std::getenv("REALPEER_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

class ManyConnections : public Chain {};

TEST_P(ManyConnections, AThousandOfRandomSizesKeepTheirBytesApart) {
  constexpr int kCount = 1000;
  constexpr int kFirstPort = 20'000;
  constexpr unsigned kBeside = 16;
  const auto seed = seed_of_this_run();
  std::cout << "REALPEER_TEST_SEED=" << seed << "\n";
  RecordProperty("seed", std::to_string(seed));
  start();

  std::atomic<int> next_client = 0, next_server = 0;
  const auto exchange = [](Socket& socket, Content out, std::uint64_t send, Content in, std::uint64_t receive) {
    at_once({[&] {
               send_content(socket, out, send);
               socket.shutdown_write();
             },
             [&] { receive_content_to_eof(socket, in, receive); }});
  };
  at_once({[&] {
             on_threads(kBeside, [&] {
               for (int k = 0; (k = next_client++) < kCount;) {
                 const auto plan = Plan::of(seed, k);
                 const Endpoint claimed(kClaimed.address(), static_cast<std::uint16_t>(kFirstPort + k));
                 Socket client = connect();
                 client.send_all(proxy_v2(claimed, kDialled));
                 if (plan.talks_first) ask(client);
                 exchange(client, content(seed, k, true), plan.up, content(seed, k, false), plan.down);
               }
             });
           },
           [&] {
             on_threads(kBeside, [&] {
               while (next_server++ < kCount) {
                 Socket server = backend->accept();
                 const int k = read_proxy_v2(server).source.port() - kFirstPort;
                 const auto plan = Plan::of(seed, k);
                 if (plan.talks_first) answer(server);
                 exchange(server, content(seed, k, false), plan.down, content(seed, k, true), plan.up);
               }
             });
           }});

  EXPECT_TRUE(eventually([&] { return gateway->log().records().size() == kCount; }, kSoon, Duration{50}));
  for (const auto& record : gateway->log().records()) {
    const auto plan = Plan::of(seed, endpoint(record.text("client_addr")).port() - kFirstPort);
    ASSERT_EQ(record.number("bytes_in"), plan.up + (plan.talks_first ? kAsked : 0)) << record;
    ASSERT_EQ(record.number("bytes_out"), plan.down + (plan.talks_first ? kAnswered : 0)) << record;
    ASSERT_EQ(record.text("end"), "closed") << record;
    if (plan.talks_first) {
      ASSERT_EQ(record.text("path"), GetParam()) << record;
    }
  }
}

TEST_P(ManyConnections, AfterFiveThousandNothingIsLeftInMapsAndDescriptors) {
  constexpr int kCount = 5000;
  constexpr unsigned kBeside = 8;
  start();
  {
    auto warm_up = open();
    expect_conversation(warm_up.client, warm_up.server);
  }
  EXPECT_TRUE(eventually([&] { return gateway->log().records().size() == 1; }, kSoon));
  const auto files_before = gateway->process().open_files();
  const auto entries_before = map_entries_of(gateway->process().pid());

  std::atomic<int> next_client = 0, next_server = 0;
  at_once({[&] {
             on_threads(kBeside, [&] {
               for (int k = 0; (k = next_client++) < kCount;) {
                 Socket client = connect();
                 // Ends of every kind: by RST and by FIN from here, by the server.
                 const char kind = "RFS"[k % 3];
                 client.send_all(proxy_v2(kClaimed, kDialled) + kind);
                 if (client.receive_exactly(4) != "pong") throw std::runtime_error("no pong");
                 if (kind == 'R') client.reset();
                 if (kind == 'S') client.receive_until_eof();
               }
             });
           },
           [&] {
             on_threads(kBeside, [&] {
               while (next_server++ < kCount) {
                 Socket server = backend->accept();
                 read_proxy_v2(server);
                 const auto kind = server.receive_exactly(1);
                 server.send_all("pong");
                 if (kind != "S") server.ending();
               }
             });
           }});

  EXPECT_TRUE(eventually([&] { return gateway->log().records().size() == kCount + 1; }, kSoon, Duration{50}))
      << gateway->log().records().size() << " records";
  EXPECT_TRUE(eventually([&] { return gateway->process().open_files() <= files_before; }, kSoon))
      << gateway->process().open_files() << " open files, " << files_before << " before";
  EXPECT_EQ(map_entries_of(gateway->process().pid()), entries_before);
  const auto clients = BpfMap::pinned(pins_of(config.node) / "clients");
  ASSERT_TRUE(clients.has_value()) << "no client map is pinned";
  EXPECT_EQ(clients->entries(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Path, ManyConnections, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing

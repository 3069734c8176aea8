// Where the admin listener may be: on this host alone.
#include "unit/config/refusals.h"

namespace realpeer::config {
namespace {

using written::with_root;

std::string bound_by(const std::string& bind) {
  const Loaded loaded = load_text(with_root("admin: { bind: " + bind + " }"), "t.yaml");
  for (const Diagnostic& diagnostic : loaded.diagnostics) ADD_FAILURE() << diagnostic.to_string();
  return loaded.config.admin ? to_string(loaded.config.admin->bind) : "nowhere";
}

TEST(AdminListener, IsNowhereUnlessItIsWritten) { EXPECT_FALSE(load_text(with_root(""), "t.yaml").config.admin); }

TEST(AdminListener, IsOnLoopbackOrASocket) {
  EXPECT_EQ(bound_by("127.0.0.1:9901"), "127.0.0.1:9901");
  EXPECT_EQ(bound_by("127.8.8.8:1"), "127.8.8.8:1");
  EXPECT_EQ(bound_by("'[::1]:9901'"), "[::1]:9901");
  EXPECT_EQ(bound_by("'[::ffff:127.0.0.1]:9901'"), "127.0.0.1:9901");
  EXPECT_EQ(bound_by("unix:/run/realpeer/admin.sock"), "unix:/run/realpeer/admin.sock");
  EXPECT_EQ(bound_by("unix:/" + std::string(106, 'a')), "unix:/" + std::string(106, 'a'));
}

TEST(AdminListener, KnowsItsPlace) {
  const Loaded loaded = load_text(with_root("admin:\n  bind: 127.0.0.1:9901"), "t.yaml");
  ASSERT_TRUE(loaded.config.admin);
  EXPECT_EQ(to_string(loaded.config.admin->place), "t.yaml:2");
}

std::string reached_by_others(const std::string& bind) {
  return "1: error: admin.bind: '" + bind +
         "' can be reached by others, and the admin listener would tell them all it knows: write 127.0.0.1:9901, or "
         "unix:/PATH for a socket of this user's alone, or ask for a token by token_file";
}

INSTANTIATE_TEST_SUITE_P(
    AdminListener, LoadRefuses,
    ::testing::Values(
        Refusal{"AnAdminThatIsNoMap", with_root("admin: 127.0.0.1:9901"), "1: error: admin:" + map_remedy},
        Refusal{"AnAdminWithoutBind", with_root("admin: {}"),
                "1: error: 'bind' is missing: say where the admin listener is, as in bind: 127.0.0.1:9901, or "
                "unix:/run/realpeer/admin.sock"},
        Refusal{"AnAdminOnEveryAddress", with_root("admin: { bind: 0.0.0.0:9901 }"), reached_by_others("0.0.0.0:9901")},
        Refusal{"AnAdminOnEveryAddressOfV6", with_root("admin: { bind: '[::]:9901' }"), reached_by_others("[::]:9901")},
        Refusal{"AnAdminOnANetwork", with_root("admin: { bind: 10.0.0.1:9901 }"), reached_by_others("10.0.0.1:9901")},
        Refusal{"AnAdminOnAName", with_root("admin: { bind: localhost:9901 }"),
                "1: error: admin.bind: 'localhost' in 'localhost:9901' is not an IP address: names are not taken here, "
                "write one as in '192.0.2.1:80' or '[2001:db8::1]:80'; a socket on this host is written as in "
                "unix:/run/realpeer/admin.sock"},
        Refusal{"AnAdminOnARelativePath", with_root("admin: { bind: unix:admin.sock }"),
                "1: error: admin.bind: 'admin.sock' is no absolute path of a socket: write it as in "
                "unix:/run/realpeer/admin.sock"},
        Refusal{"AnAdminOnAFolder", with_root("admin: { bind: unix:/run/ }"),
                "1: error: admin.bind: '/run/' is no absolute path of a socket: write it as in "
                "unix:/run/realpeer/admin.sock"},
        Refusal{"AnAdminOnALongPath", with_root("admin: { bind: unix:/" + std::string(107, 'a') + " }"),
                "1: error: admin.bind: '/" + std::string(107, 'a') +
                    "' is too long for the path of a socket: at most 107 bytes"},
        Refusal{"AnAdminWhereAListenerIs",
                "admin: { bind: 127.0.0.1:80 }\n"
                "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n"
                "listeners: [{ name: a, bind: '0.0.0.0:80', route: { backend: b } }]\n",
                "1: error: admin.bind 127.0.0.1:80 overlaps 0.0.0.0:80 of listener 'a' at t.yaml:3: give it another "
                "port"}),
    name_of);

}  // namespace
}  // namespace realpeer::config

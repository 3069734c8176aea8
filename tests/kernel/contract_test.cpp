// The contract between the BPF programs and userspace, and the owners of kernel state.
#include <arpa/inet.h>
#include <bpf/btf.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>

#include "kernel/cgroup.h"
#include "kernel/clients.h"
#include "kernel/engaged.h"
#include "kernel/instance.h"
#include "kernel/mounts.h"
#include "kernel/object.h"

namespace realpeer::test {
namespace {

using testing::HasSubstr;

std::string node() { return "rpt-contract-" + std::to_string(::getpid()); }

class Layout : public testing::Test {
 protected:
  void SetUp() override {
    object_ = btf__parse_elf(REALPEER_BPF_OBJECT, nullptr);
    ASSERT_NE(object_, nullptr);
  }
  void TearDown() override { btf__free(object_); }

  [[nodiscard]] const btf_type* type(const char* name) const {
    const auto id = btf__find_by_name_kind(object_, name, BTF_KIND_STRUCT);
    return id < 0 ? nullptr : btf__type_by_id(object_, static_cast<std::uint32_t>(id));
  }
  // Byte offset of a member as the BPF compiler laid it out; -1 when there is none.
  [[nodiscard]] int offset(const btf_type* in, const char* member) const {
    for (std::uint16_t i = 0; i < btf_vlen(in); ++i) {
      if (std::string(btf__name_by_offset(object_, btf_members(in)[i].name_off)) == member) {
        return static_cast<int>(btf_member_bit_offset(in, i) / 8);
      }
    }
    return -1;
  }

  btf* object_ = nullptr;
};

#define EXPECT_SAME_OFFSET(structure, member) \
  EXPECT_EQ(offset(type(#structure), #member), static_cast<int>(offsetof(structure, member)))

TEST_F(Layout, OfEverySharedStructIsTheSameOnBothSides) {
  ASSERT_NE(type("realpeer_connection"), nullptr);
  EXPECT_EQ(type("realpeer_connection")->size, sizeof(realpeer_connection));
  EXPECT_SAME_OFFSET(realpeer_connection, source);
  EXPECT_SAME_OFFSET(realpeer_connection, destination);
  EXPECT_SAME_OFFSET(realpeer_connection, source_port);
  EXPECT_SAME_OFFSET(realpeer_connection, destination_port);

  ASSERT_NE(type("realpeer_client"), nullptr);
  EXPECT_EQ(type("realpeer_client")->size, sizeof(realpeer_client));
  EXPECT_SAME_OFFSET(realpeer_client, client);
  EXPECT_SAME_OFFSET(realpeer_client, peer);
  EXPECT_SAME_OFFSET(realpeer_client, client_port);
  EXPECT_SAME_OFFSET(realpeer_client, peer_port);
  EXPECT_SAME_OFFSET(realpeer_client, source);
  EXPECT_SAME_OFFSET(realpeer_client, trusted);
  EXPECT_SAME_OFFSET(realpeer_client, by_peername);

  ASSERT_NE(type("realpeer_route"), nullptr);
  EXPECT_EQ(type("realpeer_route")->size, sizeof(realpeer_route));
  EXPECT_SAME_OFFSET(realpeer_route, target);
  EXPECT_SAME_OFFSET(realpeer_route, index);
  EXPECT_SAME_OFFSET(realpeer_route, worker);

  ASSERT_NE(type("realpeer_direction"), nullptr);
  EXPECT_EQ(type("realpeer_direction")->size, sizeof(realpeer_direction));
  EXPECT_SAME_OFFSET(realpeer_direction, redirected);
  EXPECT_SAME_OFFSET(realpeer_direction, passed);
  EXPECT_SAME_OFFSET(realpeer_direction, forwarded);
  EXPECT_SAME_OFFSET(realpeer_direction, next_seq);
  EXPECT_SAME_OFFSET(realpeer_direction, notified);
  EXPECT_SAME_OFFSET(realpeer_direction, hold);
  EXPECT_SAME_OFFSET(realpeer_direction, broken);
}

TEST_F(Layout, OfWhatNamesABackendsSocketIsTheSameOnBothSides) {
  ASSERT_NE(type("realpeer_syn"), nullptr);
  EXPECT_EQ(type("realpeer_syn")->size, sizeof(realpeer_syn));
  EXPECT_SAME_OFFSET(realpeer_syn, source);
  EXPECT_SAME_OFFSET(realpeer_syn, netns);
  EXPECT_SAME_OFFSET(realpeer_syn, next_sequence);
  EXPECT_SAME_OFFSET(realpeer_syn, source_port);

  ASSERT_NE(type("realpeer_named"), nullptr);
  EXPECT_EQ(type("realpeer_named")->size, sizeof(realpeer_named));
  EXPECT_SAME_OFFSET(realpeer_named, state);
  EXPECT_SAME_OFFSET(realpeer_named, client);
  EXPECT_SAME_OFFSET(realpeer_named, client_port);

  ASSERT_NE(type("realpeer_attempt"), nullptr);
  EXPECT_EQ(type("realpeer_attempt")->size, sizeof(realpeer_attempt));
  EXPECT_SAME_OFFSET(realpeer_attempt, syn);
  EXPECT_SAME_OFFSET(realpeer_attempt, outcome);
}

TEST(Object, LoadsAndAttachesEveryProgram) {
  const auto object = kernel::DatapathObject::load({.connections = 8, .workers = 2, .splice_credit = 1 << 20});
  ASSERT_TRUE(object) << object.error().text;
  EXPECT_GE((*object)->record_client(), 0);
}

// Sockets of a fresh cgroup with the client recorder attached.
class Clients : public testing::Test {
 protected:
  void SetUp() override {
    auto mount = kernel::bpffs();
    ASSERT_TRUE(mount) << mount.error().text;
    auto object = kernel::DatapathObject::load({.connections = 8, .workers = 1, .splice_credit = 1 << 20});
    ASSERT_TRUE(object) << object.error().text;
    object_ = std::move(*object);
    auto instance = kernel::Instance::claim(*mount, node());
    ASSERT_TRUE(instance) << instance.error().text;
    instance_.emplace(std::move(*instance));
    auto cgroup = kernel::DaemonCgroup::enter(node());
    ASSERT_TRUE(cgroup) << cgroup.error().text;
    cgroup_.emplace(std::move(*cgroup));
    auto clients = kernel::ClientMap::attach(*object_, *cgroup_, *instance_);
    ASSERT_TRUE(clients) << clients.error().text;
    clients_ = std::move(*clients);

    listener_ = kernel::UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address_);
    ASSERT_EQ(::bind(listener_.get(), generic(), length), 0);
    ASSERT_EQ(::listen(listener_.get(), 16), 0);
    ASSERT_EQ(::getsockname(listener_.get(), generic(), &length), 0);
  }

  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }

  static net::Endpoint endpoint(const char* address, std::uint16_t port) {
    return {boost::asio::ip::make_address(address), port};
  }

  realpeer_client client_ =
      kernel::make_client(endpoint("203.0.113.42", 5555), endpoint("10.0.0.9", 77), REALPEER_SOURCE_PROXY_V2, true);
  std::unique_ptr<kernel::DatapathObject> object_;
  std::optional<kernel::Instance> instance_;
  std::optional<kernel::DaemonCgroup> cgroup_;
  std::unique_ptr<kernel::ClientMap> clients_;
  kernel::UniqueFd listener_;
  sockaddr_in address_{};
};

TEST_F(Clients, AreRecordedBeforeTheBackendAcceptsAndGoneAfterTheLastByte) {
  kernel::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_TRUE(clients_->expect(socket.get(), client_));
  ASSERT_EQ(::connect(socket.get(), generic(), sizeof(address_)), 0);
  sockaddr_in peer{};
  socklen_t length = sizeof(peer);
  kernel::UniqueFd accepted(::accept(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &length));
  const auto source = endpoint("127.0.0.1", ntohs(peer.sin_port));

  const auto found = kernel::find_clients(source);
  ASSERT_TRUE(found) << found.error().text;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().client, endpoint("203.0.113.42", 5555));
  EXPECT_EQ(found->front().peer, endpoint("10.0.0.9", 77));
  EXPECT_EQ(found->front().destination, endpoint("127.0.0.1", ntohs(address_.sin_port)));
  EXPECT_EQ(found->front().instance, node());
  EXPECT_TRUE(found->front().trusted);
  EXPECT_EQ(entries(object_->pending()), 0U);

  accepted.reset();
  socket.reset();
  EXPECT_TRUE(kernel::find_clients(source)->empty());
  EXPECT_EQ(entries(object_->clients()), 0U);
}

TEST_F(Clients, OfAConnectionThatIsRefusedLeaveNothing) {
  const auto port = address_.sin_port;
  listener_.reset();
  kernel::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_TRUE(clients_->expect(socket.get(), client_));
  address_.sin_port = port;
  EXPECT_EQ(::connect(socket.get(), generic(), sizeof(address_)), -1);
  clients_->forget(socket.get());
  EXPECT_EQ(entries(object_->pending()), 0U);
  EXPECT_EQ(entries(object_->clients()), 0U);
}

TEST_F(Clients, ThatNeverConnectCanBeForgotten) {
  const kernel::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_TRUE(clients_->expect(socket.get(), client_));
  EXPECT_EQ(entries(object_->pending()), 1U);
  clients_->forget(socket.get());
  EXPECT_EQ(entries(object_->pending()), 0U);
}

TEST_F(Clients, OfOtherSocketsAreNotRecorded) {
  kernel::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(socket.get(), generic(), sizeof(address_)), 0);
  EXPECT_EQ(entries(object_->clients()), 0U);
}

TEST_F(Clients, AreUnpinnedAndTheirCgroupRemovedWithTheirOwner) {
  const std::string pin = instance_->pin(kernel::clients_pin);
  const std::string cgroup = cgroup_->path();
  struct stat status {};
  EXPECT_EQ(::stat(pin.c_str(), &status), 0);
  EXPECT_EQ(::stat(cgroup.c_str(), &status), 0);
  clients_.reset();
  cgroup_.reset();
  instance_.reset();
  EXPECT_NE(::stat(pin.c_str(), &status), 0);
  EXPECT_NE(::stat(cgroup.c_str(), &status), 0);
}

TEST(Instance, OfANameInUseIsRefusedAndNamesTheRemedy) {
  const auto mount = kernel::bpffs();
  ASSERT_TRUE(mount);
  const auto first = kernel::Instance::claim(*mount, node());
  ASSERT_TRUE(first);
  const auto second = kernel::Instance::claim(*mount, node());
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().by_another);
  EXPECT_THAT(second.error().text, HasSubstr("node:"));
}

TEST(Instance, OfADaemonThatDiedIsTakenOver) {
  const auto mount = kernel::bpffs();
  ASSERT_TRUE(mount);
  const std::string left = *mount + "/realpeer/" + node();
  ::mkdir((*mount + "/realpeer").c_str(), 0755);
  ASSERT_EQ(::mkdir(left.c_str(), 0755), 0);
  EXPECT_TRUE(kernel::Instance::claim(*mount, node()));
  struct stat status {};
  EXPECT_NE(::stat(left.c_str(), &status), 0);
}

}  // namespace
}  // namespace realpeer::test

// Where admission is attached, what it leaves alone, and what is left when it goes. All of it between namespaces of the
// test's own.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <optional>
#include <thread>

#include "harness/tcp.h"
#include "harness/wait.h"
#include "kernel/instance.h"
#include "kernel/judge.h"
#include "kernel/mounts.h"
#include "kernel/object.h"
#include "kernel/tun_client.h"

namespace realpeer::test {
namespace {

using kernel::Admission;
using kernel::AdmissionLink;
using kernel::AdmissionMode;
using ::testing::AllOf;
using testing::Duration;
using ::testing::HasSubstr;
using testing::packet;
using ::testing::StartsWith;

constexpr const char* gateway = "203.0.113.1";
constexpr Duration soon{10'000};

std::unique_ptr<kernel::AdmissionObject> load() {
  auto object = kernel::AdmissionObject::load({.sources = 64, .bans = 64});
  if (!object) throw std::runtime_error(object.error().text);
  return std::move(*object);
}

// A program of somebody else's that passes everything.
kernel::UniqueFd foreign_program(bpf_prog_type type, const char* name, int verdict) {
  const std::array code{
      bpf_insn{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = verdict},
      bpf_insn{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  return kernel::UniqueFd(bpf_prog_load(type, name, "GPL", code.data(), code.size(), nullptr));
}

// The gateway's wan0, a veth whose other end is the client's, with a listener on port 443 behind it.
class AdmissionAttach : public ::testing::Test {
 protected:
  AdmissionAttach()
      : topology_(::testing::UnitTest::GetInstance()->current_test_info()->name()),
        listener_(topology_.gateway, testing::endpoint("203.0.113.1:443")),
        inside_(topology_.gateway),
        object_(load()) {
    apply({"198.51.100.0/24"});
  }

  void apply(const std::vector<std::string>& denied) const {
    const auto applied =
        kernel::apply(*object_, {.listeners = {test::listener("0.0.0.0:443")}, .denied = networks(denied)});
    if (!applied) throw std::runtime_error(applied.error().text);
  }
  [[nodiscard]] kernel::Result<AdmissionLink> attach(AdmissionMode mode,
                                                     const std::string& instance = "rpt-attach") const {
    return AdmissionLink::attach(*object_, "wan0", mode, instance);
  }
  [[nodiscard]] std::uint64_t counted(realpeer_admission admission) const { return counted(*object_, admission); }
  static std::uint64_t counted(const kernel::AdmissionObject& object, realpeer_admission admission) {
    return kernel::read_counters(object)->at(admission);
  }
  void send_syn() const { (void)testing::connect(topology_.client, testing::endpoint("203.0.113.1:443")); }
  // What is foreseen of the interface; where the kernel is too old to tell, what in fact is taken.
  [[nodiscard]] std::string foreseen(const std::string& name) const {
    const auto interface = *kernel::find_interface(name);
    auto words = kernel::foresee_admission(interface, AdmissionMode::automatic).text;
    if (kernel::has_native_xdp(interface)) return words;
    EXPECT_THAT(words, HasSubstr("this kernel does not tell"));
    return AdmissionLink::attach(*object_, name, AdmissionMode::automatic, "rpt-attach")->reason();
  }
  // Puts a frame on the wire as it is, from the client's end.
  void send_frame(const testing::Packet& composed) const {
    const testing::Inside inside(topology_.client);
    const kernel::UniqueFd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex("wan0"));
    const auto bytes = composed.bytes();
    ASSERT_EQ(::sendto(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof(to)),
              static_cast<ssize_t>(bytes.size()));
  }
  // Whether SYNs are judged: what the client sends to connect is admitted, or dropped when it is denied.
  void expect_judging() const {
    const auto admitted = counted(REALPEER_ADMITTED);
    send_syn();
    EXPECT_EQ(counted(REALPEER_ADMITTED), admitted + 1);
    const auto denied = counted(REALPEER_DENIED);
    send_frame(packet().ethernet().ipv4("198.51.100.7", gateway).tcp(443).syn());
    EXPECT_TRUE(testing::eventually([&] { return counted(REALPEER_DENIED) == denied + 1; }, soon));
  }
  void expect_nothing_attached() const {
    const auto before = *kernel::read_counters(*object_);
    send_syn();
    EXPECT_EQ(*kernel::read_counters(*object_), before);
    EXPECT_EQ(kernel::attached_xdp(*kernel::find_interface("wan0")), std::nullopt);
  }

  testing::Topology topology_;
  testing::Listener listener_;
  testing::Inside inside_;
  std::unique_ptr<kernel::AdmissionObject> object_;
};

TEST_F(AdmissionAttach, JudgesInTheDriver) {
  {
    const auto link = attach(AdmissionMode::native);
    ASSERT_TRUE(link) << link.error().text;
    EXPECT_EQ(link->mode(), AdmissionMode::native);
    EXPECT_EQ(link->reason(), "native");
    expect_judging();
  }
  expect_nothing_attached();
}

TEST_F(AdmissionAttach, JudgesInGenericXdpWhenAsked) {
  {
    const auto link = attach(AdmissionMode::generic);
    ASSERT_TRUE(link) << link.error().text;
    EXPECT_EQ(link->mode(), AdmissionMode::generic);
    EXPECT_EQ(link->reason(), "generic");
    expect_judging();
  }
  expect_nothing_attached();
}

TEST_F(AdmissionAttach, JudgesInTc) {
  {
    const auto link = attach(AdmissionMode::tc);
    ASSERT_TRUE(link) << link.error().text;
    EXPECT_EQ(link->mode(), AdmissionMode::tc);
    EXPECT_EQ(link->reason(), "tc");
    expect_judging();
  }
  expect_nothing_attached();
}

TEST_F(AdmissionAttach, TakesTheDriverWhereItCan) {
  EXPECT_EQ(foreseen("wan0"), "native");
  const auto link = attach(AdmissionMode::automatic);
  ASSERT_TRUE(link) << link.error().text;
  EXPECT_EQ(link->reason(), "native");
  expect_judging();
}

TEST_F(AdmissionAttach, TakesTcWhereTheDriverHasNoXdp) {
  testing::ip_batch("link add br0 type bridge\nlink set br0 up");
  EXPECT_EQ(foreseen("br0"), "tc: the driver has no native XDP");
  const auto link = AdmissionLink::attach(*object_, "br0", AdmissionMode::automatic, "rpt-attach");
  ASSERT_TRUE(link) << link.error().text;
  EXPECT_EQ(link->mode(), AdmissionMode::tc);
  EXPECT_EQ(link->reason(), "tc: the driver has no native XDP");
  const auto native = AdmissionLink::attach(*object_, "br0", AdmissionMode::native, "rpt-attach");
  ASSERT_FALSE(native);
  EXPECT_THAT(native.error().text, AllOf(HasSubstr("br0"), HasSubstr("no native XDP"), HasSubstr("mode: tc")));
}

TEST_F(AdmissionAttach, NamesTheProgramThatIsThereAlreadyAndLeavesItAlone) {
  const auto foreign = foreign_program(BPF_PROG_TYPE_XDP, "somebody_else", XDP_PASS);
  ASSERT_TRUE(foreign.valid());
  const auto interface = *kernel::find_interface("wan0");
  ASSERT_EQ(bpf_xdp_attach(interface.index, foreign.get(), 0, nullptr), 0);
  const auto there = kernel::attached_xdp(interface);
  ASSERT_TRUE(there);
  for (const auto mode : {AdmissionMode::native, AdmissionMode::generic}) {
    const auto refused = attach(mode);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, AllOf(HasSubstr("wan0"), HasSubstr("'somebody_else'"),
                                            HasSubstr("id " + std::to_string(there->id)), HasSubstr("mode: tc")));
  }
  EXPECT_THAT(kernel::foresee_admission(interface, AdmissionMode::automatic).text,
              StartsWith("tc: XDP is taken by program 'somebody_else'"));
  {
    const auto link = attach(AdmissionMode::automatic);
    ASSERT_TRUE(link) << link.error().text;
    EXPECT_THAT(link->reason(), StartsWith("tc: XDP is taken by program 'somebody_else'"));
    expect_judging();
  }
  EXPECT_EQ(kernel::attached_xdp(interface)->id, there->id);
}

TEST_F(AdmissionAttach, LetsTwoInstancesJudgeOneInterface) {
  const auto other = load();
  ASSERT_TRUE(kernel::apply(*other, {.listeners = {test::listener("0.0.0.0:443")}}));
  const auto first = attach(AdmissionMode::automatic, "rpt-one");
  ASSERT_TRUE(first) << first.error().text;
  {
    const auto second = AdmissionLink::attach(*other, "wan0", AdmissionMode::automatic, "rpt-two");
    ASSERT_TRUE(second) << second.error().text;
    EXPECT_THAT(second->reason(), StartsWith("tc: XDP is taken by program 'admit_xdp'"));
    const auto third_object = load();
    const auto third = AdmissionLink::attach(*third_object, "wan0", AdmissionMode::tc, "rpt-three");
    ASSERT_TRUE(third) << third.error().text;
    expect_judging();
    EXPECT_EQ(counted(*other, REALPEER_ADMITTED), 1U);
    EXPECT_EQ(counted(*third_object, REALPEER_NO_RULES), 1U);
  }
  expect_judging();
  EXPECT_EQ(counted(*other, REALPEER_ADMITTED), 1U);
}

TEST_F(AdmissionAttach, LetsProgramsBehindItHaveTheirSay) {
  const auto link = attach(AdmissionMode::tc);
  ASSERT_TRUE(link) << link.error().text;
  const auto dropping = foreign_program(BPF_PROG_TYPE_SCHED_CLS, "drops_all", 2);
  LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = kernel::find_interface("wan0")->index, .attach_point = BPF_TC_INGRESS);
  LIBBPF_OPTS(bpf_tc_opts, place, .prog_fd = dropping.get());
  const int made = bpf_tc_hook_create(&hook);
  ASSERT_TRUE(made == 0 || made == -EEXIST);  // by us, where there is no tcx
  ASSERT_EQ(bpf_tc_attach(&hook, &place), 0);
  send_frame(packet().ethernet().ipv4("203.0.113.42", gateway).tcp(443).syn());
  EXPECT_TRUE(testing::eventually([&] { return counted(REALPEER_ADMITTED) == 1; }, soon));
  EXPECT_FALSE(listener_.pending_within(Duration{50}));
}

TEST_F(AdmissionAttach, ReadsBehindVlanTagsTheKernelHasTakenOff) {
  for (const auto mode : {AdmissionMode::tc, AdmissionMode::native, AdmissionMode::generic}) {
    const auto link = attach(mode);
    ASSERT_TRUE(link) << link.error().text;
    const auto before = counted(REALPEER_DENIED);
    const auto arrives = [&](std::uint64_t number) {
      return testing::eventually([&] { return counted(REALPEER_DENIED) == before + number; }, soon);
    };
    send_frame(packet().ethernet().vlan(100).ipv4("198.51.100.7", gateway).tcp(443).syn());
    EXPECT_TRUE(arrives(1)) << link->reason();
    send_frame(packet().ethernet().vlan(7, 0x88a8).vlan(100).ipv4("198.51.100.7", gateway).tcp(443).syn());
    EXPECT_TRUE(arrives(2)) << link->reason();
  }
}

TEST_F(AdmissionAttach, SaysThatThereIsNoSuchInterface) {
  const auto link = AdmissionLink::attach(*object_, "nowhere0", AdmissionMode::automatic, "rpt-attach");
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().text, HasSubstr("nowhere0"));
}

TEST_F(AdmissionAttach, OfOneInterfaceIsReplacedByTheNext) {
  const auto mount = kernel::bpffs();
  ASSERT_TRUE(mount);
  const auto instance = kernel::Instance::claim(*mount, "rpt-replace-" + std::to_string(::getpid()));
  ASSERT_TRUE(instance);
  const auto admission = Admission::load(*instance);
  ASSERT_TRUE(admission) << admission.error().text;
  for (const auto mode : {AdmissionMode::native, AdmissionMode::generic, AdmissionMode::tc, AdmissionMode::automatic}) {
    const auto link = (*admission)->attach("wan0", mode);
    ASSERT_TRUE(link) << link.error().text;
    EXPECT_EQ((*admission)->links().size(), 1U);
  }
  (*admission)->detach("wan0");
  EXPECT_EQ(kernel::attached_xdp(*kernel::find_interface("wan0")), std::nullopt);
}

// A process that attaches, says so, and is killed.
class Doomed {
 public:
  explicit Doomed(const std::function<bool()>& attach) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      const char done = attach() ? 'y' : 'n';
      (void)!::write(ends[1], &done, 1);
      for (;;) ::pause();
    }
    ::close(ends[1]);
    char done = 'n';
    (void)!::read(ends[0], &done, 1);
    ::close(ends[0]);
    attached_ = done == 'y';
  }
  Doomed(const Doomed&) = delete;
  Doomed& operator=(const Doomed&) = delete;
  ~Doomed() { kill(); }

  [[nodiscard]] bool attached() const { return attached_; }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  bool attached_ = false;
};

TEST_F(AdmissionAttach, EndsWithAProcessThatIsKilled) {
  std::vector modes{AdmissionMode::native, AdmissionMode::generic};
  // A filter stays: see AdmissionFilter.OfAKilledDaemonIsReplacedByItsSuccessor.
  if (kernel::has_tcx(object_->admit_tc())) modes.push_back(AdmissionMode::tc);
  for (const auto mode : modes) {
    Doomed doomed([&] {
      static std::optional<AdmissionLink> link;
      auto attached = attach(mode);
      if (attached) link.emplace(std::move(*attached));
      return attached.has_value();
    });
    ASSERT_TRUE(doomed.attached());
    expect_judging();
    doomed.kill();
    expect_nothing_attached();
  }
}

// What is attached where the kernel has no tcx; it works beside tcx too.
class AdmissionFilter : public AdmissionAttach {
 protected:
  AdmissionFilter() { kernel::log_libbpf_messages(); }

  [[nodiscard]] kernel::Interface wan() const { return *kernel::find_interface("wan0"); }
  [[nodiscard]] kernel::Result<kernel::TcFilter> filter(const std::string& instance) const {
    return kernel::TcFilter::attach(wan(), object_->admit_tc(), instance);
  }
  // Id of the program in an instance's place; 0 when it is free.
  [[nodiscard]] std::uint32_t in_place_of(const std::string& instance) const {
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = wan().index, .attach_point = BPF_TC_INGRESS);
    LIBBPF_OPTS(bpf_tc_opts, place, .handle = kernel::TcFilter::handle_of(instance),
                .priority = kernel::TcFilter::priority);
    return bpf_tc_query(&hook, &place) == 0 ? place.prog_id : 0;
  }
};

TEST_F(AdmissionFilter, JudgesUntilItIsDestroyed) {
  {
    const auto held = filter("rpt-one");
    ASSERT_TRUE(held) << held.error().text;
    expect_judging();
  }
  expect_nothing_attached();
}

TEST_F(AdmissionFilter, HasAPlaceForEachInstance) {
  auto first = filter("rpt-one");
  const auto second = filter("rpt-two");
  ASSERT_TRUE(first && second);
  { const auto gone = std::move(*first); }
  EXPECT_EQ(in_place_of("rpt-one"), 0U);
  EXPECT_NE(in_place_of("rpt-two"), 0U);
  expect_judging();
}

TEST_F(AdmissionFilter, OfAKilledDaemonIsReplacedByItsSuccessor) {
  Doomed doomed([&] {
    static std::optional<kernel::TcFilter> held;
    auto attached = filter("rpt-one");
    if (attached) held.emplace(std::move(*attached));
    return attached.has_value();
  });
  ASSERT_TRUE(doomed.attached());
  doomed.kill();
  const auto left = in_place_of("rpt-one");
  ASSERT_NE(left, 0U);
  {
    const auto successor_object = load();
    const auto successor = kernel::TcFilter::attach(wan(), successor_object->admit_tc(), "rpt-one");
    ASSERT_TRUE(successor) << successor.error().text;
    EXPECT_NE(in_place_of("rpt-one"), left);
  }
  expect_nothing_attached();
}

TEST_F(AdmissionFilter, LeavesWhatIsNotOursAlone) {
  const auto foreign = foreign_program(BPF_PROG_TYPE_SCHED_CLS, "somebody_else", -1);
  LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = wan().index, .attach_point = BPF_TC_INGRESS);
  ASSERT_EQ(bpf_tc_hook_create(&hook), 0);
  LIBBPF_OPTS(bpf_tc_opts, place, .prog_fd = foreign.get(), .handle = kernel::TcFilter::handle_of("rpt-one"),
              .priority = kernel::TcFilter::priority);
  ASSERT_EQ(bpf_tc_attach(&hook, &place), 0);
  const auto refused = filter("rpt-one");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, AllOf(HasSubstr("somebody_else"), HasSubstr("node:")));
  {
    const auto held = filter("rpt-two");
    ASSERT_TRUE(held) << held.error().text;
    expect_judging();
  }
  EXPECT_EQ(in_place_of("rpt-one"), place.prog_id);
}

TEST_F(AdmissionFilter, ThatWasReplacedByHandIsNotRemoved) {
  const auto foreign = foreign_program(BPF_PROG_TYPE_SCHED_CLS, "somebody_else", -1);
  {
    const auto held = filter("rpt-one");
    ASSERT_TRUE(held) << held.error().text;
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = wan().index, .attach_point = BPF_TC_INGRESS);
    LIBBPF_OPTS(bpf_tc_opts, place, .prog_fd = foreign.get(), .flags = BPF_TC_F_REPLACE,
                .handle = kernel::TcFilter::handle_of("rpt-one"), .priority = kernel::TcFilter::priority);
    ASSERT_EQ(bpf_tc_attach(&hook, &place), 0);
  }
  EXPECT_NE(in_place_of("rpt-one"), 0U);
}

// A device without Ethernet header, in a namespace of a thread's own.
void on_tun(const std::function<void(int tun)>& body) {
  std::thread([&] {
    const auto tun = enter_namespace_with_tun();
    body(tun.get());
  }).join();
}

TEST(AdmissionWithoutEthernet, JudgesInTc) {
  on_tun([](int tun) {
    const auto object = load();
    ASSERT_TRUE(
        kernel::apply(*object, {.listeners = {test::listener("0.0.0.0:443")}, .denied = networks({"10.9.0.9"})}));
    EXPECT_EQ(kernel::foresee_admission(*kernel::find_interface("rptun"), AdmissionMode::automatic).text,
              "tc: rptun has no Ethernet header");
    const auto link = AdmissionLink::attach(*object, "rptun", AdmissionMode::automatic, "rpt-tun");
    ASSERT_TRUE(link) << link.error().text;
    EXPECT_EQ(link->reason(), "tc: rptun has no Ethernet header");

    const kernel::UniqueFd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{.sin_family = AF_INET, .sin_port = htons(443), .sin_addr = {}, .sin_zero = {}};
    ASSERT_EQ(::bind(listening.get(), reinterpret_cast<sockaddr*>(&at), sizeof(at)), 0);
    ASSERT_EQ(::listen(listening.get(), 4), 0);
    TunClient(tun).connect(443);
    EXPECT_EQ(kernel::read_counters(*object)->at(REALPEER_ADMITTED), 1U);

    const auto denied = packet().ipv4("10.9.0.9", "10.9.0.1").tcp(443).syn().bytes();
    ASSERT_EQ(::write(tun, denied.data(), denied.size()), static_cast<ssize_t>(denied.size()));
    EXPECT_EQ(kernel::read_counters(*object)->at(REALPEER_DENIED), 1U);
    const auto denied_ipv6 = packet().ipv6("fd00::9", "fd00::1").hop_by_hop().tcp(443).syn().bytes();
    ASSERT_EQ(::write(tun, denied_ipv6.data(), denied_ipv6.size()), static_cast<ssize_t>(denied_ipv6.size()));
    EXPECT_EQ(kernel::read_counters(*object)->at(REALPEER_ADMITTED), 1U);
  });
}

TEST(AdmissionWithoutEthernet, RefusesXdpWithTheRemedy) {
  on_tun([](int) {
    const auto object = load();
    for (const auto mode : {AdmissionMode::native, AdmissionMode::generic}) {
      const auto link = AdmissionLink::attach(*object, "rptun", mode, "rpt-tun");
      ASSERT_FALSE(link);
      EXPECT_THAT(link.error().text, AllOf(HasSubstr("no Ethernet header"), HasSubstr("mode: tc")));
    }
  });
}

// A packet whose headers are not in the linear part of its buffer: a TUN device makes one of what is larger than a
// page, of which it is told that the header ends early.
TEST(AdmissionWithoutEthernet, JudgesWhatIsSpreadOverPages) {
  on_tun([](int) {
    const kernel::UniqueFd paged(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
    std::strncpy(request.ifr_name, "rppaged", IFNAMSIZ - 1);
    ASSERT_EQ(::ioctl(paged.get(), TUNSETIFF, &request), 0);
    testing::ip_batch("link set rppaged up");
    const auto object = load();
    ASSERT_TRUE(kernel::apply(*object, {.listeners = {test::listener("[::]:443")}, .denied = networks({"10.9.0.9"})}));
    const auto link = AdmissionLink::attach(*object, "rppaged", AdmissionMode::tc, "rpt-tun");
    ASSERT_TRUE(link) << link.error().text;

    std::uint64_t expected = 0;
    for (const int linear : {1, 20, 27, 28, 48, 100}) {
      auto bytes = packet().ipv4("10.9.0.9", "10.9.0.1").options(8).tcp(443).syn().payload(8000).bytes();
      // struct virtio_net_hdr: flags, gso_type, hdr_len, and what is nothing here. C++ cannot include its header.
      const std::array<std::uint8_t, 10> header{0, 0, static_cast<std::uint8_t>(linear)};
      bytes.insert(bytes.begin(), header.begin(), header.end());
      ASSERT_EQ(::write(paged.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
      EXPECT_EQ(kernel::read_counters(*object)->at(REALPEER_DENIED), ++expected) << linear;
    }
  });
}

}  // namespace
}  // namespace realpeer::test

// Where admission is attached, what it leaves alone, and what is left when it goes. All of it between namespaces of the
// test's own.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <optional>

#include "kernel/attachment.h"
#include "kernel/instance.h"
#include "kernel/judge.h"
#include "kernel/mounts.h"

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
  const auto other = load_admission();
  ASSERT_TRUE(kernel::apply(*other, {.listeners = {test::listener("0.0.0.0:443")}}));
  const auto first = attach(AdmissionMode::automatic, "rpt-one");
  ASSERT_TRUE(first) << first.error().text;
  {
    const auto second = AdmissionLink::attach(*other, "wan0", AdmissionMode::automatic, "rpt-two");
    ASSERT_TRUE(second) << second.error().text;
    EXPECT_THAT(second->reason(), StartsWith("tc: XDP is taken by program 'admit_xdp'"));
    const auto third_object = load_admission();
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

}  // namespace
}  // namespace realpeer::test

// What keeps names out of a cgroup, as the attempt and doctor say it.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <gmock/gmock.h>

#include "kernel/naming.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(Naming, CannotBeHadBesideAnExclusiveProgramAndNamesIt) {
  const TestCgroup taken("taken", tree.path());
  const kernel::UniqueFd directory(::open(taken.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const TestCgroup below("below", taken.path());
  EXPECT_TRUE(kernel::examine_peer_names(taken.path()).yes);
  // Multi above, exclusive below is refused by the kernel; so this one is alone in a tree of its own.
  const TestCgroup alone("alone");
  const kernel::UniqueFd exclusive(::open(alone.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::bpf_prog_attach(gateway.object().record_client(), exclusive.get(), BPF_CGROUP_SOCK_OPS, 0), 0);
  const auto names = kernel::PeerNames::attach(gateway.object(), alone.path());
  const auto finding = kernel::examine_peer_names(alone.path());
  ::bpf_prog_detach2(gateway.object().record_client(), exclusive.get(), BPF_CGROUP_SOCK_OPS);
  ASSERT_FALSE(names);
  EXPECT_THAT(names.error().text, HasSubstr("'record_client'"));
  EXPECT_THAT(names.error().text, HasSubstr("BPF_F_ALLOW_MULTI"));
  EXPECT_FALSE(finding.yes);
  EXPECT_THAT(finding.detail, HasSubstr("'record_client'"));
  EXPECT_THAT(finding.remedy, HasSubstr("BPF_F_ALLOW_MULTI"));
}

TEST_F(Naming, CannotBeHadBelowAnExclusiveProgramAndNamesIt) {
  const TestCgroup above("above");
  const TestCgroup between("between", above.path());
  const TestCgroup below("below", between.path());
  const kernel::UniqueFd exclusive(::open(above.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::bpf_prog_attach(gateway.object().record_client(), exclusive.get(), BPF_CGROUP_SOCK_OPS, 0), 0);
  const auto names = kernel::PeerNames::attach(gateway.object(), below.path());
  const auto finding = kernel::examine_peer_names(below.path());
  ::bpf_prog_detach2(gateway.object().record_client(), exclusive.get(), BPF_CGROUP_SOCK_OPS);
  ASSERT_FALSE(names);
  EXPECT_THAT(names.error().text, HasSubstr("'record_client'"));
  EXPECT_FALSE(finding.yes);
  EXPECT_THAT(finding.detail, HasSubstr("'record_client'"));
}

TEST_F(Naming, CanBeHadBelowAProgramThatMayBeOverridden) {
  const TestCgroup above("above");
  const TestCgroup below("below", above.path());
  const kernel::UniqueFd there(::open(above.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int program = gateway.object().record_client();
  ASSERT_EQ(::bpf_prog_attach(program, there.get(), BPF_CGROUP_SOCK_OPS, BPF_F_ALLOW_OVERRIDE), 0);
  const auto names = kernel::PeerNames::attach(gateway.object(), below.path());
  const auto finding = kernel::examine_peer_names(below.path());
  ::bpf_prog_detach2(program, there.get(), BPF_CGROUP_SOCK_OPS);
  EXPECT_TRUE(names) << names.error().text;
  EXPECT_TRUE(finding.yes) << finding.detail;
}

TEST_F(Naming, CannotBeHadInADirectoryThatIsNoCgroup) {
  const auto names = kernel::PeerNames::attach(gateway.object(), "/proc");
  ASSERT_FALSE(names);
  EXPECT_THAT(names.error().text, HasSubstr("/proc is no directory of the cgroup2 hierarchy, which is at "));
  EXPECT_FALSE(kernel::examine_peer_names("/proc").yes);
}

TEST(PeerNames, AreForeseenByDoctor) {
  const auto everywhere = kernel::examine_peer_names();
  EXPECT_TRUE(everywhere.yes) << everywhere.detail;
  EXPECT_THAT(everywhere.detail, HasSubstr("every backend"));
  const TestCgroup container("doctor");
  EXPECT_THAT(kernel::examine_peer_names(container.path()).detail, HasSubstr("only"));
  const auto nowhere = kernel::examine_peer_names("/nowhere");
  EXPECT_FALSE(nowhere.yes);
  EXPECT_THAT(nowhere.detail, HasSubstr("No such file"));
}

}  // namespace
}  // namespace realpeer::testing

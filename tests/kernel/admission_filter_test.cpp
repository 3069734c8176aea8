// The clsact filter: what it is attached by where the kernel has no tcx.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gmock/gmock.h>

#include <optional>

#include "kernel/attachment.h"
#include "kernel/object.h"
#include "kernel/tc_filter.h"

namespace realpeer::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// It works beside tcx too.
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
    const auto successor_object = load_admission();
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

}  // namespace
}  // namespace realpeer::test

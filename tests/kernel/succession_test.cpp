// Kernel state that one process leaves to another: pins, the lock on them, and what others read of both.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "kernel/bans.h"
#include "kernel/clients.h"
#include "kernel/instance.h"
#include "kernel/layout.h"
#include "kernel/mounts.h"

namespace realpeer::kernel {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class Succession : public testing::Test {
 protected:
  void SetUp() override {
    const auto mounted = bpffs();
    ASSERT_TRUE(mounted) << mounted.error().text;
    bpffs_ = *mounted;
    auto claimed = Instance::claim(bpffs_, node_);
    ASSERT_TRUE(claimed) << claimed.error().text;
    first_.emplace(std::move(*claimed));
    pin(*first_, "clients");
  }

  static void pin(const Instance& instance, const char* name) {
    const UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "rpt", 4, 4, 1, nullptr));
    ASSERT_EQ(bpf_obj_pin(map.get(), instance.new_pin(name).c_str()), 0);
  }
  Result<Instance> share(const Instance& with) const {
    return Instance::share(bpffs_, node_, UniqueFd(::fcntl(with.lock(), F_DUPFD_CLOEXEC, 0)));
  }
  [[nodiscard]] std::vector<std::string> pins() const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(bpffs_ + "/realpeer/" + node_, none)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  const std::string node_ = "rpt-succession-" + std::to_string(::getpid());
  std::string bpffs_;
  std::optional<Instance> first_;
};

TEST_F(Succession, PutsPinsBesideUntilItTakesOver) {
  auto second = share(*first_);
  ASSERT_TRUE(second) << second.error().text;
  pin(*second, "clients");
  EXPECT_THAT(pins(), UnorderedElementsAre("clients", "clients-next"));
  const auto kept = second->take_over("clients");
  ASSERT_TRUE(kept) << kept.error().text;
  EXPECT_EQ(*kept, second->pin("clients-1"));
  EXPECT_THAT(pins(), UnorderedElementsAre("clients", "clients-1"));
  first_->hand_over(*kept);
  first_.reset();
  EXPECT_THAT(pins(), UnorderedElementsAre("clients"));
  EXPECT_FALSE(Instance::claim(bpffs_, node_)) << "the second holds the lock";
}

TEST_F(Succession, RemovesWhatOnlyTheFirstHad) {
  pin(*first_, "bans");
  auto second = share(*first_);
  pin(*second, "clients");
  EXPECT_THAT(pins(), UnorderedElementsAre("clients", "bans", "clients-next"));
  ASSERT_TRUE(second->take_over("clients"));
  EXPECT_THAT(pins(), UnorderedElementsAre("clients", "clients-1"));
}

TEST_F(Succession, ThatComesToNothingLeavesNothing) {
  {
    auto second = share(*first_);
    ASSERT_TRUE(second);
    pin(*second, "clients");
  }
  EXPECT_THAT(pins(), UnorderedElementsAre("clients"));
}

TEST_F(Succession, OfSeveralKeepsEachOnesPin) {
  auto second = share(*first_);
  pin(*second, "clients");
  const auto of_first = second->take_over("clients");
  first_->hand_over(*of_first);
  auto third = share(*second);
  pin(*third, "clients");
  const auto of_second = third->take_over("clients");
  second->hand_over(*of_second);
  EXPECT_THAT(pins(), UnorderedElementsAre("clients", "clients-1", "clients-2"));
  first_.reset();
  EXPECT_THAT(pins(), UnorderedElementsAre("clients", "clients-2"));
}

TEST_F(Succession, LeavesTheLockToTheSuccessorAlone) {
  {
    auto second = share(*first_);
    ASSERT_TRUE(second);
    pin(*second, "clients");
    first_->hand_over(*second->take_over("clients"));
  }
  EXPECT_TRUE(Instance::claim(bpffs_, node_)) << "the first one, which drains, is in nobody's way";
}

TEST_F(Succession, LosesNothingThatIsPreparedWhenTheFirstEndsBefore) {
  auto second = share(*first_);
  ASSERT_TRUE(second);
  pin(*second, "clients");
  first_.reset();
  EXPECT_THAT(pins(), UnorderedElementsAre("clients-next"));
  ASSERT_TRUE(second->take_over("clients"));
  EXPECT_THAT(pins(), UnorderedElementsAre("clients"));
}

TEST_F(Succession, IsOfOneInstanceOnly) {
  auto other = Instance::claim(bpffs_, node_ + "-other");
  ASSERT_TRUE(other);
  const auto shared = Instance::share(bpffs_, node_, UniqueFd(::fcntl(other->lock(), F_DUPFD_CLOEXEC, 0)));
  ASSERT_FALSE(shared);
  EXPECT_THAT(shared.error().text, HasSubstr("is not the directory of the other daemon"));
}

class LayoutVersion : public Succession {
 protected:
  void write(std::uint32_t version) const {
    const UniqueFd map(bpf_obj_get(first_->pin(layout_pin).c_str()));
    const std::uint32_t first = 0;
    ASSERT_EQ(bpf_map_update_elem(map.get(), &first, &version, BPF_ANY), 0);
  }
};

TEST_F(LayoutVersion, IsReadByTheSameVersionAndRefusedByOthers) {
  ASSERT_TRUE(pin_layout(*first_));
  ASSERT_TRUE(pin_layout(*first_)) << "more than one room has pins";
  EXPECT_TRUE(check_layout(first_->path()));
  for (const std::uint32_t other : {REALPEER_LAYOUT_VERSION - 1, REALPEER_LAYOUT_VERSION + 1}) {
    write(other);
    const auto checked = check_layout(first_->path());
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().text, HasSubstr("has maps of layout " + std::to_string(other)));
    EXPECT_THAT(checked.error().text, HasSubstr("realpeer upgrade"));
    const auto found = find_clients(net::Endpoint(boost::asio::ip::make_address("127.0.0.1"), 1));
    ASSERT_FALSE(found) << "whois must not misread it";
    EXPECT_EQ(found.error().text, checked.error().text);
    EXPECT_FALSE(Bans::open(first_->pin(bans_pin)));
  }
}

}  // namespace
}  // namespace realpeer::kernel

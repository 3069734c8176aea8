// What is read of the host, as text in and values out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "kernel/capabilities.h"
#include "kernel/mounts.h"

namespace realpeer::kernel {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* hybrid =
    "22 28 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
    "30 22 0:26 / /sys/fs/cgroup/unified rw,nosuid shared:11 - cgroup2 cgroup2 rw\n"
    "41 22 0:35 / /sys/fs/bpf\\040here rw,nosuid - bpf bpf rw,mode=700\n";

TEST(Mounts, AreFoundByTypeWhereverTheyAre) { EXPECT_EQ(find_mount(hybrid, "cgroup2"), "/sys/fs/cgroup/unified"); }

TEST(Mounts, MayHaveSpacesInTheirPath) { EXPECT_EQ(find_mount(hybrid, "bpf"), "/sys/fs/bpf here"); }

TEST(Mounts, ThatAreNotThereAreNotFound) { EXPECT_EQ(find_mount(hybrid, "tracefs"), std::nullopt); }

TEST(Mounts, OfALineWithoutASeparatorAreSkipped) { EXPECT_EQ(find_mount("bpf bpf bpf\n", "bpf"), std::nullopt); }

TEST(Mounts, OfBpffsMayShowTheDirectoryOfTheDaemonsAlone) {
  constexpr const char* of_a_unit =
      "169 168 0:58 / /sys/fs ro - tmpfs tmpfs rw\n"
      "170 169 0:47 /realpeer /sys/fs/bpf/realpeer rw,nosuid - bpf bpf rw,mode=750\n";
  EXPECT_EQ(find_bpffs(of_a_unit), "/sys/fs/bpf");
  EXPECT_EQ(find_bpffs("170 169 0:47 /realpeer /bpf rw - bpf bpf rw\n"), "/bpf");
  EXPECT_EQ(find_bpffs("170 169 0:47 /other /bpf/realpeer rw - bpf bpf rw\n"), "/bpf/realpeer");
  EXPECT_EQ(find_bpffs("41 22 0:35 / /mnt/realpeer rw - bpf bpf rw\n"), "/mnt/realpeer");
  EXPECT_EQ(find_bpffs(hybrid), "/sys/fs/bpf here");
  EXPECT_EQ(find_bpffs(""), std::nullopt);
}

struct Placed {
  const char* mountinfo;
  const char* cgroups;
  std::optional<std::string> cgroup;
};

// As systemd, containerd and CRI-O mount them, with and without a cgroup namespace (cgroup_namespaces(7)).
TEST(OwnCgroup, IsFoundInTheMountThatShowsIt) {
  const Placed table[] = {
      {hybrid, "9:cpu:/\n0::/\n", "/sys/fs/cgroup/unified"},
      {hybrid, "0::/system.slice/realpeer.service\n", "/sys/fs/cgroup/unified/system.slice/realpeer.service"},
      {"31 22 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
       "60 22 0:26 /../../.. /host/cgroup ro - cgroup2 cgroup2 rw\n",
       "0::/\n", "/sys/fs/cgroup"},
      {"60 22 0:26 /../../.. /host/cgroup ro - cgroup2 cgroup2 rw\n"
       "31 22 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
       "0::/init\n", "/sys/fs/cgroup/init"},
      {"31 22 0:26 /pods/a /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "0::/pods/a\n", "/sys/fs/cgroup"},
      {"31 22 0:26 /pods/a /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "0::/pods/a/b\n", "/sys/fs/cgroup/b"},
      {"31 22 0:26 /pods/a /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "0::/pods/ab\n", std::nullopt},
      {"60 22 0:26 /../.. /host/cgroup ro - cgroup2 cgroup2 rw\n", "0::/\n", std::nullopt},
      {hybrid, "9:cpu:/\n", std::nullopt},
      {"", "0::/\n", std::nullopt},
  };
  for (const auto& row : table) EXPECT_EQ(find_own_cgroup(row.mountinfo, row.cgroups), row.cgroup) << row.mountinfo;
}

TEST(KernelVersion, OfDebianIsNotItsAbi) {
  EXPECT_EQ(parse_version(actual_release("6.1.0-13-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)")),
            (KernelVersion{6, 1, 55}));
  EXPECT_EQ(actual_release("6.18.44-cloud", "#1 SMP Thu Jan  1 00:00:00 UTC 2026"), "6.18.44-cloud");
}

TEST(KernelVersions, AreReadFromReleaseNames) {
  EXPECT_EQ(parse_version("6.1.0-13-amd64"), (KernelVersion{6, 1, 0}));
  EXPECT_EQ(parse_version("6.18.44-cloud"), (KernelVersion{6, 18, 44}));
  EXPECT_EQ(parse_version("7.2"), (KernelVersion{7, 2, 0}));
  EXPECT_EQ(parse_version("unknown"), std::nullopt);
}

TEST(KernelVersions, WithKnownDefectsNameTheRemedy) {
  EXPECT_THAT(known_defects({5, 15, 0}), HasSubstr("6.1.191"));
  EXPECT_THAT(known_defects({6, 1, 190}), HasSubstr("6.1.191"));
  EXPECT_THAT(known_defects({6, 12, 80}), HasSubstr("6.12.81"));
}

TEST(KernelVersions, WithoutKnownDefectsAreFine) {
  EXPECT_THAT(known_defects({6, 1, 191}), IsEmpty());
  EXPECT_THAT(known_defects({6, 12, 81}), IsEmpty());
  EXPECT_THAT(known_defects({6, 18, 0}), IsEmpty());
  EXPECT_THAT(known_defects({7, 0, 0}), IsEmpty());
}

}  // namespace
}  // namespace realpeer::kernel

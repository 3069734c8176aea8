// Whose directories go with a daemon. Any file system will do.
#include "kernel/instance.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "harness/process.h"

namespace realpeer::kernel {
namespace {

namespace fs = std::filesystem;
using realpeer::testing::TemporaryDirectory;

constexpr uid_t kNobody = 65534;

TEST(Instance, RemovesTheDirectoryOfAllDaemonsWithTheLast) {
  const TemporaryDirectory bpffs;
  {
    const auto first = Instance::claim(bpffs.path(), "first");
    ASSERT_TRUE(first) << first.error().text;
    { ASSERT_TRUE(Instance::claim(bpffs.path(), "second")); }
    EXPECT_TRUE(fs::exists(bpffs.path() / "realpeer/first"));
  }
  EXPECT_FALSE(fs::exists(bpffs.path() / "realpeer"));
}

TEST(Instance, LeavesTheDirectoryThatWasMadeForAnotherUser) {
  const TemporaryDirectory bpffs;
  const auto root = bpffs.path() / "realpeer";
  fs::create_directory(root);
  ASSERT_EQ(::chown(root.c_str(), kNobody, kNobody), 0);
  { ASSERT_TRUE(Instance::claim(bpffs.path(), "node")); }
  EXPECT_TRUE(fs::is_empty(root));
}

}  // namespace
}  // namespace realpeer::kernel

// Cgroups of a test's own.
#pragma once

#include <string>

namespace realpeer::testing {

// Where the hierarchy of version 2 is mounted.
std::string cgroup_root();

// rpt-ROLE-PID below the root of the hierarchy, or below another; removed with its owner.
class TestCgroup {
 public:
  explicit TestCgroup(const std::string& role, const std::string& parent = {});
  ~TestCgroup();
  TestCgroup(const TestCgroup&) = delete;
  TestCgroup& operator=(const TestCgroup&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Moves this process into a cgroup, and back; what it starts meanwhile stays there. A socket stays in the cgroup it was
// made in.
class InCgroup {
 public:
  explicit InCgroup(const std::string& path);
  ~InCgroup();
  InCgroup(const InCgroup&) = delete;
  InCgroup& operator=(const InCgroup&) = delete;

 private:
  std::string home_;
};

}  // namespace realpeer::testing

// A node of a cluster, as far as a pod of the gateway's can tell: its root directory, its cgroups and bpffs, and what
// its kubelet and container runtime do with the manifests (kubelet.mjs, crun).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "harness/access_log.h"
#include "harness/cgroup.h"
#include "harness/netns.h"
#include "harness/process.h"

namespace realpeer::testing {

// Gives this process mounts of its own, which end with it, and the hierarchy of cgroup2 where nodes have it. To be
// called before anything is made of either.
void have_mounts_of_a_node();

// Something mounted at a directory, until the owner goes.
class Mounted {
 public:
  Mounted(const std::string& source, std::filesystem::path at, const std::string& type, const std::string& options);
  ~Mounted();
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;

 private:
  std::filesystem::path at_;
};

// A directory of cgroups of a name that matters.
class NamedCgroup {
 public:
  explicit NamedCgroup(std::filesystem::path path);
  ~NamedCgroup();
  NamedCgroup(const NamedCgroup&) = delete;
  NamedCgroup& operator=(const NamedCgroup&) = delete;

  [[nodiscard]] std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Node;

// One pod of the DaemonSet: its init containers have ended well, and its container runs.
class Pod {
 public:
  explicit Pod(const Node& node);
  ~Pod();
  Pod(const Pod&) = delete;
  Pod& operator=(const Pod&) = delete;

  // In the host's namespace of processes.
  [[nodiscard]] pid_t pid() const { return pid_; }
  // Waits until the container's startup probe would pass; throws with what the program wrote if it ends before.
  void wait_until_ready();
  void terminate() const;
  std::optional<Exit> wait(Duration bound) { return process_->wait(bound); }
  [[nodiscard]] const AccessLog& log() const { return *log_; }
  // The daemon's own log.
  [[nodiscard]] std::string messages() const { return process_->errors(); }

 private:
  [[nodiscard]] std::vector<std::string> runtime(std::vector<std::string> command) const;

  const Node& node_;
  NamedCgroup cgroup_;
  std::string container_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<AccessLog> log_;
  pid_t pid_ = 0;
};

class Node {
 public:
  // The node whose network that is, in the cluster of an overlay (edge, production).
  Node(const std::string& overlay, const Netns& netns);

  [[nodiscard]] const Netns& netns() const { return netns_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  // Of a path on the node.
  [[nodiscard]] std::filesystem::path on_node(const std::string& path) const { return root_.path() / path.substr(1); }
  // Where the cgroups of pods are.
  [[nodiscard]] std::string kubepods() const { return kubepods_.path(); }

  void put_secret(const std::string& name, const std::string& key, const std::string& text) const;
  // The cluster's DNS.
  void resolve_by(const std::string& address) const;
  // What the kubelet does with the manifests: makes volumes and bundles, or brings the volumes up to date.
  void apply() const;
  // Of the ConfigMap, from now on.
  void change_configuration(const std::string& from, const std::string& to);

 private:
  const Netns& netns_;
  const std::string name_;
  TemporaryDirectory root_;
  std::filesystem::path manifests_;
  TestCgroup cgroup_;
  NamedCgroup kubepods_;
  std::optional<Mounted> bpffs_;
  std::optional<Mounted> cgroups_;
};

}  // namespace realpeer::testing

#include "kubernetes/node.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include "harness/curl.h"

namespace realpeer::testing {
namespace {

namespace fs = std::filesystem;

constexpr Duration kStarted{20'000};
constexpr const char* kRuntime = "/usr/bin/crun";
constexpr const char* kHierarchy = "/sys/fs/cgroup";

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

std::string unique_name(const std::string& role) {
  static int next = 0;
  return "rpt-" + std::to_string(::getpid()) + "-" + role + "-" + std::to_string(next++);
}

std::string expect_good(const Finished& done, const std::string& what) {
  if (done.code != 0) throw std::runtime_error(what + " failed:\n" + done.output + done.errors);
  return done.output;
}

}  // namespace

void have_mounts_of_a_node() {
  static bool done = false;
  if (std::exchange(done, true)) return;
  if (::unshare(CLONE_NEWNS) < 0) fail("unshare");
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) fail("mount /");
  const auto hierarchy = cgroup_root();
  if (hierarchy == kHierarchy) return;
  if (::mount(hierarchy.c_str(), kHierarchy, nullptr, MS_MOVE, nullptr) < 0) fail("move " + hierarchy);
}

Mounted::Mounted(const std::string& source, fs::path at, const std::string& type, const std::string& options)
    : at_(std::move(at)) {
  fs::create_directories(at_);
  const bool bind = type == "bind";
  if (::mount(source.c_str(), at_.c_str(), bind ? nullptr : type.c_str(), bind ? MS_BIND : 0, options.c_str()) < 0) {
    fail("mount " + at_.string());
  }
}

Mounted::~Mounted() { ::umount2(at_.c_str(), MNT_DETACH); }

NamedCgroup::NamedCgroup(fs::path path) : path_(std::move(path)) { fs::create_directory(path_); }

NamedCgroup::~NamedCgroup() {
  const auto gone = [&] { return ::rmdir(path_.c_str()) == 0 || errno != EBUSY; };
  eventually(gone, Duration{2'000});
}

Node::Node(const std::string& overlay, const Netns& netns)
    : netns_(netns),
      name_(unique_name(overlay)),
      manifests_(fs::path(REALPEER_KUBERNETES) / (overlay + ".yaml")),
      cgroup_("node-" + overlay),
      kubepods_(cgroup_.path() + "/kubepods.slice") {
  // As systemd mounts it: for root alone.
  bpffs_.emplace("bpf", on_node("/sys/fs/bpf"), "bpf", "mode=0700");
  cgroups_.emplace(cgroup_.path(), on_node("/sys/fs/cgroup"), "bind", "");
  resolve_by("127.0.0.1");
  ::setenv("REALPEER_KUBERNETES_PACKAGES", REALPEER_KUBERNETES_PACKAGES, 1);
}

void Node::put_secret(const std::string& name, const std::string& key, const std::string& text) const {
  const auto folder = root_.path() / "secrets" / name;
  fs::create_directories(folder);
  std::ofstream(folder / key) << text;
}

void Node::resolve_by(const std::string& address) const { root_.write("resolv.conf", "nameserver " + address + "\n"); }

void Node::apply() const {
  expect_good(run({REALPEER_NODE, REALPEER_KUBELET, "--manifests", manifests_, "--image", REALPEER_KUBERNETES "/image",
                   "--node", root_.path(), "--host", name_}),
              "kubelet.mjs");
}

void Node::change_configuration(const std::string& from, const std::string& to) {
  auto text = read_file(manifests_);
  const auto found = text.find(from);
  if (found == std::string::npos) throw std::logic_error("the manifests have no " + from);
  manifests_ = root_.write("manifests.yaml", text.replace(found, from.size(), to));
}

Pod::Pod(const Node& node)
    : node_(node), cgroup_(node.kubepods() + "/" + unique_name("pod")), container_(unique_name("container")) {
  node_.apply();
  const InCgroup inside(cgroup_.path());
  const auto bundles = node_.on_node("/bundles");
  expect_good(run(runtime({"run", "--bundle", bundles / "directories", container_}), {.netns = &node_.netns()}),
              "the init container");
  process_ = std::make_unique<Process>(runtime({"run", "--bundle", bundles / "realpeer", container_}),
                                       ProcessOptions{.netns = &node_.netns()});
  log_ = std::make_unique<AccessLog>(process_->output_path());
}

Pod::~Pod() {
  if (::testing::Test::HasFailure() || std::uncaught_exceptions() > 0) {
    std::cerr << "a pod of " << node_.name() << ":\n" << messages() << "its access log:\n" << process_->output();
  }
  run(runtime({"delete", "--force", container_}));
  process_->wait(Duration{5'000});
}

std::vector<std::string> Pod::runtime(std::vector<std::string> command) const {
  // Its cgroup is the one it is started in.
  command.insert(command.begin(), {kRuntime, "--root", node_.on_node("/run/crun"), "--cgroup-manager=disabled"});
  return command;
}

void Pod::wait_until_ready() {
  // A probe may be answered by another pod of the node.
  const auto runs = [&] {
    const auto state = run(runtime({"state", container_}));
    if (state.code != 0) return false;
    const auto said = boost::json::parse(state.output);
    pid_ = static_cast<pid_t>(said.at("pid").as_int64());
    return said.at("status") == "running";
  };
  const auto ready = [&] { return curl(node_.netns(), {.url = "http://127.0.0.1:9901/readyz"}).status == 200; };
  const bool soon = eventually([&] { return !process_->running() || (runs() && ready()); }, kStarted);
  if (!soon || !process_->running()) {
    throw std::runtime_error("the pod is not ready (" + to_string(process_->wait(Duration{0})) + "):\n" + messages());
  }
}

void Pod::terminate() const {
  if (::kill(pid_, SIGTERM) < 0) fail("kill");
}

}  // namespace realpeer::testing

#include "harness/wireguard.h"

#include <net/if.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "harness/wait.h"

namespace realpeer::testing {
namespace {

const std::filesystem::path kSockets = "/var/run/wireguard";
constexpr std::string_view kPrefix = "rpt-";
constexpr const char* kPort = "51820";
// A handshake that is lost is tried again after 5 s.
constexpr Duration kHandshake{20'000};
constexpr Duration kStart{10'000};

std::filesystem::path socket_of(const std::string& interface) { return kSockets / (interface + ".sock"); }

// Control sockets whose test program is gone: rpt-<pid>-<role>.sock.
void clear_leftovers() {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(kSockets, none)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    const auto pid = std::atoi(name.c_str() + kPrefix.size());
    if (pid > 0 && ::kill(pid, 0) < 0 && errno == ESRCH) std::filesystem::remove(entry.path(), none);
  }
}

bool exists(const Netns& netns, const std::string& interface) {
  return in_netns(netns, [&] { return ::if_nametoindex(interface.c_str()) != 0; });
}

std::string without_newline(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// "10.9.0.1/24" is 10.9.0.1/32 to the other end.
std::string hosts(const std::vector<std::string>& addresses) {
  std::string list;
  for (const auto& address : addresses) {
    const bool v6 = address.find(':') != std::string::npos;
    list.append(list.empty() ? "" : ",").append(address.substr(0, address.find('/'))).append(v6 ? "/128" : "/32");
  }
  return list;
}

}  // namespace

std::string wireguard_interface(std::string_view role) {
  clear_leftovers();
  auto name = std::string(kPrefix) + std::to_string(::getpid()) + "-" + std::string(role);
  if (name.size() >= IFNAMSIZ) throw std::invalid_argument(name + " is too long for an interface");
  return name;
}

class WireguardTunnel::Interface {
 public:
  explicit Interface(const WireguardEnd& end)
      : netns_(end.netns),
        name_(end.interface),
        program_(
            {"/usr/bin/env", "WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1", "/usr/bin/wireguard-go", "-f", name_},
            {.netns = &netns_}) {
    const auto answers = [&] { return wg({"show", name_}).code == 0; };
    eventually([&] { return answers() || !program_.running(); }, kStart);
    if (!program_.running() || !answers()) throw std::runtime_error("wireguard-go is not ready:\n" + said());
    const auto made = run({"/bin/sh", "-c", "umask 077; wg genkey | tee " + key() + " | wg pubkey"});
    if (made.code != 0) throw std::runtime_error("wg genkey: " + made.errors);
    public_key_ = without_newline(made.output);
    bring_up(end.addresses);
  }
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;

  ~Interface() {
    if (program_.running()) program_.signal(SIGTERM);
    if (!program_.wait(Duration{5'000})) {
      program_.signal(SIGKILL);
      program_.wait(Duration{5'000});
    }
    if (!eventually([&] { return !exists(netns_, name_); }, Duration{5'000})) {
      std::fprintf(stderr, "leftover interface %s in %s\n", name_.c_str(), netns_.name().c_str());
    }
    std::error_code nothing_there;
    std::filesystem::remove(socket_of(name_), nothing_there);
  }

  [[nodiscard]] const std::string& public_key() const { return public_key_; }
  [[nodiscard]] std::string said() const { return program_.output() + program_.errors(); }

  // What `wg set` takes after the interface's own key.
  void set(std::vector<std::string> words) const {
    words.insert(words.begin(), {"set", name_, "private-key", key()});
    const auto done = wg(std::move(words));
    if (done.code != 0) throw std::runtime_error("wg set: " + done.errors);
  }

  // Whether there was a handshake with its peer: the time of the last one is not 0.
  [[nodiscard]] bool shook_hands() const {
    const auto last = without_newline(wg({"show", name_, "latest-handshakes"}).output);
    return last.find('\t') != std::string::npos && !last.ends_with("\t0");
  }

 private:
  [[nodiscard]] std::string key() const { return (directory_.path() / "key").string(); }

  [[nodiscard]] Finished wg(std::vector<std::string> words) const {
    words.insert(words.begin(), "/usr/bin/wg");
    return run(std::move(words), {.netns = &netns_});
  }

  void bring_up(const std::vector<std::string>& addresses) const {
    std::string lines;
    for (const auto& address : addresses) {
      const bool v6 = address.find(':') != std::string::npos;
      lines.append("addr add ").append(address).append(" dev ").append(name_).append(v6 ? " nodad\n" : "\n");
    }
    in_netns(netns_, [&] { ip_batch(lines + "link set " + name_ + " mtu 1420 up"); });
  }

  const Netns& netns_;
  std::string name_;
  TemporaryDirectory directory_;
  Process program_;
  std::string public_key_;
};

WireguardTunnel::WireguardTunnel(const WireguardEnd& dialling, const WireguardEnd& listening)
    : dialling_(std::make_unique<Interface>(dialling)), listening_(std::make_unique<Interface>(listening)) {
  listening_->set({"listen-port", kPort, "peer", dialling_->public_key(), "allowed-ips", hosts(dialling.addresses)});
  // A keepalive begins the handshake at once: there is no need for a packet.
  const bool v6 = listening.outside.find(':') != std::string::npos;
  dialling_->set({"peer", listening_->public_key(), "endpoint",
                  (v6 ? "[" + listening.outside + "]" : listening.outside) + ":" + kPort, "persistent-keepalive", "5",
                  "allowed-ips", hosts(listening.addresses)});
  if (!eventually([&] { return dialling_->shook_hands() && listening_->shook_hands(); }, kHandshake, Duration{20})) {
    throw std::runtime_error("no handshake between the ends of the tunnel:\n" + dialling_->said() + listening_->said());
  }
}

WireguardTunnel::~WireguardTunnel() = default;

}  // namespace realpeer::testing

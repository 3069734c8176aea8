#include "kernel/attachment.h"

#include <bpf/bpf.h>
#include <gmock/gmock.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

#include "kernel/interface.h"
#include "kernel/judge.h"

namespace realpeer::test {

using kernel::AdmissionMode;
using testing::packet;

std::unique_ptr<kernel::AdmissionObject> load_admission() {
  auto object = kernel::AdmissionObject::load({.sources = 64, .bans = 64});
  if (!object) throw std::runtime_error(object.error().text);
  return std::move(*object);
}

kernel::UniqueFd foreign_program(bpf_prog_type type, const char* name, int verdict) {
  const std::array code{
      bpf_insn{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = verdict},
      bpf_insn{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  return kernel::UniqueFd(bpf_prog_load(type, name, "GPL", code.data(), code.size(), nullptr));
}

AdmissionAttach::AdmissionAttach()
    : topology_(::testing::UnitTest::GetInstance()->current_test_info()->name()),
      listener_(topology_.gateway, testing::endpoint("203.0.113.1:443")),
      inside_(topology_.gateway),
      object_(load_admission()) {
  apply({"198.51.100.0/24"});
}

void AdmissionAttach::apply(const std::vector<std::string>& denied) const {
  const auto applied =
      kernel::apply(*object_, {.listeners = {test::listener("0.0.0.0:443")}, .denied = networks(denied)});
  if (!applied) throw std::runtime_error(applied.error().text);
}

std::string AdmissionAttach::foreseen(const std::string& name) const {
  const auto interface = *kernel::find_interface(name);
  auto words = kernel::foresee_admission(interface, AdmissionMode::automatic).text;
  if (kernel::has_native_xdp(interface)) return words;
  EXPECT_THAT(words, ::testing::HasSubstr("this kernel does not tell"));
  return kernel::AdmissionLink::attach(*object_, name, AdmissionMode::automatic, "rpt-attach")->reason();
}

void AdmissionAttach::send_frame(const testing::Packet& composed) const {
  const testing::Inside inside(topology_.client);
  const kernel::UniqueFd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = static_cast<int>(::if_nametoindex("wan0"));
  const auto bytes = composed.bytes();
  ASSERT_EQ(::sendto(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof(to)),
            static_cast<ssize_t>(bytes.size()));
}

void AdmissionAttach::expect_judging() const {
  const auto admitted = counted(REALPEER_ADMITTED);
  send_syn();
  EXPECT_EQ(counted(REALPEER_ADMITTED), admitted + 1);
  const auto denied = counted(REALPEER_DENIED);
  send_frame(packet().ethernet().ipv4("198.51.100.7", gateway).tcp(443).syn());
  EXPECT_TRUE(testing::eventually([&] { return counted(REALPEER_DENIED) == denied + 1; }, soon));
}

void AdmissionAttach::expect_nothing_attached() const {
  const auto before = *kernel::read_counters(*object_);
  send_syn();
  EXPECT_EQ(*kernel::read_counters(*object_), before);
  EXPECT_EQ(kernel::attached_xdp(*kernel::find_interface("wan0")), std::nullopt);
}

Doomed::Doomed(const std::function<bool()>& attach) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    const char done = attach() ? 'y' : 'n';
    (void)!::write(ends[1], &done, 1);
    for (;;) ::pause();
  }
  ::close(ends[1]);
  char done = 'n';
  (void)!::read(ends[0], &done, 1);
  ::close(ends[0]);
  attached_ = done == 'y';
}

void Doomed::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace realpeer::test

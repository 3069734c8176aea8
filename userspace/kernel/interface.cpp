#include "kernel/interface.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "kernel/fd.h"

namespace realpeer::kernel {
namespace {

constexpr unsigned arphrd_rawip = 519;  // linux/if_arp.h; not in libc's

LinkHeader header_of(unsigned type) {
  switch (type) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK: return LinkHeader::ethernet;
    case ARPHRD_NONE:
    case ARPHRD_PPP:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case arphrd_rawip: return LinkHeader::none;
    default: return LinkHeader::unknown;
  }
}

}  // namespace

Result<Interface> find_interface(const std::string& name) {
  ifreq request{};
  if (name.empty() || name.size() >= IFNAMSIZ) return Error::because("'" + name + "' is no name of an interface");
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return describe("cannot ask about interface " + name, errno);
  if (::ioctl(socket.get(), SIOCGIFINDEX, &request) != 0) {
    if (errno == ENODEV) return Error::because("there is no interface " + name + " (`ip link` lists them)");
    return describe("cannot ask about interface " + name, errno);
  }
  Interface interface { .name = name, .index = request.ifr_ifindex };
  if (::ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0) return describe("cannot ask about interface " + name, errno);
  interface.header = header_of(request.ifr_hwaddr.sa_family);
  return interface;
}

std::optional<int> index_of(const std::string& name) {
  const unsigned index = ::if_nametoindex(name.c_str());
  if (index == 0) return std::nullopt;
  return static_cast<int>(index);
}

std::vector<Interface> interfaces() {
  const std::unique_ptr<struct if_nameindex, decltype(&::if_freenameindex)> list(::if_nameindex(), ::if_freenameindex);
  std::vector<Interface> found;
  if (list == nullptr) return found;
  for (const auto* entry = list.get(); entry->if_index != 0; ++entry) {
    if (std::strcmp(entry->if_name, "lo") == 0) continue;
    // One that has gone meanwhile is left out.
    if (auto interface = find_interface(entry->if_name)) found.push_back(std::move(*interface));
  }
  return found;
}

Program describe_program(std::uint32_t id) {
  Program program{.id = id, .name = {}, .native = false};
  const UniqueFd fd(bpf_prog_get_fd_by_id(id));
  bpf_prog_info info{};
  std::uint32_t length = sizeof(info);
  if (fd.valid() && bpf_obj_get_info_by_fd(fd.get(), &info, &length) == 0) program.name = info.name;
  return program;
}

std::optional<Program> attached_xdp(const Interface& interface) {
  LIBBPF_OPTS(bpf_xdp_query_opts, query);
  if (bpf_xdp_query(interface.index, 0, &query) != 0) return std::nullopt;
  // With programs in several modes there is no prog_id.
  for (const auto id : {query.prog_id, query.drv_prog_id, query.hw_prog_id, query.skb_prog_id}) {
    if (id == 0) continue;
    Program program = describe_program(id);
    program.native = id != query.skb_prog_id;
    return program;
  }
  return std::nullopt;
}

}  // namespace realpeer::kernel

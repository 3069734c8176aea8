#include "kernel/peer_names.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <peername.skel.h>
#include <sys/vfs.h>

#include <cerrno>
#include <optional>

#include "kernel/mounts.h"
#include "kernel/per_cpu.h"
#include "kernel/tcp_state.h"

namespace realpeer::kernel {
namespace {

Result<std::string> cgroup_or_root(const std::string& cgroup) {
  return cgroup.empty() ? cgroup2_mount() : Result<std::string>(cgroup);
}

UniqueFd open_directory(int at, const char* path) {
  return UniqueFd(::openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool is_cgroup(const UniqueFd& directory) {
  struct statfs filesystem {};
  return directory.valid() && ::fstatfs(directory.get(), &filesystem) == 0 && filesystem.f_type == CGROUP2_SUPER_MAGIC;
}

// Where another hierarchy is mounted as well, its directories look alike, and the kernel says no more than EBADF.
Result<UniqueFd> open_cgroup(const std::string& path) {
  UniqueFd directory = open_directory(AT_FDCWD, path.c_str());
  if (!directory.valid()) return describe("cannot open cgroup " + path, errno);
  if (is_cgroup(directory)) return directory;
  const auto mount = cgroup2_mount();
  return Error::because(path + " is no directory of the cgroup2 hierarchy" +
                        (mount ? ", which is at " + *mount : std::string()));
}

struct Attachment {
  bpf_program* program;
  bpf_attach_type type;
  std::string_view what;
};

// The names are told before they are taken: a socket that has one answers with it from the start.
std::array<Attachment, 3> attachments(const peername_bpf* skeleton) {
  return {Attachment{skeleton->progs.tell_name_ipv4, BPF_CGROUP_INET4_GETPEERNAME, "getpeername4"},
          Attachment{skeleton->progs.tell_name_ipv6, BPF_CGROUP_INET6_GETPEERNAME, "getpeername6"},
          Attachment{skeleton->progs.take_name, BPF_CGROUP_SOCK_OPS, "sock_ops"}};
}

Error cannot_load(int error) {
  const bool denied = error == EPERM || error == EACCES;
  return describe(
      std::string("cannot load the peername programs") +
          (denied ? " (needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON, or root)" : " (log: {level: debug} has more)"),
      error);
}

std::string name_of_program(std::uint32_t id) {
  const UniqueFd program(bpf_prog_get_fd_by_id(id));
  bpf_prog_info info{};
  std::uint32_t length = sizeof(info);
  if (!program.valid() || bpf_obj_get_info_by_fd(program.get(), &info, &length) != 0) return "?";
  return info.name;
}

// What of a type is attached to one cgroup: how, and the first of them.
struct Attached {
  std::uint32_t flags = 0;
  std::uint32_t count = 0;
  std::uint32_t first = 0;  // id
};

Attached attached_to(const UniqueFd& cgroup, bpf_attach_type type) {
  std::array<std::uint32_t, 64> ids{};
  Attached attached{.count = ids.size()};
  if (bpf_prog_query(cgroup.get(), type, 0, &attached.flags, ids.data(), &attached.count) != 0) return {};
  attached.first = ids[0];
  return attached;
}

std::string describe_program(std::uint32_t id) {
  return "'" + name_of_program(id) + "' (id " + std::to_string(id) + ")";
}

// A program that lets no other in beside it, or below (kernel/bpf/cgroup.c, hierarchy_allows_attach).
std::optional<std::string> exclusive_program(const UniqueFd& cgroup, bpf_attach_type type) {
  const Attached own = attached_to(cgroup, type);
  if ((own.flags & BPF_F_ALLOW_MULTI) != 0) return std::nullopt;
  if (own.count > 0) return describe_program(own.first);
  for (auto above = open_directory(cgroup.get(), ".."); is_cgroup(above); above = open_directory(above.get(), "..")) {
    const Attached theirs = attached_to(above, type);
    if ((theirs.flags & BPF_F_ALLOW_MULTI) != 0) return std::nullopt;
    if (theirs.count == 0) continue;
    if ((theirs.flags & BPF_F_ALLOW_OVERRIDE) != 0) return std::nullopt;
    return describe_program(theirs.first);
  }
  return std::nullopt;
}

Error cannot_attach(const Attachment& attachment, const std::string& cgroup, const UniqueFd& directory, int error) {
  std::string text = "cannot attach the peername program for " + std::string(attachment.what) + " to cgroup " + cgroup;
  if (const auto other = exclusive_program(directory, attachment.type)) {
    text +=
        " (program " + *other + " is attached there or above and lets no other in: attach it with BPF_F_ALLOW_MULTI)";
  } else if (error == EPERM) {
    text += " (needs CAP_BPF and CAP_NET_ADMIN, or root)";
  }
  return describe(text, error);
}

}  // namespace

std::string_view to_string(NameDelivery delivery) {
  switch (delivery) {
    case NameDelivery::delivered: return "delivered";
    case NameDelivery::under_way: return "under_way";
    case NameDelivery::undelivered: return "undelivered";
    case NameDelivery::inexpressible: return "inexpressible";
  }
  return "unknown";
}

Result<std::unique_ptr<PeerNames>> PeerNames::attach(const DatapathObject& object, const std::string& cgroup) {
  auto path = cgroup_or_root(cgroup);
  if (!path) return path.error();
  const auto directory = open_cgroup(*path);
  if (!directory) return directory.error();

  peername_bpf* skeleton = peername_bpf__open();
  if (skeleton == nullptr) return describe("cannot open the peername object", errno);
  std::unique_ptr<PeerNames> names(new PeerNames(object, skeleton, *path));
  int failed = bpf_map__reuse_fd(skeleton->maps.in_flight, object.in_flight());
  if (failed == 0) failed = bpf_map__reuse_fd(skeleton->maps.namings, object.namings());
  if (failed != 0) return describe("cannot share maps with the peername programs", -failed);
  failed = peername_bpf__load(skeleton);
  if (failed != 0) return cannot_load(-failed);

  auto* link = names->links_.begin();
  for (const auto& attachment : attachments(skeleton)) {
    LIBBPF_OPTS(bpf_link_create_opts, options);
    *link = UniqueFd(bpf_link_create(bpf_program__fd(attachment.program), directory->get(), attachment.type, &options));
    if (!link->valid()) return cannot_attach(attachment, *path, *directory, errno);
    ++link;
  }
  return names;
}

PeerNames::~PeerNames() {
  for (auto& link : links_) link.reset();
  peername_bpf__destroy(skeleton_);
}

NameDelivery PeerNames::delivery(int socket) const {
  // Asked first: what the other side did after its handshake, it did after taking the name.
  const bool answered = is_answered(socket);
  const auto cookie = socket_cookie(socket);
  realpeer_attempt attempt{};
  // Each turn but the last needs the connection to be closing just now.
  for (int turn = 0; turn < 100; ++turn) {
    if (bpf_map_lookup_elem(object_.attempts(), &socket, &attempt) != 0) return NameDelivery::undelivered;
    switch (attempt.outcome) {
      case REALPEER_NAME_DELIVERED: return NameDelivery::delivered;
      case REALPEER_NAME_INEXPRESSIBLE: return NameDelivery::inexpressible;
      case REALPEER_NAME_IN_FLIGHT: break;
      case REALPEER_NAME_CLOSING: continue;
      default: return NameDelivery::undelivered;
    }
    realpeer_named named{};
    const bool there = bpf_map_lookup_elem(object_.in_flight(), &attempt.syn, &named) == 0;
    // Once ours is taken, a SYN that looks the same can put its own in that place.
    if (there && named.state >> 8 == cookie) {
      const std::uint64_t state = named.state & 0xff;
      if (state == REALPEER_NAME_INEXPRESSIBLE) return NameDelivery::inexpressible;
      return answered || state == REALPEER_NAME_AMBIGUOUS ? NameDelivery::undelivered : NameDelivery::under_way;
    }
    // Taken: by the backend's socket, unless this one began to close meanwhile.
    if (bpf_map_lookup_elem(object_.attempts(), &socket, &attempt) != 0) return NameDelivery::undelivered;
    if (attempt.outcome == REALPEER_NAME_IN_FLIGHT) return NameDelivery::delivered;
  }
  return NameDelivery::under_way;
}

Result<NameCounters> PeerNames::counters() const {
  return sum_per_cpu<REALPEER_NAMES_COUNT>(object_.namings(), "the counters of names");
}

Finding examine_peer_names(const std::string& cgroup) {
  Finding finding{.question = "identity: peername", .yes = false, .detail = {}, .remedy = {}};
  const auto path = cgroup_or_root(cgroup);
  if (!path) {
    finding.detail = path.error().text;
    finding.remedy = "mount it; backends are told by cgroup programs";
    return finding;
  }
  const auto directory = open_cgroup(*path);
  if (!directory) {
    finding.detail = directory.error().text;
    finding.remedy = "name a cgroup that is there";
    return finding;
  }
  peername_bpf* skeleton = peername_bpf__open();
  if (skeleton == nullptr) {
    finding.detail = describe("cannot open the peername object", errno).text;
    return finding;
  }
  const std::unique_ptr<peername_bpf, decltype(&peername_bpf__destroy)> owner(skeleton, peername_bpf__destroy);
  if (const int failed = peername_bpf__load(skeleton)) {
    finding.detail = cannot_load(-failed).text;
    finding.remedy = "run as root, on a kernel with BTF and CONFIG_CGROUP_BPF, 6.1 or newer";
    return finding;
  }
  for (const auto& attachment : attachments(skeleton)) {
    if (const auto other = exclusive_program(*directory, attachment.type)) {
      finding.detail = "program " + *other + " for " + std::string(attachment.what) + " lets no other into " + *path;
      finding.remedy = "attach it with BPF_F_ALLOW_MULTI, or name another cgroup";
      return finding;
    }
  }
  finding.yes = true;
  finding.detail = is_cgroup_root(*path) ? "for every backend of this host (" + *path + ")"
                                         : "for backends in " + *path + " and below only";
  return finding;
}

}  // namespace realpeer::kernel

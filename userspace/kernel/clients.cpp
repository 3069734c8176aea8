#include "kernel/clients.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "kernel/layout.h"
#include "kernel/mounts.h"
#include "kernel/tcp_state.h"

namespace realpeer::kernel {
namespace {

void store(const net::Endpoint& endpoint, std::uint8_t (&address)[16], std::uint16_t& port) {
  std::ranges::copy(net::mapped_v6(endpoint.address()).to_bytes(), std::begin(address));
  port = htons(endpoint.port());
}

net::Endpoint load(const std::uint8_t (&address)[16], std::uint16_t port) {
  boost::asio::ip::address_v6::bytes_type bytes{};
  std::ranges::copy(address, bytes.begin());
  return net::unmapped(net::Endpoint(boost::asio::ip::address_v6(bytes), ntohs(port)));
}

RecordedClient recorded(const std::string& instance, const realpeer_connection& key, const realpeer_client& value) {
  return {.instance = instance,
          .source = load(key.source, key.source_port),
          .destination = load(key.destination, key.destination_port),
          .client = load(value.client, value.client_port),
          .peer = load(value.peer, value.peer_port),
          .client_source = value.source,
          .trusted = value.trusted != 0};
}

void append_matches(const std::string& instance, int map, const net::Endpoint& source,
                    std::vector<RecordedClient>& found) {
  realpeer_connection key{};
  realpeer_connection next{};
  const realpeer_connection* previous = nullptr;
  // An entry deleted under the walk makes the kernel start over: the bound keeps a busy map from holding us.
  for (std::uint64_t steps = 0; steps < 100'000'000; ++steps) {
    if (bpf_map_get_next_key(map, previous, &next) != 0) return;
    key = next;
    previous = &key;
    if (load(key.source, key.source_port) != source) continue;
    realpeer_client value{};
    if (bpf_map_lookup_elem(map, &key, &value) == 0) found.push_back(recorded(instance, key, value));
  }
}

// The map of the daemon, and those of daemons that it took over from and that have connections left.
std::vector<std::string> client_pins(const std::string& instance) {
  std::vector<std::string> pins{instance + "/" + clients_pin};
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(instance, ignored)) {
    const std::string path = entry.path();
    if (path.starts_with(pins.front() + "-") && !path.ends_with("-next")) pins.push_back(path);
  }
  return pins;
}

Result<void> look_into(const std::string& pin, const std::string& instance, const net::Endpoint& source,
                       std::vector<RecordedClient>& found) {
  const UniqueFd map(bpf_obj_get(pin.c_str()));
  if (!map.valid()) {
    if (errno == ENOENT) return {};  // on its way in or out
    return describe("cannot open " + pin + " (needs CAP_BPF, or root)", errno);
  }
  bpf_map_info info{};
  std::uint32_t length = sizeof(info);
  if (bpf_obj_get_info_by_fd(map.get(), &info, &length) != 0) return describe("cannot ask about " + pin, errno);
  if (info.key_size != sizeof(realpeer_connection) || info.value_size != sizeof(realpeer_client)) {
    return Error::because(pin + " has the layout of another version of realpeer");
  }
  append_matches(instance, map.get(), source, found);
  return {};
}

}  // namespace

Result<std::unique_ptr<ClientMap>> ClientMap::attach(const DatapathObject& object, const DaemonCgroup& cgroup,
                                                     const Instance& instance) {
  std::unique_ptr<ClientMap> map(new ClientMap(object));
  if (auto pinned = pin_layout(instance); !pinned) return pinned.error();
  if (bpf_obj_pin(object.clients(), instance.new_pin(clients_pin).c_str()) != 0) {
    return describe("cannot pin the client map at " + instance.pin(clients_pin), errno);
  }
  LIBBPF_OPTS(bpf_link_create_opts, options);
  const int link = bpf_link_create(object.record_client(), cgroup.fd(), BPF_CGROUP_SOCK_OPS, &options);
  if (link < 0) return describe("cannot attach the client recorder to cgroup " + cgroup.path(), errno);
  map->link_ = UniqueFd(link);
  return map;
}

bool ClientMap::expect(int socket, const realpeer_client& client) {
  const auto cookie = socket_cookie(socket);
  return cookie && bpf_map_update_elem(object_.pending(), &*cookie, &client, BPF_ANY) == 0;
}

void ClientMap::forget(int socket) {
  if (const auto cookie = socket_cookie(socket)) bpf_map_delete_elem(object_.pending(), &*cookie);
}

Result<std::vector<RecordedClient>> find_clients(const net::Endpoint& source) {
  const auto bpffs = existing_bpffs();
  if (!bpffs) return Error::because("no bpffs is mounted here, hence no realpeer records clients on this host");
  std::vector<RecordedClient> found;
  for (const auto& instance : living_instances(*bpffs)) {
    const std::string directory = *bpffs + "/realpeer/" + instance;
    if (auto read = check_layout(directory); !read) return read.error();
    for (const auto& pin : client_pins(directory)) {
      if (auto looked = look_into(pin, instance, net::unmapped(source), found); !looked) return looked.error();
    }
  }
  return found;
}

realpeer_client make_client(const net::Endpoint& client, const net::Endpoint& peer, realpeer_client_source source,
                            bool trusted) {
  realpeer_client value{};
  store(client, value.client, value.client_port);
  store(peer, value.peer, value.peer_port);
  value.source = static_cast<std::uint8_t>(source);
  value.trusted = trusted ? 1 : 0;
  return value;
}

}  // namespace realpeer::kernel

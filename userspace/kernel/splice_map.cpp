#include "kernel/splice_map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include "kernel/tcp_state.h"

namespace realpeer::kernel {

Result<std::unique_ptr<SpliceMap>> SpliceMap::create(const DatapathObject& object) {
  std::unique_ptr<SpliceMap> map(new SpliceMap(object));
  const std::uint32_t slots = object.sizes().connections;
  map->mapped_bytes_ = std::size_t{2} * slots * sizeof(realpeer_direction);
  void* mapped = ::mmap(nullptr, map->mapped_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, object.directions(), 0);
  if (mapped == MAP_FAILED) return describe("cannot map the direction array", errno);
  map->directions_ = static_cast<realpeer_direction*>(mapped);
  map->free_slots_.reserve(slots);
  for (std::uint32_t slot = slots; slot > 0; --slot) map->free_slots_.push_back(slot - 1);
  return map;
}

SpliceMap::~SpliceMap() {
  if (directions_ != nullptr) ::munmap(directions_, mapped_bytes_);
}

Result<SplicedPair> SplicedPair::insert(SpliceMap& map, int client, int backend, std::uint32_t worker,
                                        std::uint64_t pending_in, std::uint64_t pending_out) {
  std::unique_lock lock(map.mutex_);
  if (map.free_slots_.empty()) return Error::because("the socket map is full");
  const std::uint32_t slot = map.free_slots_.back();
  map.free_slots_.pop_back();
  lock.unlock();

  SplicedPair pair(map, slot);
  *pair.in() = {};
  *pair.out() = {};
  pair.in()->passed = pending_in;
  pair.out()->passed = pending_out;
  if (!pair.add_routes(client, backend, worker)) return describe("cannot add a route", errno);
  const auto client_fd = static_cast<std::uint64_t>(client);
  if (bpf_map_update_elem(map.object_.sockets(), &pair.client_cookie_, &client_fd, BPF_NOEXIST) != 0) {
    return describe("cannot insert the client's socket", errno);
  }
  // From here on the client's socket stays in the map until it is closed: its verdict may have passed bytes already,
  // and leaving the map would lose them.
  const auto backend_fd = static_cast<std::uint64_t>(backend);
  pair.backend_inserted_ =
      bpf_map_update_elem(map.object_.sockets(), &pair.backend_cookie_, &backend_fd, BPF_NOEXIST) == 0;
  return pair;
}

bool SplicedPair::add_routes(int client, int backend, std::uint32_t worker) {
  const auto client_cookie = socket_cookie(client);
  const auto backend_cookie = socket_cookie(backend);
  if (!client_cookie || !backend_cookie) return false;
  client_cookie_ = *client_cookie;
  backend_cookie_ = *backend_cookie;
  const int routes = map_->object_.routes();
  const realpeer_route in{.target = backend_cookie_, .index = 2 * slot_, .worker = worker};
  const realpeer_route out{.target = client_cookie_, .index = 2 * slot_ + 1, .worker = worker};
  return bpf_map_update_elem(routes, &client_cookie_, &in, BPF_NOEXIST) == 0 &&
         bpf_map_update_elem(routes, &backend_cookie_, &out, BPF_NOEXIST) == 0;
}

SplicedPair::SplicedPair(SplicedPair&& other) noexcept
    : map_(std::exchange(other.map_, nullptr)),
      slot_(other.slot_),
      client_cookie_(other.client_cookie_),
      backend_cookie_(other.backend_cookie_),
      backend_inserted_(other.backend_inserted_) {}

SplicedPair::~SplicedPair() {
  if (map_ == nullptr) return;
  if (client_cookie_ != 0) bpf_map_delete_elem(map_->object_.routes(), &client_cookie_);
  if (backend_cookie_ != 0) bpf_map_delete_elem(map_->object_.routes(), &backend_cookie_);
  const std::lock_guard lock(map_->mutex_);
  map_->free_slots_.push_back(slot_);
}

realpeer_direction* SplicedPair::in() const { return &map_->directions_[std::size_t{2} * slot_]; }
realpeer_direction* SplicedPair::out() const { return &map_->directions_[std::size_t{2} * slot_ + 1]; }

Result<std::unique_ptr<BrakeEvents>> BrakeEvents::create(SpliceMap& map, std::uint32_t worker,
                                                         std::function<void(std::uint32_t)> on_brake) {
  static constexpr std::uint32_t ring_bytes = 256 * 1024;  // as struct event_ring in bpf/maps.h
  std::unique_ptr<BrakeEvents> events(new BrakeEvents(std::move(on_brake)));
  events->ring_ = UniqueFd(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "realpeer_brakes", 0, 0, ring_bytes, nullptr));
  if (!events->ring_.valid()) return describe("cannot create a ring buffer", errno);
  const int ring = events->ring_.get();
  if (bpf_map_update_elem(map.object_.events(), &worker, &ring, BPF_ANY) != 0) {
    return describe("cannot install a ring buffer", errno);
  }
  events->reader_ = ring_buffer__new(ring, on_record, events.get(), nullptr);
  if (events->reader_ == nullptr) return describe("cannot map a ring buffer", errno);
  return events;
}

BrakeEvents::~BrakeEvents() { ring_buffer__free(reader_); }

void BrakeEvents::consume() { ring_buffer__consume(reader_); }

int BrakeEvents::on_record(void* self, void* data, std::size_t size) {
  auto& events = *static_cast<BrakeEvents*>(self);
  if (size < sizeof(realpeer_event)) return 0;
  events.on_brake_(static_cast<realpeer_event*>(data)->index / 2);
  return 0;
}

}  // namespace realpeer::kernel

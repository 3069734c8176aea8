// The kernel side of spliced connections: slots of shared state, and the socket map.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "bpf/shared.h"
#include "kernel/fd.h"
#include "kernel/object.h"
#include "kernel/result.h"

struct ring_buffer;

namespace realpeer::kernel {

// Thread-safe; one for the daemon. Outlives every SplicedPair and BrakeEvents made from it.
class SpliceMap {
 public:
  static Result<std::unique_ptr<SpliceMap>> create(const DatapathObject& object);
  SpliceMap(const SpliceMap&) = delete;
  SpliceMap& operator=(const SpliceMap&) = delete;
  ~SpliceMap();

 private:
  friend class SplicedPair;
  friend class BrakeEvents;
  explicit SpliceMap(const DatapathObject& object) : object_(object) {}

  const DatapathObject& object_;
  realpeer_direction* directions_ = nullptr;  // mapped, 2 per slot
  std::size_t mapped_bytes_ = 0;
  std::mutex mutex_;
  std::vector<std::uint32_t> free_slots_;  // guarded by mutex_
};

// The two sockets of one connection in the map, and their slot.
//
// Destroy it after both sockets are closed: close() waits, by the socket lock, for a verdict that runs, and none can
// start later; only then may slot and routes go to another connection (net/core/sock_map.c, sock_map_close).
class SplicedPair {
 public:
  // Inserts client, then backend. Fails, having inserted neither, when the map is full or the client's socket is no
  // longer ESTABLISHED. A backend that is no longer ESTABLISHED is left out: see backend_inserted(). `pending_in` and
  // `pending_out` bytes were read by userspace and are not yet written: they count as passed.
  static Result<SplicedPair> insert(SpliceMap& map, int client, int backend, std::uint32_t worker,
                                    std::uint64_t pending_in, std::uint64_t pending_out);

  SplicedPair(SplicedPair&& other) noexcept;
  SplicedPair& operator=(SplicedPair&&) = delete;
  SplicedPair(const SplicedPair&) = delete;
  SplicedPair& operator=(const SplicedPair&) = delete;
  ~SplicedPair();

  // Client to backend, and the way back: shared with the verdict.
  [[nodiscard]] realpeer_direction* in() const;
  [[nodiscard]] realpeer_direction* out() const;
  [[nodiscard]] std::uint32_t slot() const { return slot_; }
  [[nodiscard]] bool backend_inserted() const { return backend_inserted_; }

 private:
  SplicedPair(SpliceMap& map, std::uint32_t slot) : map_(&map), slot_(slot) {}
  bool add_routes(int client, int backend, std::uint32_t worker);

  SpliceMap* map_;
  std::uint32_t slot_;
  std::uint64_t client_cookie_ = 0;
  std::uint64_t backend_cookie_ = 0;
  bool backend_inserted_ = false;
};

// One worker's ring buffer of brakes.
class BrakeEvents {
 public:
  // `on_brake` gets the slot of a pair one of whose directions passes bytes that wait. It may be called for a pair
  // that passes none (any more), and for a slot that has gone to another pair, or to none.
  static Result<std::unique_ptr<BrakeEvents>> create(SpliceMap& map, std::uint32_t worker,
                                                     std::function<void(std::uint32_t)> on_brake);
  BrakeEvents(const BrakeEvents&) = delete;
  BrakeEvents& operator=(const BrakeEvents&) = delete;
  ~BrakeEvents();

  [[nodiscard]] int fd() const { return ring_.get(); }  // readable when there are events
  void consume();

 private:
  explicit BrakeEvents(std::function<void(std::uint32_t)> on_brake) : on_brake_(std::move(on_brake)) {}
  static int on_record(void* self, void* data, std::size_t size);

  std::function<void(std::uint32_t)> on_brake_;
  UniqueFd ring_;
  ring_buffer* reader_ = nullptr;
};

}  // namespace realpeer::kernel

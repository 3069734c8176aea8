// Owner of the loaded BPF object: maps, programs, and the verdict's attachment to the socket map.
#pragma once

#include <cstdint>
#include <memory>

#include "kernel/result.h"

struct datapath_bpf;
struct bpf_map;

namespace realpeer::kernel {

class DatapathObject {
 public:
  struct Sizes {
    std::uint32_t connections = 0;  // spliced or recorded at once
    std::uint32_t workers = 0;
    std::uint64_t splice_credit = 0;  // bytes
    std::uint32_t names = 0;          // of `connections`, those whose backend is told by getpeername; 0: none can be
  };

  // Loads the programs and attaches the verdict; everything is undone when any step fails.
  static Result<std::unique_ptr<DatapathObject>> load(const Sizes& sizes);

  DatapathObject(const DatapathObject&) = delete;
  DatapathObject& operator=(const DatapathObject&) = delete;
  ~DatapathObject();

  [[nodiscard]] const Sizes& sizes() const { return sizes_; }
  // Descriptors of the maps of bpf/maps.h.
  [[nodiscard]] int sockets() const;
  [[nodiscard]] int routes() const;
  [[nodiscard]] int directions() const;
  [[nodiscard]] int events() const;
  [[nodiscard]] int pending() const;
  [[nodiscard]] int clients() const;
  // Of bpf/naming_maps.h and bpf/naming.h.
  [[nodiscard]] int in_flight() const;
  [[nodiscard]] int attempts() const;
  [[nodiscard]] int namings() const;
  // Descriptor of the sock_ops program.
  [[nodiscard]] int record_client() const;

 private:
  DatapathObject(datapath_bpf* skeleton, const Sizes& sizes) : skeleton_(skeleton), sizes_(sizes) {}

  datapath_bpf* skeleton_;
  Sizes sizes_;
};

// Sends libbpf's own messages to the log: its warnings as debug, since every failure is also returned in words.
void log_libbpf_messages();

}  // namespace realpeer::kernel

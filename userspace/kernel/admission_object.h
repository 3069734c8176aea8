// Owner of the loaded admission programs and their maps. Attaches nothing.
#pragma once

#include <cstdint>
#include <memory>

#include "kernel/result.h"

struct admission_bpf;

namespace realpeer::kernel {

class AdmissionObject {
 public:
  struct Sizes {
    std::uint32_t sources = 65'536;  // whose rate is known at once; some 100 bytes each, taken at load
    std::uint32_t bans = 65'536;     // some 100 bytes each, as they are added
  };

  static Result<std::unique_ptr<AdmissionObject>> load(const Sizes& sizes);

  AdmissionObject(const AdmissionObject&) = delete;
  AdmissionObject& operator=(const AdmissionObject&) = delete;
  ~AdmissionObject();

  // Descriptors of the maps of bpf/admission_maps.h.
  [[nodiscard]] int listeners() const;
  [[nodiscard]] int networks() const;
  [[nodiscard]] int syn_rates() const;
  [[nodiscard]] int sources() const;
  [[nodiscard]] int bans() const;
  [[nodiscard]] int counters() const;
  // Descriptors of the programs of bpf/admission.bpf.c.
  [[nodiscard]] int admit_xdp() const;
  [[nodiscard]] int admit_tc() const;
  [[nodiscard]] int admit_tc_l3() const;

  // The generation that holds, 0 or 1: shared with the programs.
  [[nodiscard]] std::uint32_t& generation() const;

 private:
  explicit AdmissionObject(admission_bpf* skeleton) : skeleton_(skeleton) {}

  admission_bpf* skeleton_;
};

}  // namespace realpeer::kernel

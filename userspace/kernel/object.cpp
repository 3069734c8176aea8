#include "kernel/object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <datapath.skel.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>

namespace realpeer::kernel {
namespace {

int log_message(libbpf_print_level level, const char* format, va_list arguments) {
  if (level == LIBBPF_DEBUG) return 0;
  std::array<char, 1024> line{};
  const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
  std::string_view text(line.data());
  while (text.ends_with('\n')) text.remove_suffix(1);
  spdlog::debug("{}", text);
  return length;
}

int set_sizes(datapath_bpf* skeleton, const DatapathObject::Sizes& sizes) {
  const auto& maps = skeleton->maps;
  skeleton->rodata->splice_credit = sizes.splice_credit;
  int failed = bpf_map__set_max_entries(maps.sockets, 2 * sizes.connections);
  if (failed == 0) failed = bpf_map__set_max_entries(maps.routes, 2 * sizes.connections);
  if (failed == 0) failed = bpf_map__set_max_entries(maps.directions, 2 * sizes.connections);
  if (failed == 0) failed = bpf_map__set_max_entries(maps.events, sizes.workers);
  if (failed == 0) failed = bpf_map__set_max_entries(maps.pending, sizes.connections);
  // A closing socket keeps its entry a little longer than its connection counts against the limit.
  if (failed == 0) failed = bpf_map__set_max_entries(maps.clients, 2 * sizes.connections);
  if (failed == 0) failed = bpf_map__set_max_entries(maps.in_flight, std::max(1U, 2 * sizes.names));
  return failed;
}

}  // namespace

void log_libbpf_messages() { libbpf_set_print(log_message); }

Result<std::unique_ptr<DatapathObject>> DatapathObject::load(const Sizes& sizes) {
  datapath_bpf* skeleton = datapath_bpf__open();
  if (skeleton == nullptr) return describe("cannot open the BPF object", errno);
  std::unique_ptr<DatapathObject> object(new DatapathObject(skeleton, sizes));

  if (const int failed = set_sizes(skeleton, sizes)) return describe("cannot size the BPF maps", -failed);
  if (const int failed = datapath_bpf__load(skeleton)) {
    const bool denied = failed == -EPERM || failed == -EACCES;
    return describe(
        std::string("cannot load the BPF programs") +
            (denied ? " (needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON, or root)" : " (log: {level: debug} has more)"),
        -failed);
  }
  if (bpf_prog_attach(bpf_program__fd(skeleton->progs.splice_verdict), object->sockets(), BPF_SK_SKB_STREAM_VERDICT,
                      0) != 0) {
    return describe("cannot attach the splice verdict to its socket map", errno);
  }
  return object;
}

DatapathObject::~DatapathObject() { datapath_bpf__destroy(skeleton_); }

int DatapathObject::sockets() const { return bpf_map__fd(skeleton_->maps.sockets); }
int DatapathObject::routes() const { return bpf_map__fd(skeleton_->maps.routes); }
int DatapathObject::directions() const { return bpf_map__fd(skeleton_->maps.directions); }
int DatapathObject::events() const { return bpf_map__fd(skeleton_->maps.events); }
int DatapathObject::pending() const { return bpf_map__fd(skeleton_->maps.pending); }
int DatapathObject::clients() const { return bpf_map__fd(skeleton_->maps.clients); }
int DatapathObject::in_flight() const { return bpf_map__fd(skeleton_->maps.in_flight); }
int DatapathObject::attempts() const { return bpf_map__fd(skeleton_->maps.attempts); }
int DatapathObject::namings() const { return bpf_map__fd(skeleton_->maps.namings); }
int DatapathObject::record_client() const { return bpf_program__fd(skeleton_->progs.record_client); }

}  // namespace realpeer::kernel

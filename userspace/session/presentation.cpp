#include "session/presentation.h"

#include <algorithm>

#include "proxy_protocol/encode.h"
#include "proxy_protocol/wire.h"

namespace realpeer::session {

namespace {

using proxy_protocol::Tlv;
namespace wire = proxy_protocol::wire;

bool has(const std::vector<Tlv>& tlvs, std::uint8_t type) {
  return std::ranges::find(tlvs, type, &Tlv::type) != tlvs.end();
}

bool passes(const config::Tlvs& tlvs, std::uint8_t type) {
  // Of the header it came in: a checksum over other bytes, and padding.
  if (type == wire::type_crc32c || type == wire::type_noop) return false;
  return tlvs.pass_all || std::ranges::find(tlvs.pass_types, type) != tlvs.pass_types.end();
}

}  // namespace

std::vector<Tlv> outgoing_tlvs(const config::Tlvs& tlvs, const Presented& presented) {
  std::vector<Tlv> out;
  const auto believed = [&presented](std::uint8_t type) -> std::string_view {
    const auto found = std::ranges::find(presented.believed, type, &Tlv::type);
    return found == presented.believed.end() ? std::string_view() : found->value;
  };
  const auto send = [&out](std::uint8_t type, std::string_view first_choice, std::string_view second_choice) {
    const auto value = first_choice.empty() ? second_choice : first_choice;
    if (!value.empty()) out.push_back({type, std::string(value)});
  };
  // First: it has its place however long the rest is.
  if (tlvs.crc32c) out.push_back({wire::type_crc32c, {}});
  if (tlvs.authority) send(wire::type_authority, presented.server_name, believed(wire::type_authority));
  if (tlvs.alpn) send(wire::type_alpn, presented.protocol, believed(wire::type_alpn));
  // An id that was given on the way here is kept: it is how a connection is followed along a chain.
  if (tlvs.unique_id) send(wire::type_unique_id, believed(wire::type_unique_id), presented.made_id);
  const std::vector<Tlv> own = out;
  for (const Tlv& tlv : presented.believed) {
    if (passes(tlvs, tlv.type) && !has(own, tlv.type)) out.push_back(tlv);
  }
  return out;
}

std::string presentation(const config::Backend& backend, const Presented& presented) {
  using proxy_protocol::Version;
  if (!config::sends_header(backend.identity)) return {};
  const auto version = backend.identity == config::Identity::proxy_v1 ? Version::v1 : Version::v2;
  auto header = proxy_protocol::make_proxy_header(version, presented.client, presented.destination);
  if (backend.tlvs.any()) header.tlvs = outgoing_tlvs(backend.tlvs, presented);
  return proxy_protocol::encode(header);
}

}  // namespace realpeer::session

#include <array>

#include "config/files.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace realpeer::config {

namespace {

Parsed<TlsVersion> parse_tls_version(std::string_view text) {
  constexpr std::array versions{TlsVersion::v1_2, TlsVersion::v1_3};
  return parse_enum(text, versions);
}

Parsed<std::string> parse_file(std::string_view text) {
  if (!text.empty() && !text.ends_with('/')) return {boost::system::in_place_value, text};
  return Problem{quoted(text) + " is no file: write the path of a PEM file"};
}

// One of the two alone is an error that names the other.
std::optional<CertificateFiles> read_files(Report& report, const MapReader& map, int line) {
  if (map.is_map() && !map.mentions("certificate") && !map.mentions("key")) {
    map.report_missing("certificate", "name PEM files, as in certificate: wildcard.pem and key: wildcard.key");
    return std::nullopt;
  }
  const Value* certificate =
      map.require("certificate", "name the PEM file of the chain, as in certificate: wildcard.pem");
  const Value* key = map.require("key", "name the PEM file of the certificate's key, as in key: wildcard.key");
  const auto certificate_path = certificate == nullptr ? std::nullopt : read_scalar(report, *certificate, parse_file);
  const auto key_path = key == nullptr ? std::nullopt : read_scalar(report, *key, parse_file);
  if (!certificate_path || !key_path) return std::nullopt;
  return CertificateFiles{beside(report, *certificate_path), beside(report, *key_path), report.place(line)};
}

// A single pair beside the other settings, or a list of pairs.
void read_certificates(Report& report, const MapReader& map, const Value& tls, Tls& settings) {
  const auto add = [&settings](std::optional<CertificateFiles> files) {
    if (files) settings.certificates.push_back(std::move(*files));
  };
  const bool single = map.mentions("certificate") || map.mentions("key");
  const Value* list = map.find("certificates");
  if (list == nullptr) {
    if (!map.mentions("certificates")) add(read_files(report, map, tls.line));
    return;
  }
  if (single) {
    report.error(list->line, list->message("cannot stand beside 'certificate' and 'key': move those into the list"));
    return;
  }
  const auto items = read_items(report, *list);
  if (items.empty() && list->node.IsSequence()) {
    report.error(list->line, list->message("is empty: list at least one { certificate: FILE, key: FILE }"));
  }
  for (const Value& item : items) {
    add(read_files(report, MapReader(report, item, keys::certificate, item.path + "."), item.line));
  }
}

}  // namespace

void read_tls(Report& report, const MapReader& listener_map, std::optional<Tls>& tls) {
  const Value* value = listener_map.find("tls");
  if (value == nullptr) return;
  Tls& settings = tls.emplace();
  settings.place = report.place(value->line);
  const MapReader map(report, *value, keys::tls, "tls.");
  if (!map.is_map()) return;
  read_certificates(report, map, *value, settings);
  map.read("min_version", settings.least, parse_tls_version);
  map.read("handshake_timeout", settings.handshake_timeout, duration_within(ranges::handshake));
}

}  // namespace realpeer::config

#include "tls/certificate.h"

#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <string_view>

#include "tls/server_names.h"

namespace realpeer::tls {

namespace {

namespace ip = boost::asio::ip;

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

template <typename Address>
std::string address_text(std::string_view bytes) {
  typename Address::bytes_type raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return Address(raw).to_string();
}

// Empty for what is neither a DNS name nor an address.
std::string text_of(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) return normal_name(bytes_of(name.d.dNSName));
  if (name.type != GEN_IPADD) return {};
  const std::string_view bytes = bytes_of(name.d.iPAddress);
  if (bytes.size() == ip::address_v4::bytes_type{}.size()) return address_text<ip::address_v4>(bytes);
  if (bytes.size() == ip::address_v6::bytes_type{}.size()) return address_text<ip::address_v6>(bytes);
  return {};
}

std::string common_name(const X509& certificate) {
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  return normal_name(bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
}

}  // namespace

std::vector<std::string> names_of(const X509& certificate) {
  std::vector<std::string> names;
  const AlternativeNames alternative(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  const auto add = [&names](std::string name) {
    if (!name.empty()) names.push_back(std::move(name));
  };
  for (int i = 0; i < sk_GENERAL_NAME_num(alternative.get()); ++i) {
    add(text_of(*sk_GENERAL_NAME_value(alternative.get(), i)));
  }
  if (names.empty()) add(common_name(certificate));
  return names;
}

std::chrono::system_clock::time_point expiry_of(const X509& certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

}  // namespace realpeer::tls

#include "session/certificates.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <optional>

namespace realpeer::session {

namespace {

using std::chrono::system_clock;

// What a renewal that failed unnoticed leaves of thirty days.
constexpr std::chrono::hours soon{24 * 14};

double days_left(const tls::ServerCertificate& certificate) {
  using Days = std::chrono::duration<double, std::ratio<86'400>>;
  return Days(certificate.expires - system_clock::now()).count();
}

// "1 day", "13 days"; begun ones do not count.
std::string in_days(double days) {
  const auto whole = static_cast<long>(std::floor(std::abs(days)));
  return fmt::format("{} {}", whole, whole == 1 ? "day" : "days");
}

// "2026-12-05, in 13 days".
std::string when(const tls::ServerCertificate& certificate) {
  const double days = days_left(certificate);
  const std::string distance = days < 0 ? in_days(days) + " ago" : "in " + in_days(days);
  return fmt::format("{:%Y-%m-%d}, {}", fmt::gmtime(system_clock::to_time_t(certificate.expires)), distance);
}

// The warning about a certificate that clients refuse, or soon will.
std::optional<std::string> warning(const tls::ServerCertificate& certificate) {
  if (certificate.expires - system_clock::now() > soon) return std::nullopt;
  const bool expired = days_left(certificate) < 0;
  return fmt::format("certificate '{}' {} on {}{}: renew it", certificate.file, expired ? "expired" : "expires",
                     when(certificate), expired ? ", and clients refuse it" : "");
}

tls::KeyPair pair_of(const config::CertificateFiles& files) { return {files.certificate, files.key}; }

tls::ServerSettings settings_of(const config::Listener& listener) {
  tls::ServerSettings settings{
      .pairs = {}, .only_tls_1_3 = listener.tls->least == config::TlsVersion::v1_3, .session_id = listener.name};
  for (const auto& files : listener.tls->certificates) settings.pairs.push_back(pair_of(files));
  return settings;
}

void check_pair(const config::CertificateFiles& files, std::vector<config::Diagnostic>& found) {
  const auto loaded = tls::ServerContext::load({.pairs = {pair_of(files)}});
  if (!loaded) {
    found.push_back({files.place, config::Severity::error, loaded.error().text});
  } else if (auto text = warning((*loaded)->certificates().front())) {
    found.push_back({files.place, config::Severity::warning, std::move(*text)});
  }
}

void log_loaded(const config::Listener& listener, const tls::ServerContext& context) {
  for (const auto& certificate : context.certificates()) {
    spdlog::info("listener '{}': certificate '{}' for {}, until {}", listener.name, certificate.file,
                 certificate.names.empty() ? "no name" : fmt::format("{}", fmt::join(certificate.names, ", ")),
                 when(certificate));
    if (const auto text = warning(certificate)) spdlog::warn("listener '{}': {}", listener.name, *text);
  }
}

}  // namespace

std::vector<config::Diagnostic> check_certificates(const config::Config& config) {
  std::vector<config::Diagnostic> found;
  for (const auto& listener : config.listeners) {
    if (!listener.tls) continue;
    for (const auto& files : listener.tls->certificates) check_pair(files, found);
  }
  return found;
}

boost::system::result<std::unique_ptr<Certificates>, config::Diagnostic> Certificates::load(
    const config::Config& config) {
  std::unique_ptr<Certificates> certificates(new Certificates(config.listeners.size()));
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const config::Listener& listener = config.listeners[i];
    if (!listener.tls) continue;
    const auto loaded = tls::ServerContext::load(settings_of(listener));
    if (!loaded) {
      const auto& place = listener.tls->certificates[loaded.error().pair].place;
      return config::Diagnostic{place, config::Severity::error, loaded.error().text};
    }
    log_loaded(listener, **loaded);
    certificates->contexts_[i] = *loaded;
  }
  return certificates;
}

std::vector<CertificateStatus> Certificates::status(const config::Config& config) const {
  std::vector<CertificateStatus> found;
  for (std::size_t i = 0; i < contexts_.size(); ++i) {
    if (contexts_[i] == nullptr) continue;
    for (const auto& certificate : contexts_[i]->certificates()) {
      found.push_back({config.listeners[i].name, certificate.file, certificate.names, days_left(certificate)});
    }
  }
  return found;
}

}  // namespace realpeer::session

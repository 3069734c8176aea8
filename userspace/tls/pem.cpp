#include "tls/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace realpeer::tls {

namespace {

constexpr std::size_t max_file = 1U << 20;  // bytes: the longest chains have some 20 KiB

PemProblem about(std::string_view what, const std::string& file, std::string_view text) {
  return {std::string(what) + " '" + file + "' " + std::string(text)};
}

PemProblem unreadable(std::string_view what, const std::string& file, const std::string& cause) {
  return about(what, file, "cannot be read: " + cause + ": name a PEM file that the daemon may read");
}

boost::system::result<std::string, PemProblem> read_text(std::string_view what, const std::string& file) {
  std::error_code failed;
  const auto status = std::filesystem::status(file, failed);
  if (failed) return unreadable(what, file, failed.message());
  // A pipe would be waited for.
  if (!std::filesystem::is_regular_file(status)) return unreadable(what, file, "it is no regular file");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) return unreadable(what, file, std::generic_category().message(errno));
  std::string text(max_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return unreadable(what, file, std::generic_category().message(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_file) return unreadable(what, file, "it is larger than 1 MiB");
  return {boost::system::in_place_value, std::move(text)};
}

Bio reader_of(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

// What stands behind the last object, where OpenSSL looks for no other.
bool ends_with_garbage(std::string_view text) {
  const auto end = text.rfind("-----END ");
  const auto line_end = text.find('\n', end == std::string_view::npos ? 0 : end);
  return line_end != std::string_view::npos && text.find_first_not_of(" \t\r\n", line_end) != std::string_view::npos;
}

// OpenSSL passes over lines that it does not know for the beginning of an object, and so over a certificate whose
// first line is damaged.
bool is_whole(std::string_view text, std::size_t certificates) {
  return count(text, "CERTIFICATE-----") == 2 * certificates && !ends_with_garbage(text);
}

// A callback that gives no password, and says that one was asked for.
int refuse_password(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

}  // namespace

std::string take_error() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "for no reason it tells" : reason;
}

boost::system::result<std::vector<Certificate>, PemProblem> read_chain(const std::string& file) {
  const auto text = read_text("certificate", file);
  if (!text) return text.error();
  const Bio reader = reader_of(*text);
  std::vector<Certificate> chain;
  while (Certificate next{PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)}) chain.push_back(std::move(next));
  const bool no_more = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string why = take_error();
  if (no_more && is_whole(*text, chain.size()) && !chain.empty()) return chain;
  if (chain.empty() && no_more) {
    return about("certificate", file,
                 "holds no certificate in PEM (-----BEGIN CERTIFICATE-----): name the chain's file");
  }
  const std::string which = std::to_string(chain.size() + 1);
  return about("certificate", file,
               "cannot be read to its end: certificate " + which + " is damaged, or other text follows" +
                   (no_more ? "" : " (" + why + ")") + ": write the chain anew, the server's own certificate first");
}

boost::system::result<PrivateKey, PemProblem> read_key(const std::string& file) {
  const auto text = read_text("key", file);
  if (!text) return text.error();
  const Bio reader = reader_of(*text);
  bool encrypted = false;
  PrivateKey key(PEM_read_bio_PrivateKey(reader.get(), nullptr, refuse_password, &encrypted));
  const std::string why = take_error();
  if (key != nullptr) return key;
  if (encrypted) {
    return about("key", file, "is encrypted: write it without a password, as with openssl pkey -in FILE -out FILE");
  }
  if (text->find("PRIVATE KEY-----") == std::string::npos) {
    return about("key", file, "holds no private key in PEM (-----BEGIN PRIVATE KEY-----): name the key's file");
  }
  return about("key", file, "is damaged (" + why + "): write the key anew");
}

}  // namespace realpeer::tls

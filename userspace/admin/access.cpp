#include "admin/access.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/url/parse.hpp>
#include <fstream>

namespace realpeer::admin {

namespace {

constexpr std::size_t least_token = 16;
constexpr std::size_t most_token = 512;

bool is_token(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// In the same time wherever they differ.
bool equal(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

bool knows(std::string_view token, std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  return boost::istarts_with(authorization, scheme) && equal(authorization.substr(scheme.size()), token);
}

bool is_own_name(std::string_view host) {
  const auto authority = boost::urls::parse_authority(host);
  if (!authority) return false;
  if (authority->host_type() != boost::urls::host_type::name) return true;
  return boost::iequals(authority->host(), "localhost");
}

}  // namespace

boost::system::result<std::string, std::string> read_token(const std::string& path) {
  std::ifstream file(path);
  std::string text(most_token + 2, '\0');
  if (!file || !file.read(text.data(), static_cast<std::streamsize>(text.size())).eof()) {
    return {boost::system::in_place_error,
            path + " cannot be read, or is too long: it must hold the token that requests are to bring"};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  std::string token = boost::trim_copy(text);
  if (token.size() < least_token || token.size() > most_token || !is_token(token)) {
    return {boost::system::in_place_error,
            path + " must hold one line of 16 to 512 visible characters, as `openssl rand -hex 32` makes"};
  }
  return {boost::system::in_place_value, std::move(token)};
}

boost::system::result<Access, config::Diagnostic> access_to(const config::Admin& admin) {
  Access access{.by_socket = std::holds_alternative<std::string>(admin.bind)};
  if (admin.token_file.empty()) return access;
  auto token = read_token(admin.token_file);
  if (!token) return config::Diagnostic{.place = admin.token_place, .text = "admin.token_file " + token.error()};
  access.token = std::move(*token);
  return access;
}

std::optional<Page> refuse(const Access& access, const PageMaker& page, const Credentials& credentials) {
  if (page.for_everyone) return std::nullopt;
  if (!access.token.empty()) {
    if (knows(access.token, credentials.authorization)) return std::nullopt;
    return Page{.status = 401, .body = "this needs the token of admin.token_file: Authorization: Bearer TOKEN\n"};
  }
  if (access.by_socket || is_own_name(credentials.host)) return std::nullopt;
  return Page{.status = 403,
              .body = "ask by address or as localhost; other names are answered only with admin.token_file\n"};
}

}  // namespace realpeer::admin

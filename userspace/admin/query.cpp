#include "admin/query.h"

#include <boost/lexical_cast/try_lexical_convert.hpp>

namespace realpeer::admin {

namespace {

// Digits alone: a sign would be taken for a very large number.
bool read_number(const std::string& text, std::uint64_t& number) {
  return text.find_first_not_of("0123456789") == std::string::npos &&
         boost::conversion::try_lexical_convert(text, number);
}

}  // namespace

boost::system::result<std::size_t, std::string> read_limit(const Query& query) {
  const auto found = query.find("limit");
  if (found == query.end()) return session::Looking().limit;
  std::uint64_t limit = 0;
  if (!read_number(found->second, limit) || limit == 0 || limit > most_listed) {
    return "limit is a number from 1 to " + std::to_string(most_listed);
  }
  return limit;
}

boost::system::result<session::Looking, std::string> read_looking(const Query& query) {
  session::Looking looking;
  const auto limit = read_limit(query);
  if (!limit) return limit.error();
  looking.limit = *limit;
  for (const auto& [name, value] : query) {
    if (name == "state") {
      if (value != "live" && value != "ended") return std::string("state is live or ended");
      looking.ended = value == "ended";
    } else if (name == "q") {
      looking.text = value;
    } else if (name == "listener") {
      looking.listener = value;
    } else if (name == "id") {
      if (!read_number(value, looking.id.emplace())) return std::string("id is the number of a connection");
    } else if (name != "limit") {
      return "there is no parameter '" + name + "'; there are state, limit, q, listener, id";
    }
  }
  return looking;
}

}  // namespace realpeer::admin

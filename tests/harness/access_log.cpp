#include "harness/access_log.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "harness/process.h"

namespace realpeer::testing {

const boost::json::value& Record::at(std::string_view field) const {
  const auto* value = fields_.if_contains(field);
  if (value == nullptr)
    throw std::runtime_error("no field " + std::string(field) + " in " + boost::json::serialize(fields_));
  return *value;
}

std::string Record::text(std::string_view field) const {
  const auto& value = at(field);
  return value.is_null() ? std::string() : boost::json::value_to<std::string>(value);
}

std::uint64_t Record::number(std::string_view field) const { return boost::json::value_to<std::uint64_t>(at(field)); }

bool Record::boolean(std::string_view field) const { return at(field).as_bool(); }

std::ostream& operator<<(std::ostream& out, const Record& record) {
  return out << boost::json::serialize(record.fields());
}

std::vector<Record> AccessLog::records() const {
  std::vector<Record> result;
  const auto text = read_file(path_);
  for (std::size_t start = 0, end = 0; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
    const auto line = text.substr(start, end - start);
    boost::json::error_code error;
    auto value = boost::json::parse(line, error);
    if (error || !value.is_object()) throw std::runtime_error("not a JSON object in the access log: " + line);
    result.emplace_back(std::move(value.as_object()));
  }
  return result;
}

Record AccessLog::wait_for_record(const std::function<bool(const Record&)>& predicate, Duration bound) const {
  const auto found = eventually_get(
      [&]() -> std::optional<Record> {
        const auto all = records();
        const auto match = std::find_if(all.begin(), all.end(), predicate);
        if (match == all.end()) return std::nullopt;
        return *match;
      },
      bound);
  if (!found) throw std::runtime_error("no such record in the access log:\n" + read_file(path_));
  return *found;
}

}  // namespace realpeer::testing

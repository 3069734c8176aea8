// Reads the documents of the admin listener. What is missing, null or of another kind than expected is empty, so that a
// document of another version is shown as far as it is known.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace realpeer::admin_client {

class Fields {
 public:
  // The object outlives it; null: of no object.
  explicit Fields(const boost::json::object* object) : object_(object) {}
  explicit Fields(const boost::json::object& object) : object_(&object) {}

  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] double number(std::string_view name) const;  // counts are exact up to 2^53
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] bool is_null(std::string_view name) const;  // or missing
  [[nodiscard]] Fields fields(std::string_view name) const;
  // The objects in a list.
  [[nodiscard]] std::vector<Fields> list(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  // The numbers of this object with their names, in order.
  [[nodiscard]] std::vector<std::pair<std::string, double>> numbers() const;
  [[nodiscard]] double sum() const;  // of numbers()

 private:
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;

  const boost::json::object* object_;
};

}  // namespace realpeer::admin_client

#include "admin_client/fields.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace realpeer::admin_client {

namespace json = boost::json;

const json::value* Fields::find(std::string_view name) const {
  return object_ == nullptr ? nullptr : object_->if_contains(name);
}

std::string Fields::text(std::string_view name) const {
  const auto* value = find(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

double Fields::number(std::string_view name) const {
  const auto* value = find(name);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

bool Fields::flag(std::string_view name) const {
  const auto* value = find(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

bool Fields::is_null(std::string_view name) const {
  const auto* value = find(name);
  return value == nullptr || value->is_null();
}

Fields Fields::fields(std::string_view name) const {
  const auto* value = find(name);
  return Fields(value == nullptr ? nullptr : value->if_object());
}

std::vector<Fields> Fields::list(std::string_view name) const {
  const auto* value = find(name);
  const auto* array = value == nullptr ? nullptr : value->if_array();
  std::vector<Fields> found;
  if (array == nullptr) return found;
  for (const auto& item : *array) {
    if (const auto* object = item.if_object()) found.emplace_back(object);
  }
  return found;
}

std::vector<std::string> Fields::texts(std::string_view name) const {
  const auto* value = find(name);
  const auto* array = value == nullptr ? nullptr : value->if_array();
  std::vector<std::string> found;
  if (array == nullptr) return found;
  for (const auto& item : *array) {
    if (const auto* text = item.if_string()) found.emplace_back(*text);
  }
  return found;
}

std::vector<std::pair<std::string, double>> Fields::numbers() const {
  std::vector<std::pair<std::string, double>> found;
  if (object_ == nullptr) return found;
  for (const auto& [name, value] : *object_) {
    if (value.is_number()) found.emplace_back(name, value.to_number<double>());
  }
  return found;
}

double Fields::sum() const {
  double all = 0;
  for (const auto& [name, number] : numbers()) all += number;
  return all;
}

}  // namespace realpeer::admin_client

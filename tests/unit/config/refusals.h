// Configurations that are refused, for tests: each with the one error it has.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "unit/config/written.h"

namespace realpeer::config {

struct Refusal {
  const char* name;
  std::string text;
  std::string problem;  // the only one, without the file's name: "LINE: error: TEXT"
};

// The name stands for the case where GoogleTest would print the bytes.
inline void PrintTo(const Refusal& shown, std::ostream* out) { *out << shown.name; }

// Its one test, WithLineAndRemedy, stands in errors_test.cpp; each theme has a file of cases.
class LoadRefuses : public ::testing::TestWithParam<Refusal> {};

inline std::string name_of(const ::testing::TestParamInfo<Refusal>& test) { return test.param.name; }

inline const std::string no_name =
    " cannot be a name: write 1 to 63 letters, digits, '.', '_' or '-', and not '.' or '..'";
inline const std::string map_remedy = " must be a map: write 'KEY: VALUE' lines below it, or '{ }'";
inline const std::string list_remedy = " must be a list: write each item after '- ', or all of them in '[ ]'";
inline const std::string no_value = " has no value: give it one, or remove the key";

}  // namespace realpeer::config

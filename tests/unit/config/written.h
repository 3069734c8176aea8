// Configurations composed for tests: a whole one that is right, with a place for the lines a test is about.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"

namespace realpeer::config::written {

// `lines` are lines 1 and on.
inline std::string with_root(const std::string& lines) {
  return lines +
         "\n"
         "listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\n"
         "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n";
}

// `lines`, indented by two, are lines 5 and on.
inline std::string with_listener(const std::string& lines) {
  return "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n"
         "listeners:\n"
         "- name: a\n"
         "  bind: 192.0.2.9:80\n" +
         lines + "\n";
}

inline std::string with_routed_listener(const std::string& lines) {
  return with_listener(lines + "\n  route: { backend: b }");
}

// `lines`, indented by two, are lines 5 and on; one of them is the route.
inline std::string with_listener_to_xff(const std::string& lines) {
  return "backends: { b: { endpoints: ['10.0.0.7:80'], identity: xff } }\n"
         "listeners:\n"
         "- name: a\n"
         "  bind: 192.0.2.9:80\n" +
         lines + "\n";
}

// A listener that routes every request to b; `lines`, indented by two, are lines 6 and on.
inline std::string with_http_listener(const std::string& lines) {
  return with_listener_to_xff("  route: { http: [{ backend: b }] }\n" + lines);
}

// `rules`, items indented by four, are lines 7 and on.
inline std::string with_rules(const std::string& rules) {
  return with_listener_to_xff("  route:\n    http:\n" + rules);
}

// `lines`, indented by four, are lines 4 and on.
inline std::string with_backend(const std::string& lines) {
  return "listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\n"
         "backends:\n"
         "  b:\n" +
         lines + "\n";
}

inline std::vector<std::string> problems(const std::string& text) {
  std::vector<std::string> found;
  for (const Diagnostic& diagnostic : load_text(text, "t.yaml").diagnostics) found.push_back(diagnostic.to_string());
  return found;
}

}  // namespace realpeer::config::written

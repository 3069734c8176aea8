// realpeer import FILE…: manifests of Gateway API and Envoy Gateway as a configuration, and a report of the rest.
#include <gflags/gflags.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "commands/commands.h"
#include "commands/diagnostics.h"
#include "config/files.h"
#include "config/load.h"
#include "config/scalars.h"
#include "config/spelling.h"
#include "import/translate.h"

DECLARE_bool(json);
DEFINE_string(output, "", "import: the file to write the configuration to; standard output by default");
DEFINE_string(namespace, "default", "import: the namespace of objects that name none");
DEFINE_string(trusted_cidrs, "", "import: who may send headers to listeners that read them, with commas between them");
DEFINE_string(endpoint, "", "import: NAMESPACE/SERVICE:PORT=HOST:PORT, where a Service is; may be repeated");
DEFINE_string(gateway, "", "import: [NAMESPACE/]NAME, a Gateway to translate; may be repeated; all by default");
DEFINE_string(bind_address, "0.0.0.0", "import: the address that listeners bind to");
DEFINE_string(cluster_domain, "cluster.local", "import: the domain of Services' names");
DEFINE_string(certificates, "tls", "import: the folder with NAMESPACE/SECRET/tls.crt and tls.key");

namespace realpeer::commands {

namespace {

using config::Parsed;
using config::Problem;
using config::quoted;
using importing::File;
using importing::Options;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    const auto begin = part.find_first_not_of(' ');
    if (begin != std::string::npos) parts.push_back(part.substr(begin, part.find_last_not_of(' ') - begin + 1));
  }
  return parts;
}

// "NAMESPACE/NAME" of a name that may be without.
std::string qualified(const std::string& name) {
  return name.find('/') == std::string::npos ? FLAGS_namespace + "/" + name : name;
}

Parsed<std::string> read_bind_address() {
  const bool v6 = FLAGS_bind_address.find(':') != std::string::npos && !FLAGS_bind_address.starts_with('[');
  const std::string address = v6 ? "[" + FLAGS_bind_address + "]" : FLAGS_bind_address;
  if (net::parse_endpoint(address + ":1")) return {boost::system::in_place_value, address};
  return Problem{"--bind_address: " + quoted(FLAGS_bind_address) + " is no address"};
}

Parsed<void> read_endpoint(const std::string& text, Options& options) {
  const auto equals = text.find('=');
  const std::string service = qualified(text.substr(0, equals));
  if (equals == std::string::npos || service.find(':') == std::string::npos) {
    return Problem{"--endpoint: " + quoted(text) + " is not NAMESPACE/SERVICE:PORT=HOST:PORT"};
  }
  const auto address = config::parse_endpoint_spec(text.substr(equals + 1));
  if (!address) return Problem{"--endpoint: " + address.error().text};
  options.endpoints[service] = text.substr(equals + 1);
  return {};
}

Parsed<Options> read_options() {
  Options options{.cluster_domain = FLAGS_cluster_domain, .certificates = FLAGS_certificates};
  const auto bind = read_bind_address();
  if (!bind) return bind.error();
  options.bind_address = *bind;
  for (const std::string& text : split(FLAGS_trusted_cidrs)) {
    const auto cidr = net::Cidr::parse(text);
    if (!cidr) return Problem{"--trusted_cidrs: " + cidr.error()};
    options.trusted_cidrs.push_back(cidr->to_string());
  }
  for (const std::string& text : split(FLAGS_endpoint)) {
    if (const auto read = read_endpoint(text, options); !read) return read.error();
  }
  for (const std::string& name : split(FLAGS_gateway)) options.gateways.push_back(qualified(name));
  return options;
}

std::string called(const std::string& name) { return name == "-" ? "stdin" : name; }

std::vector<File> read_files(Arguments names, importing::Findings& findings) {
  std::vector<File> files;
  for (const std::string& name : names) {
    if (name == "-") {
      files.push_back({called(name), {std::istreambuf_iterator<char>(std::cin), {}}});
    } else if (auto text = config::read_file(name)) {
      files.push_back({name, std::move(*text)});
    } else {
      findings.error({name, 0}, text.error().text);
    }
  }
  return files;
}

// What the operator named and no manifest has is most often a typing mistake.
void report_unknown(const importing::Translation& translation, const config::Place& place,
                    importing::Findings& findings) {
  for (const std::string& name : translation.unknown_gateways) {
    findings.error(place, "--gateway: there is no Gateway " + quoted(name));
  }
  for (const std::string& name : translation.unused_endpoints) {
    findings.warn(place, "--endpoint: no route leads to " + quoted(name));
  }
}

std::vector<std::string> head_of(Arguments names, const config::Loaded& report) {
  std::string files;
  for (const std::string& name : names) files += " " + name;
  std::vector<std::string> head{"Written by `realpeer import" + files + "`."};
  if (!report.ok()) head.emplace_back("INCOMPLETE: the manifests have errors, and what these are about is left out.");
  return head;
}

// A configuration that does not load would be this program's mistake, or a name that nothing could be made of.
void hold_against_the_loader(const std::string& text, config::Loaded& report) {
  const std::string name = FLAGS_output.empty() ? "stdout" : FLAGS_output;
  std::vector<config::Diagnostic> errors = config::load_text(text, name).diagnostics;
  std::erase_if(errors, [](const config::Diagnostic& one) { return one.severity != config::Severity::error; });
  report.files.push_back(name);
  report.add(std::move(errors));
}

bool write_output(const std::string& text) {
  std::ofstream file(FLAGS_output, std::ios::trunc);
  file << text;
  file.close();
  if (file) return true;
  std::cerr << FLAGS_output << ":0: error: cannot be written: " << std::generic_category().message(errno) << '\n';
  return false;
}

void print_json(const config::Loaded& report, const std::string& text) {
  boost::json::object all{{"ok", report.ok()}, {"diagnostics", to_json(report.diagnostics)}};
  if (FLAGS_output.empty()) all["configuration"] = text;
  std::cout << boost::json::serialize(all) << '\n';
}

void print_report(const config::Loaded& report) {
  for (const config::Diagnostic& diagnostic : report.diagnostics) std::cerr << diagnostic.to_string() << '\n';
}

}  // namespace

int import_manifests(Arguments arguments) {
  if (arguments.empty()) return usage_error("import needs manifests: name their files, or - for stdin");
  const auto options = read_options();
  if (!options) return usage_error(options.error().text);
  importing::Findings findings;
  const auto files = read_files(arguments, findings);
  const auto manifests = importing::read_manifests(files, FLAGS_namespace, findings);
  const auto translation = importing::translate(manifests, *options, findings);
  report_unknown(translation, {called(arguments.front()), 0}, findings);

  config::Loaded report;
  for (const File& file : files) report.files.push_back(file.name);
  if (!translation.draft.is_whole()) {
    findings.error({called(arguments.front()), 0}, "nothing to serve: no listener of a Gateway leads to a backend");
  }
  report.add(findings.all());
  std::string text;
  if (translation.draft.is_whole()) {
    text = importing::write(translation.draft, head_of(arguments, report));
    hold_against_the_loader(text, report);
  }
  if (FLAGS_json) {
    print_json(report, text);
  } else {
    print_report(report);
    if (FLAGS_output.empty()) std::cout << text;
  }
  if (!FLAGS_output.empty() && !text.empty() && !write_output(text)) return 2;
  return report.ok() ? 0 : 2;
}

}  // namespace realpeer::commands

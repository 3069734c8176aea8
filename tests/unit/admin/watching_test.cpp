// The alerts and the dashboard ask for what the daemon tells, and for nothing else.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <regex>

#include "admin/metrics.h"
#include "harness/process.h"
#include "harness/promql.h"

namespace realpeer::admin {
namespace {

namespace json = boost::json;
using testing::Exposition;
using testing::Matcher;
using testing::Query;
using testing::Selector;

const std::filesystem::path kDeploy =
    std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path() / "scripts" / "deploy";

// What a daemon tells where everything is configured and has happened.
Exposition everything() {
  observe::ListenerTally tally;
  for (std::size_t i = 1; i < tally.rejected.size(); ++i) tally.rejected[i] = 1;
  for (auto& version : tally.headers) {
    for (auto& count : version) count = 1;
  }
  for (auto& count : tally.requests) count = 1;
  return testing::read_exposition(metrics({.listeners = {{"https", &tally}},
                                           .endpoints = {{"web", "10.0.0.7:80", true}},
                                           .admission = kernel::AdmissionCounters{},
                                           .names = kernel::NameCounters{},
                                           .certificates = {{"https", "a.pem", {}, 1}}}));
}

// A query, and where it stands; what is shown of its answer.
struct Asked {
  std::string place;
  std::string query;
  std::string shown;
};

std::vector<Asked> queries_of_rules() {
  std::vector<Asked> found;
  const auto rules = YAML::LoadFile((kDeploy / "prometheus" / "realpeer.rules.yml").string());
  for (const auto& group : rules["groups"]) {
    for (const auto& rule : group["rules"]) {
      const auto& notes = rule["annotations"];
      found.push_back({rule["alert"].as<std::string>(), rule["expr"].as<std::string>(),
                       notes["summary"].as<std::string>() + notes["description"].as<std::string>()});
    }
  }
  return found;
}

json::value dashboard() { return json::parse(testing::read_file(kDeploy / "grafana" / "realpeer.json")); }

std::string text(const json::value& value) { return std::string(value.as_string()); }

std::vector<Asked> queries_of_dashboard() {
  std::vector<Asked> found;
  const auto document = dashboard();
  for (const auto& panel : document.at("panels").as_array()) {
    const auto* targets = panel.as_object().if_contains("targets");
    if (targets == nullptr) continue;
    for (const auto& target : targets->as_array()) {
      found.push_back({text(panel.at("title")), text(target.at("expr")), text(target.at("legendFormat"))});
    }
  }
  return found;
}

// Those that the labels of every target have, whatever it is.
bool of_prometheus(const std::string& label) { return label == "job" || label == "instance"; }

// Whose values are an operator's own.
bool open_ended(const std::string& label) {
  static const std::set<std::string> open{"listener", "backend", "endpoint", "file"};
  return of_prometheus(label) || open.contains(label);
}

std::vector<std::string> alternatives(const Matcher& matcher) {
  if (!matcher.operation.ends_with('~')) return {matcher.value};
  std::vector<std::string> found;
  std::istringstream words(matcher.value);
  for (std::string word; std::getline(words, word, '|');) found.push_back(word);
  return found;
}

void expect_told(const Exposition& told, const Selector& selector) {
  // Prometheus' own.
  if (selector.metric == "up") return;
  const auto metric = told.samples.find(selector.metric);
  ASSERT_NE(metric, told.samples.end()) << selector.metric;
  for (const auto& matcher : selector.matchers) {
    if (of_prometheus(matcher.label)) continue;
    const auto values = metric->second.find(matcher.label);
    ASSERT_NE(values, metric->second.end()) << selector.metric << " has no " << matcher.label;
    if (open_ended(matcher.label)) continue;
    for (const auto& word : alternatives(matcher)) {
      const std::regex wanted(word);
      EXPECT_TRUE(std::ranges::any_of(values->second, [&](const auto& v) { return std::regex_match(v, wanted); }))
          << selector.metric << ": no " << matcher.label << " is " << word;
    }
  }
}

// The labels that the answer may have.
std::set<std::string> labels_of(const Exposition& told, const Query& query) {
  std::set<std::string> labels{"job", "instance"};
  for (const auto& selector : query.selectors) {
    const auto metric = told.samples.find(selector.metric);
    if (metric == told.samples.end()) continue;
    for (const auto& [label, values] : metric->second) labels.insert(label);
  }
  return labels;
}

void expect_told(const Exposition& told, const Asked& asked, const std::regex& shown_label) {
  SCOPED_TRACE(asked.place + ": " + asked.query);
  const Query query = testing::read_query(asked.query);
  EXPECT_FALSE(query.selectors.empty());
  for (const auto& selector : query.selectors) expect_told(told, selector);
  const auto labels = labels_of(told, query);
  for (const auto& label : query.grouped) EXPECT_TRUE(labels.contains(label)) << label;
  std::smatch found;
  for (auto rest = asked.shown; std::regex_search(rest, found, shown_label); rest = found.suffix()) {
    EXPECT_TRUE(labels.contains(found[1])) << "shown: " << found[1];
  }
}

TEST(Watching, AlertsAskForWhatIsTold) {
  const auto told = everything();
  const auto asked = queries_of_rules();
  EXPECT_FALSE(asked.empty());
  for (const auto& one : asked) expect_told(told, one, std::regex(R"(\$labels\.([a-z_]+))"));
}

TEST(Watching, TheDashboardAsksForWhatIsTold) {
  const auto told = everything();
  const auto asked = queries_of_dashboard();
  EXPECT_FALSE(asked.empty());
  for (const auto& one : asked) expect_told(told, one, std::regex(R"(\{\{ *([a-z_]+) *\}\})"));
}

TEST(Watching, TheDashboardShowsEveryMetric) {
  std::set<std::string> shown;
  for (const auto& asked : queries_of_dashboard()) {
    for (const auto& selector : testing::read_query(asked.query).selectors) shown.insert(selector.metric);
  }
  for (const auto& metric : everything().typed) {
    EXPECT_TRUE(shown.contains(metric) || shown.contains(metric + "_bucket")) << metric;
  }
}

// Its variables are filled in as Grafana would.
std::string filled_in(std::string query) {
  query = std::regex_replace(query, std::regex(R"(\$__rate_interval)"), "5m");
  return std::regex_replace(query, std::regex(R"(\$(job|instance|listener))"), ".+");
}

TEST(Watching, PrometheusUnderstandsTheDashboard) {
  json::array rules;
  for (const auto& asked : queries_of_dashboard()) {
    EXPECT_EQ(filled_in(asked.query).find('$'), std::string::npos) << asked.query;
    rules.push_back({{"record", "a:b" + std::to_string(rules.size())}, {"expr", filled_in(asked.query)}});
  }
  const testing::TemporaryDirectory directory;
  const auto file = directory.write(
      "rules.yml", json::serialize(json::object{{"groups", {json::object{{"name", "a"}, {"rules", rules}}}}}));
  const auto done = testing::run({"/usr/bin/promtool", "check", "rules", file.string()});
  EXPECT_EQ(done.code, 0) << done.output << done.errors;
}

TEST(Watching, TheDashboardBelongsToNoGrafanaOfItsOwn) {
  const auto document = dashboard();
  EXPECT_TRUE(document.at("id").is_null());
  EXPECT_GE(document.at("schemaVersion").as_int64(), 39);
  std::set<std::string> variables;
  for (const auto& variable : document.at("templating").at("list").as_array()) {
    variables.insert(text(variable.at("name")));
  }
  EXPECT_EQ(variables, (std::set<std::string>{"datasource", "job", "instance", "listener"}));
  std::set<std::int64_t> ids;
  for (const auto& panel : document.at("panels").as_array()) {
    EXPECT_TRUE(ids.insert(panel.at("id").as_int64()).second) << panel.at("title");
    const auto* source = panel.as_object().if_contains("datasource");
    if (source == nullptr) continue;
    EXPECT_EQ(text(source->at("uid")), "${datasource}");
  }
}

}  // namespace
}  // namespace realpeer::admin

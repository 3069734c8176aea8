// What check prints where, and its exit codes.
#include <gflags/gflags.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "commands/commands.h"
#include "harness/issued.h"
#include "harness/process.h"

namespace realpeer::commands {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};

class CheckCommand : public ::testing::Test {
 protected:
  // Two files, and a third that is not one of them.
  CheckCommand() {
    fs::create_directories(folder_.path() / "etc/conf.d");
    folder_.write("etc/realpeer.yaml",
                  "include: ['conf.d/*.yaml']\n"
                  "listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\n");
    write_included("backends: { b: { endpoints: ['10.0.0.7:80'] } }\n");
    fs::create_directory(folder_.path() / "conf.d");
    folder_.write("conf.d/b.yaml", "of another program");
  }
  ~CheckCommand() override {
    std::error_code ignored;
    fs::current_path(before_, ignored);
  }

  void write(const std::string& name, const std::string& text) const { folder_.write("etc/conf.d/" + name, text); }
  void write_included(const std::string& text) const { write("b.yaml", text); }

  // In the folder `working` of the test's.
  [[nodiscard]] Outcome run(const std::string& working, const std::string& file, bool json = false) const {
    fs::current_path(folder_.path() / working);
    gflags::SetCommandLineOption("config", file.c_str());
    gflags::SetCommandLineOption("json", json ? "true" : "false");
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int exit_code = check({});
    return {exit_code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
  }

 private:
  const testing::TemporaryDirectory folder_;
  const fs::path before_ = fs::current_path();
  const gflags::FlagSaver saver_;  // puts the flags back
};

TEST_F(CheckCommand, CountsWhatAllFilesHold) {
  const Outcome outcome = run("etc", "realpeer.yaml");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "realpeer.yaml: ok: 1 listener, 1 backend, 0 warnings\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(CheckCommand, FindsIncludedFilesFromAnyWorkingDirectory) {
  EXPECT_EQ(run("", "etc/realpeer.yaml").exit_code, 0);
  EXPECT_EQ(run("conf.d", "../etc/realpeer.yaml").exit_code, 0);
  EXPECT_EQ(run("etc/conf.d", "../realpeer.yaml").exit_code, 0);
}

TEST_F(CheckCommand, NamesTheIncludedFileByAPathThatOpensFromHere) {
  write_included("backends:\n  b: { endpoints: [web] }\n");
  const Outcome outcome = run("", "etc/realpeer.yaml");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "etc/conf.d/b.yaml:2: error: endpoints: 'web' has no port: write 'web:PORT'\n");
}

TEST_F(CheckCommand, SucceedsWithWarningsAndCountsThem) {
  write_included("backends: { b: { endpoints: ['10.0.0.7:80'] }, c: { endpoints: ['10.0.0.8:80'] } }\n");
  const Outcome outcome = run("etc", "realpeer.yaml");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "realpeer.yaml: ok: 1 listener, 2 backends, 1 warning\n");
  EXPECT_THAT(outcome.err, HasSubstr("conf.d/b.yaml:1: warning: backend 'c'"));
}

TEST_F(CheckCommand, PrintsOneObjectOfJson) {
  write_included("backends: { b: { endpoints: [web] } }\n");
  const Outcome outcome = run("etc", "realpeer.yaml", true);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, R"({"ok":false,"diagnostics":[{"file":"conf.d/b.yaml","line":1,"severity":"error",)"
                         R"("text":"endpoints: 'web' has no port: write 'web:PORT'"}]})"
                         "\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(CheckCommand, ReportsCertificateFilesInTheirPlaceAmongTheRest) {
  write_included(
      "backends: { b: { endpoints: ['10.0.0.7:80'] }, c: { endpoints: ['10.0.0.8:80'] } }\n"
      "listeners:\n"
      "- name: https\n"
      "  bind: 192.0.2.9:443\n"
      "  tls: { certificate: none.pem, key: none.key }\n"
      "  route: { http: [{ backend: b }], default: c, sni: x }\n");
  EXPECT_EQ(run("etc", "realpeer.yaml").exit_code, 2);
  EXPECT_THAT(run("", "etc/realpeer.yaml").err,
              MatchesRegex("etc/conf.d/b.yaml:5: error: certificate 'etc/conf.d/none.pem' cannot be read: .*\n"
                           "etc/conf.d/b.yaml:6: error: .*\n"));
  EXPECT_THAT(run("etc", "realpeer.yaml", true).out,
              HasSubstr(R"({"file":"conf.d/b.yaml","line":5,"severity":"error","text":"certificate)"));
}

TEST_F(CheckCommand, WarnsOfACertificateThatHasExpired) {
  const auto issued = testing::issue({.names = {"DNS:git.example.com"}, .expires_in = std::chrono::hours(-49)});
  write("git.pem", issued.certificate);
  write("git.key", issued.key);
  write_included(
      "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n"
      "listeners:\n"
      "- { name: https, bind: '192.0.2.9:443', tls: { certificate: git.pem, key: git.key },"
      " route: { http: [{ backend: b }] } }\n");
  const Outcome outcome = run("etc", "realpeer.yaml");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "realpeer.yaml: ok: 2 listeners, 1 backend, 1 warning\n");
  EXPECT_THAT(outcome.err, HasSubstr("conf.d/b.yaml:3: warning: certificate 'conf.d/git.pem' expired on "));
}

TEST_F(CheckCommand, RefusesToGuessTheFile) {
  const Outcome outcome = run("etc", "");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("check needs --config FILE"));
}

}  // namespace
}  // namespace realpeer::commands

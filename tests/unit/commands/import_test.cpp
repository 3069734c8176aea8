// What import prints where, and its exit codes.
#include <gflags/gflags.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "commands/commands.h"
#include "harness/process.h"

namespace realpeer::commands {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string manifests = R"(
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec: { gatewayClassName: eg, listeners: [{ name: l, port: 9000, protocol: TCP }] }
---
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TCPRoute
metadata: { name: r }
spec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [{ name: app, port: 9000 }] }] }
)";

const std::string typo = R"(---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: { name: p }
spec: { targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: gg }], proxyProtocol: {} }
)";

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};

class ImportCommand : public ::testing::Test {
 protected:
  using Flags = std::vector<std::pair<const char*, std::string>>;

  [[nodiscard]] std::string write(const std::string& text) const { return folder.write("m.yaml", text); }

  [[nodiscard]] static Outcome run(const std::vector<std::string>& files, const Flags& flags = {}) {
    const gflags::FlagSaver saver;
    for (const auto& [flag, value] : flags) gflags::SetCommandLineOption(flag, value.c_str());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int exit_code = import_manifests(files);
    return {exit_code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
  }

  const testing::TemporaryDirectory folder;
};

TEST_F(ImportCommand, WritesTheConfigurationToStandardOutput) {
  const Outcome outcome = run({write(manifests)});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, StartsWith("# Written by `realpeer import "));
  EXPECT_THAT(outcome.out, HasSubstr("    endpoints: [\"app.default.svc.cluster.local:9000\"]\n"));
}

TEST_F(ImportCommand, WritesItToAFile) {
  const std::string file = folder.path() / "realpeer.yaml";
  const Outcome outcome = run({write(manifests)}, {{"output", file}});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(testing::read_file(file), run({write(manifests)}).out);
}

TEST_F(ImportCommand, WritesWhatIsLeftWhereThereAreErrors) {
  const std::string file = write(manifests + typo);
  const Outcome outcome = run({file});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err, file +
                             ":15: error: ClientTrafficPolicy 'p' is for nothing: no Gateway 'gg' in namespace "
                             "'default': did you mean 'g'?\n");
  EXPECT_THAT(outcome.out,
              HasSubstr("# INCOMPLETE: the manifests have errors, and what these are about is left out.\n"));
  EXPECT_THAT(outcome.out, HasSubstr("accept_proxy: off\n"));
}

TEST_F(ImportCommand, PrintsOneObjectOfJson) {
  const std::string file = write(manifests + typo);
  const Outcome outcome = run({file}, {{"json", "true"}});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, StartsWith(R"({"ok":false,"diagnostics":[{"file":")" + file +
                                      R"(","line":15,"severity":"error","text":"ClientTrafficPolicy )"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("configuration":"# Written by )"));
}

TEST_F(ImportCommand, TakesWhatManifestsDoNotSay) {
  const std::string right = typo.substr(0, typo.find("gg")) + "g" + typo.substr(typo.find("gg") + 2);
  const Outcome outcome = run({write(manifests + right)}, {{"trusted_cidrs", "100.64.0.0/10, 10.100.0.9"},
                                                           {"endpoint", "app:9000=10.0.0.7:22"},
                                                           {"bind_address", "2001:db8::1"}});
  EXPECT_THAT(outcome.out, HasSubstr("bind: \"[2001:db8::1]:9000\"\n"));
  EXPECT_THAT(outcome.out, HasSubstr("trusted_cidrs: [100.64.0.0/10, 10.100.0.9/32]\n"));
  EXPECT_THAT(outcome.out, HasSubstr("endpoints: [\"10.0.0.7:22\"]\n"));
}

TEST_F(ImportCommand, TellsOfFilesThatCannotBeRead) {
  const Outcome outcome = run({"/nothing/here.yaml"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("/nothing/here.yaml:0: error: cannot be read: No such file or directory"));
  EXPECT_THAT(outcome.err, HasSubstr("nothing to serve: no listener of a Gateway leads to a backend"));
}

TEST_F(ImportCommand, TellsOfAFileThatCannotBeWritten) {
  const Outcome outcome = run({write(manifests)}, {{"output", "/nothing/here.yaml"}});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, StartsWith("/nothing/here.yaml:0: error: cannot be written: "));
}

TEST_F(ImportCommand, TellsOfFlagsThatMeanNothing) {
  const std::string file = write(manifests);
  EXPECT_THAT(run({}).err, HasSubstr("import needs manifests"));
  EXPECT_THAT(run({file}, {{"trusted_cidrs", "10.0.0.1/8"}}).err, HasSubstr("--trusted_cidrs: "));
  EXPECT_THAT(run({file}, {{"endpoint", "app=10.0.0.7:22"}}).err,
              HasSubstr("--endpoint: 'app=10.0.0.7:22' is not NAMESPACE/SERVICE:PORT=HOST:PORT"));
  EXPECT_THAT(run({file}, {{"bind_address", "eth0"}}).err, HasSubstr("--bind_address: 'eth0' is no address"));
  EXPECT_EQ(run({file}, {{"bind_address", "eth0"}}).exit_code, 2);
  EXPECT_THAT(run({file}, {{"endpoint", "ap:9000=10.0.0.7:22"}}).err,
              HasSubstr(":0: warning: --endpoint: no route leads to 'default/ap:9000'"));
  EXPECT_THAT(run({file}, {{"gateway", "h"}}).err, HasSubstr(":0: error: --gateway: there is no Gateway 'default/h'"));
}

}  // namespace
}  // namespace realpeer::commands

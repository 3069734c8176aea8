// Configurations of several files: which are read, how they are put together, and where their errors are said to be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "config/load.h"
#include "harness/process.h"

namespace realpeer::config {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* backend_b = "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n";
constexpr const char* listener_a = "listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\n";
constexpr const char* listener_c = "listeners: [{ name: c, bind: '192.0.2.9:81', route: { backend: b } }]\n";

class Include : public ::testing::Test {
 protected:
  ~Include() override {
    std::error_code ignored;
    fs::current_path(before_, ignored);
  }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_.path() / name).parent_path());
    folder_.write(name, text);
  }
  // A main file that includes `list` and has `rest` from line 2 on.
  void write_main(const std::string& list, const std::string& rest = "") const {
    write("realpeer.yaml", "include: " + list + "\n" + rest);
  }
  [[nodiscard]] Loaded load() const { return load_file(folder_.path() / "realpeer.yaml"); }

  [[nodiscard]] std::vector<std::string> listeners() const {
    std::vector<std::string> names;
    for (const Listener& listener : load().config.listeners) names.push_back(listener.name);
    return names;
  }

  // Without the folder.
  [[nodiscard]] std::vector<std::string> problems() const {
    std::vector<std::string> found;
    const std::string folder = folder_.path().string() + "/";
    for (const Diagnostic& diagnostic : load().diagnostics) {
      std::string text = diagnostic.to_string();
      for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) text.erase(at, folder.size());
      found.push_back(text);
    }
    return found;
  }

  const realpeer::testing::TemporaryDirectory folder_;

 private:
  const fs::path before_ = fs::current_path();
};

// --- which files ---

TEST_F(Include, PutsTheFilesTogether) {
  write_main("[backends.yaml, more.yaml]", listener_a);
  write("backends.yaml", backend_b);
  write("more.yaml", listener_c);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(listeners(), ElementsAre("a", "c"));
}

TEST_F(Include, MayHoldEverythingThatIsRequired) {
  write_main("[all.yaml]");
  write("all.yaml", std::string(backend_b) + listener_a);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Include, MayBeAnEmptyList) {
  write_main("[]", std::string(backend_b) + listener_a);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Include, TakesTheMatchesOfAPatternInTheOrderOfTheirNames) {
  write_main("['conf.d/*.yaml']", backend_b);
  write("conf.d/20.yaml", listener_c);
  write("conf.d/10.yaml", listener_a);
  write("conf.d/10.yaml.off", "no YAML: [");
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(listeners(), ElementsAre("a", "c"));
}

TEST_F(Include, TakesAPatternWithoutMatch) {
  write_main("['conf.d/*.yaml']", std::string(backend_b) + listener_a);
  EXPECT_THAT(problems(), IsEmpty());
  fs::create_directory(folder_.path() / "conf.d");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Include, TakesPathsRelativeToTheMainFileAndNotToTheWorkingDirectory) {
  write("etc/realpeer.yaml", std::string("include: [b.yaml, 'conf.d/*.yaml']\n") + listener_a);
  write("etc/b.yaml", backend_b);
  write("etc/conf.d/c.yaml", listener_c);
  write("b.yaml", "of another program");
  for (const auto& [working, main] :
       {std::pair(folder_.path(), "etc/realpeer.yaml"), std::pair(folder_.path() / "etc", "realpeer.yaml"),
        std::pair(folder_.path() / "etc/conf.d", "../realpeer.yaml")}) {
    fs::current_path(working);
    const Loaded loaded = load_file(main);
    for (const Diagnostic& diagnostic : loaded.diagnostics) ADD_FAILURE() << main << ": " << diagnostic.to_string();
    EXPECT_EQ(loaded.config.listeners.size(), 2U) << main;
  }
}

TEST_F(Include, TakesAbsolutePaths) {
  write_main("['" + (folder_.path() / "b.yaml").string() + "']", listener_a);
  write("b.yaml", backend_b);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Include, TakesCharactersOfPatternsInTheMainFilesFolderAsTheyAre) {
  write("a[1]*/realpeer.yaml", std::string("include: [b.yaml, 'conf.d/*.yaml']\n") + listener_a);
  write("a[1]*/b.yaml", backend_b);
  write("a[1]*/conf.d/c.yaml", listener_c);
  write("a1b/conf.d/other.yaml", "of another program");
  const Loaded loaded = load_file(folder_.path() / "a[1]*/realpeer.yaml");
  for (const Diagnostic& diagnostic : loaded.diagnostics) ADD_FAILURE() << diagnostic.to_string();
  EXPECT_EQ(loaded.config.listeners.size(), 2U);
}

TEST_F(Include, ReadsAFileOnceByWhicheverNames) {
  write_main("[b.yaml, ./b.yaml, 'b*.yaml', same.yaml]", listener_a);
  write("b.yaml", backend_b);
  fs::create_symlink("b.yaml", folder_.path() / "same.yaml");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Include, PassesOverTheMainFileAmongTheMatches) {
  write_main("['*.yaml']", listener_a);
  write("b.yaml", backend_b);
  EXPECT_THAT(problems(), IsEmpty());
}

// --- files that cannot be read ---

TEST_F(Include, RefusesAFileThatIsNotThereAndSaysNothingOfWhatItMayHold) {
  write("realpeer.yaml", "node: n\ninclude:\n- b.yaml\n" + std::string(listener_a));
  EXPECT_THAT(problems(), ElementsAre("realpeer.yaml:3: error: include: 'b.yaml' cannot be read: No such file or "
                                      "directory: name a readable configuration file"));
}

TEST_F(Include, RefusesAFolder) {
  write_main("[conf.d]", std::string(backend_b) + listener_a);
  fs::create_directory(folder_.path() / "conf.d");
  EXPECT_THAT(problems(), ElementsAre("realpeer.yaml:1: error: include: 'conf.d' cannot be read: Is a directory: name "
                                      "a readable configuration file"));
}

TEST_F(Include, RefusesAPatternInAFolderThatCannotBeRead) {
  write_main("['conf.d/*.yaml']", listener_a);
  fs::create_symlink("conf.d", folder_.path() / "conf.d");
  EXPECT_THAT(problems(), ElementsAre("realpeer.yaml:1: error: include: 'conf.d/*.yaml' cannot be looked for: Too many "
                                      "levels of symbolic links: name folders that can be read"));
}

TEST_F(Include, RefusesASinglePathAndSaysNothingOfWhatItMayHold) {
  write_main("b.yaml", listener_a);
  EXPECT_THAT(problems(), ElementsAre("realpeer.yaml:1: error: include: must be a list: write each item after '- ', or "
                                      "all of them in '[ ]'"));
}

TEST_F(Include, RefusesAnItemThatIsNoPath) {
  write_main("[{ file: b.yaml }]", listener_a);
  EXPECT_THAT(problems(), ElementsAre("realpeer.yaml:1: error: include: must be a single value, not a map"));
}

TEST_F(Include, RefusesAMisspeltListAndSaysNothingOfWhatItMayHold) {
  write("realpeer.yaml", std::string("includes: [b.yaml]\n") + listener_a);
  EXPECT_THAT(problems(), ElementsAre("realpeer.yaml:1: error: unknown key 'includes'; did you mean 'include'?"));
}

TEST_F(Include, StillFindsWhatIsMissingInAllFiles) {
  write_main("[b.yaml]");
  write("b.yaml", backend_b);
  EXPECT_THAT(problems(), ElementsAre("realpeer.yaml:1: error: 'listeners' is missing: list at least one with name, "
                                      "bind and route"));
}

// --- files that hold something else ---

TEST_F(Include, RefusesAFileWithBrokenSyntaxAtItsOwnLineAndSaysNothingOfWhatItMayHold) {
  write_main("[b.yaml]", listener_a);
  write("b.yaml", "backends:\n  b: { endpoints: [\n");
  EXPECT_THAT(problems(),
              ElementsAre("b.yaml:3: error: not valid YAML: end of sequence flow not found: mend the syntax "
                          "here"));
}

TEST_F(Include, RefusesAFileWithoutContent) {
  write_main("[b.yaml]", std::string(backend_b) + listener_a);
  write("b.yaml", "# later\n");
  EXPECT_THAT(problems(), ElementsAre("b.yaml:1: error: the configuration is empty: it needs at least listeners or "
                                      "backends"));
}

TEST_F(Include, RefusesAFileThatIsNoMap) {
  write_main("[b.yaml]", std::string(backend_b) + listener_a);
  write("b.yaml", "- 10.0.0.7:80\n");
  EXPECT_THAT(problems(),
              ElementsAre("b.yaml:1: error: the configuration: must be a map: write 'KEY: VALUE' lines below "
                          "it, or '{ }'"));
}

TEST_F(Include, RefusesSettingsOfTheWhole) {
  write_main("[b.yaml]", listener_a);
  write("b.yaml", backend_b + std::string("node: n\nlimits: { connections: 5 }\ninclude: [c.yaml]\n"));
  EXPECT_THAT(problems(), ElementsAre("b.yaml:2: error: 'node' stands in the main file only: move it there",
                                      "b.yaml:3: error: 'limits' stands in the main file only: move it there",
                                      "b.yaml:4: error: 'include' stands in the main file only: move it there"));
}

TEST_F(Include, RefusesKeysThatBelongNowhere) {
  write_main("[b.yaml]", listener_a);
  write("b.yaml", backend_b + std::string("listener: []\nservers: []\npacket: {}\n"));
  EXPECT_THAT(problems(), ElementsAre("b.yaml:2: error: unknown key 'listener'; did you mean 'listeners'?",
                                      "b.yaml:3: error: unknown key 'servers': the keys here are listeners, backends",
                                      "b.yaml:4: error: 'packet' is not available in this version: remove it"));
}

// --- conflicts ---

TEST_F(Include, RefusesOneBackendNameInTwoFilesAndNamesBothPlaces) {
  write_main("[b.yaml, c.yaml]", listener_a);
  write("b.yaml", backend_b);
  write("c.yaml", "backends:\n  b:\n    endpoints: ['10.0.0.8:80']\n");
  EXPECT_THAT(problems(), ElementsAre("c.yaml:2: error: backend 'b' is written twice, first at b.yaml:1: remove one of "
                                      "the two"));
}

TEST_F(Include, RefusesOneListenerNameInTwoFilesAndNamesBothPlaces) {
  write_main("[a.yaml, c.yaml]", backend_b);
  write("a.yaml", std::string("\n") + listener_a);
  write("c.yaml", "listeners:\n\n- { name: a, bind: '192.0.2.9:81', route: { backend: b } }\n");
  EXPECT_THAT(problems(), ElementsAre("c.yaml:3: error: listener name 'a' is taken by the listener at a.yaml:2: rename "
                                      "one of the two"));
}

TEST_F(Include, RefusesOneBindInTwoFilesAndNamesBothPlaces) {
  write_main("[a.yaml, c.yaml]", backend_b);
  write("a.yaml", std::string("\n") + listener_a);
  write("c.yaml", "listeners:\n- name: c\n  bind: '[::]:80'\n  route: { backend: b }\n");
  EXPECT_THAT(problems(), ElementsAre("c.yaml:3: error: bind [::]:80 of listener 'c' overlaps 192.0.2.9:80 of listener "
                                      "'a' at a.yaml:2: give one of them another port or address"));
}

// --- diagnostics ---

TEST_F(Include, LetsARouteNameABackendOfALaterFile) {
  write_main("[a.yaml, z.yaml]");
  write("a.yaml", listener_a);
  write("z.yaml", backend_b);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Include, FindsARouteToABackendOfNoFile) {
  write_main("[a.yaml]", "backends: { d: { endpoints: ['10.0.0.7:80'] } }\n");
  write("a.yaml", "listeners:\n- name: a\n  bind: 192.0.2.9:80\n  route:\n    backend: nope\n");
  EXPECT_THAT(problems(), ElementsAre("a.yaml:5: error: route.backend: there is no backend 'nope': the known ones are "
                                      "d"));
}

TEST_F(Include, WarnsAtThePlaceInTheFile) {
  write_main("[b.yaml]", listener_a);
  write("b.yaml", backend_b + std::string("\nlisteners: []\n"));
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("b.yaml:3: error: 'listeners' is empty")));
  write("b.yaml", "backends:\n  b: { endpoints: ['10.0.0.7:80'] }\n  c: { endpoints: ['10.0.0.8:80'] }\n");
  EXPECT_THAT(problems(),
              ElementsAre("b.yaml:3: warning: backend 'c' is used by no listener: route one to it or remove "
                          "it"));
}

TEST_F(Include, OrdersDiagnosticsByFileAndThenByLine) {
  write_main("[z.yaml, a.yaml, gone.yaml]",
             "listeners:\n- { name: a, bind: nowhere, route: { backend: b } }\nnode: /\n");
  write("z.yaml",
        "listeners:\n"
        "- { name: c, bind: '0.0.0.0:80', route: { backend: b }, accept_proxy: optional, trusted_cidrs: [10.0.0.1] }\n"
        "backends: { b: { endpoints: [web] } }\n");
  write("a.yaml",
        "backends: { d: { endpoints: [web] } }\n"
        "listeners: [{ name: e, bind: '192.0.2.9:80', route: { backend: d } }]\n");
  EXPECT_THAT(
      problems(),
      ElementsAre(HasSubstr("realpeer.yaml:1: error: include: 'gone.yaml' cannot be read"),
                  HasSubstr("realpeer.yaml:3: error: bind: 'nowhere'"), HasSubstr("realpeer.yaml:4: error: node: '/'"),
                  HasSubstr("z.yaml:2: warning: accept_proxy: optional"),
                  HasSubstr("z.yaml:3: error: endpoints: 'web'"), HasSubstr("a.yaml:1: error: endpoints: 'web'"),
                  HasSubstr("a.yaml:2: error: bind 192.0.2.9:80 of listener 'e' overlaps")));
}

}  // namespace
}  // namespace realpeer::config

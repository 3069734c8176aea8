#include "import/documents.h"

#include <algorithm>
#include <sstream>

#include "config/document_start.h"
#include "config/reader.h"

namespace realpeer::importing {

namespace {

// On a stray ',' or ']' yaml-cpp takes empty documents for ever, without moving on: YAML::LoadAll() would not return.
void refuse_stray_text(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  config::DocumentStart start;
  int last = -1;
  while (parser.HandleNextDocument(start)) {
    if (start.position().pos <= last) throw YAML::ParserException(start.position(), "stray text");
    last = start.position().pos;
  }
}

// "gateway.networking.k8s.io" of "gateway.networking.k8s.io/v1"; of the core, nothing.
std::string group_of(const std::string& api_version) {
  const auto slash = api_version.find('/');
  return slash == std::string::npos ? std::string() : api_version.substr(0, slash);
}

class ObjectReader {
 public:
  explicit ObjectReader(const std::string& space) : space_(&space) {}

  void read(const Field& root) {
    if (const Field items = root["items"]; items && root["kind"].text().ends_with("List")) {
      for (const Field& item : items.items()) add(item.rebased());
    } else {
      add(root);
    }
  }

  std::vector<Object> objects;

 private:
  void add(const Field& root) {
    const std::string kind = root["kind"].text();
    if (kind.empty()) {
      root.findings().error(root.place(), "the document has no kind, and is no manifest: give manifests only");
      return;
    }
    const Field meta = root["metadata"];
    const Field name = meta["name"];
    const std::string space = meta["namespace"].text();
    Object object{group_of(root["apiVersion"].text()),
                  {kind, {space.empty() ? *space_ : space, name.text()}, meta["creationTimestamp"].text(), {}, {}},
                  root};
    object.meta.place = name ? name.place() : root["kind"].place();
    for (const auto& [key, value] : meta["labels"].entries()) object.meta.labels[key] = value.text();
    objects.push_back(std::move(object));
  }

  const std::string* space_;
};

}  // namespace

std::string to_string(const Name& name) { return name.space + "/" + name.name; }

std::vector<Object> read_objects(const std::string& text, const std::string& file, const std::string& space,
                                 Findings& findings) {
  ObjectReader reader(space);
  try {
    refuse_stray_text(text);
    for (const YAML::Node& document : YAML::LoadAll(text)) {
      const Field root(document, {file, config::line_of(document)}, "", findings);
      if (root) reader.read(root);
    }
  } catch (const YAML::Exception& failure) {
    findings.error({file, std::max(failure.mark.line, 0) + 1},
                   "not valid YAML: " + failure.msg + ": mend the syntax here; nothing of this file is translated");
    return {};
  }
  return std::move(reader.objects);
}

}  // namespace realpeer::importing

#include "import/labels.h"

#include <gtest/gtest.h>

namespace realpeer::importing {
namespace {

struct Selection {
  const char* selector;
  bool matches;  // { tier: edge, team: a }
};

TEST(LabelSelector, MatchesAsKubernetesDoes) {
  const Labels labels{{"tier", "edge"}, {"team", "a"}};
  const Selection selections[] = {
      {"{}", true},
      {"{ matchLabels: { tier: edge } }", true},
      {"{ matchLabels: { tier: edge, team: b } }", false},
      {"{ matchLabels: { zone: x } }", false},
      {"{ matchExpressions: [{ key: tier, operator: In, values: [core, edge] }] }", true},
      {"{ matchExpressions: [{ key: zone, operator: In, values: [x] }] }", false},
      {"{ matchExpressions: [{ key: tier, operator: NotIn, values: [edge] }] }", false},
      {"{ matchExpressions: [{ key: zone, operator: NotIn, values: [x] }] }", true},
      {"{ matchExpressions: [{ key: tier, operator: Exists }] }", true},
      {"{ matchExpressions: [{ key: zone, operator: Exists }] }", false},
      {"{ matchExpressions: [{ key: zone, operator: DoesNotExist }] }", true},
      {"{ matchExpressions: [{ key: tier, operator: DoesNotExist }] }", false},
      {"{ matchLabels: { tier: edge }, matchExpressions: [{ key: team, operator: Exists }] }", true},
  };
  for (const auto& [text, matches] : selections) {
    Findings findings;
    const Field field(YAML::Load(text), {"m.yaml", 1}, "selector", findings);
    EXPECT_EQ(read_label_selector(field).matches(labels), matches) << text;
    EXPECT_TRUE(findings.all().empty()) << text;
  }
}

TEST(LabelSelector, WithAnOperatorThatIsNoneMatchesNothing) {
  Findings findings;
  const Field field(YAML::Load("{ matchExpressions: [{ key: tier, operator: Is }] }"), {"m.yaml", 1}, "s", findings);
  EXPECT_FALSE(read_label_selector(field).matches({{"tier", "edge"}}));
  ASSERT_EQ(findings.all().size(), 1U);
  EXPECT_EQ(findings.all().front().text,
            "s.matchExpressions.operator: 'Is' is no operator: write In, NotIn, Exists, DoesNotExist");
}

}  // namespace
}  // namespace realpeer::importing

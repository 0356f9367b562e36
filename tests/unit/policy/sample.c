/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts for the policy tests. */
#include "sample.h"

#include <string.h>

#define REGISTRY "support/features.yaml"

static struct fact_claim supported[] = { { "", "Supported", "yes", { "SUPPORT.md", 10 } } };
static struct fact_claim preview[] = { { "x86", "Tech Preview", "no", { "SUPPORT.md", 20 } } };
static struct fact_ref needs_alpha[] = { { "alpha", { REGISTRY, 31 } } };
static struct fact_ref needs_beta[] = { { "beta", { REGISTRY, 51 } } };
static struct fact_ref against_alpha[] = { { "alpha", { REGISTRY, 41 } } };

static const struct fact_feature template[] = {
	{ .id = "alpha",
	  .title = "Alpha",
	  .section = "Greek",
	  .owner = "core",
	  .state = "built",
	  .gate = "alpha",
	  .built = true,
	  .in_image = true,
	  .level = "Supported",
	  .security = "yes",
	  .stated = { "SUPPORT.md", 10 },
	  .at = { REGISTRY, 10 },
	  .claims = supported,
	  .nr_claims = 1 },
	{ .id = "beta",
	  .title = "Beta",
	  .section = "Greek",
	  .owner = "core",
	  .state = "built",
	  .gate = "beta",
	  .built = true,
	  .in_image = true,
	  .level = "Supported",
	  .security = "yes",
	  .stated = { "SUPPORT.md", 10 },
	  .at = { REGISTRY, 30 },
	  .claims = supported,
	  .nr_claims = 1,
	  .needs = needs_alpha,
	  .nr_needs = 1 },
	{ .id = "gamma",
	  .title = "Gamma",
	  .section = "Greek",
	  .owner = "core",
	  .state = "built",
	  .gate = "gamma",
	  .built = true,
	  .in_image = true,
	  .level = "Tech Preview",
	  .security = "no",
	  .stated = { "SUPPORT.md", 20 },
	  .at = { REGISTRY, 40 },
	  .claims = preview,
	  .nr_claims = 1,
	  .conflicts = against_alpha,
	  .nr_conflicts = 1 },
	{ .id = "ghost",
	  .title = "Ghost",
	  .section = "Greek",
	  .owner = "core",
	  .state = "planned",
	  .gate = "ghost",
	  .level = "not stated",
	  .security = "unknown",
	  .at = { REGISTRY, 45 } },
	{ .id = "zeta",
	  .title = "Zeta",
	  .section = "Greek",
	  .owner = "core",
	  .state = "built",
	  .gate = "zeta",
	  .built = true,
	  .in_image = true,
	  .level = "Supported",
	  .security = "yes",
	  .stated = { "SUPPORT.md", 10 },
	  .at = { REGISTRY, 50 },
	  .claims = supported,
	  .nr_claims = 1,
	  .needs = needs_beta,
	  .nr_needs = 1 },
};

struct facts *sample_facts(void)
{
	static struct fact_feature features[sizeof(template) / sizeof(template[0])];
	static struct facts facts;

	memcpy(features, template, sizeof(template));
	facts.features = features;
	facts.nr_features = sizeof(template) / sizeof(template[0]);
	return &facts;
}

const struct host_input *sample_input(const char *profile, const char *one, const char *two)
{
	static struct host_source rules[2];
	static struct host_input in;

	rules[0] = (struct host_source){ "one", "policy/rules/one.lua", one, strlen(one) };
	if (two)
		rules[1] = (struct host_source){ "two", "policy/rules/two.lua", two, strlen(two) };
	in.profile = (struct host_source){ "test", "policy/profiles/test.lua", profile,
					   strlen(profile) };
	in.rules = rules;
	in.nr_rules = two ? 2 : 1;
	in.facts = sample_facts();
	return &in;
}

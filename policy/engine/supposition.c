/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A changed copy of the facts that shares what is not changed. */
#include "engine/supposition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int supposition_init(struct supposition *s, const struct facts *from)
{
	size_t nr = from->nr_features;

	s->facts = (struct facts){ .nr_features = nr };
	s->facts.features = calloc(nr + 1, sizeof(*s->facts.features));
	s->claims = calloc(nr + 1, sizeof(*s->claims));
	if (!s->facts.features || !s->claims) {
		supposition_reset(s);
		return -ENOMEM;
	}
	if (nr)
		memcpy(s->facts.features, from->features, nr * sizeof(*from->features));
	return 0;
}

void supposition_level(struct supposition *s, size_t feature, const char *level,
		       const char *security)
{
	struct fact_feature *f = &s->facts.features[feature];
	struct fact_claim *claim = &s->claims[feature];

	f->level = level;
	f->security = security ? security : facts_usual_security(level);
	*claim = (struct fact_claim){ "", f->level, f->security, f->stated };
	f->claims = claim;
	f->nr_claims = 1;
}

void supposition_built(struct supposition *s, size_t feature, bool built)
{
	struct fact_feature *f = &s->facts.features[feature];

	f->built = built;
	f->state = built ? "built" : "planned";
}

void supposition_reset(struct supposition *s)
{
	free(s->facts.features);
	free(s->claims);
	memset(s, 0, sizeof(*s));
}

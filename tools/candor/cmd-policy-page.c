/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy page`: pages of profiles, and what their images measure. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy-session.h"

#include "base/file.h"
#include "engine/page.h"

struct options {
	struct policy_options common;
	const char *image, *against, *out;
	bool all;
};

static bool has_profile(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->nr_profiles; i++) {
		if (!strcmp(p->profiles[i], name))
			return true;
	}
	return false;
}

static int make_page(struct policy_session *s, const char *profile, struct strbuf *out)
{
	struct resolution *r, *widest = NULL;
	int rc = policy_resolve(s->policy, profile, NULL, &r, &s->err);

	if (rc)
		return rc;
	if (has_profile(s->policy, PAGE_WIDEST))
		rc = policy_resolve(s->policy, PAGE_WIDEST, NULL, &widest, &s->err);
	if (!rc)
		page_write(r, widest, out);
	resolution_free(widest);
	resolution_free(r);
	return rc;
}

static int add_measures(struct policy_session *s, const struct options *o, const char *profile,
			struct strbuf *out)
{
	struct measure image, against;
	int rc;

	if (!o->image)
		return 0;
	rc = measure_image(o->image, &image, &s->err);
	if (rc)
		return rc;
	rc = measure_image(o->against, &against, &s->err);
	if (!rc) {
		page_write_measures(profile, &image, PAGE_WIDEST, &against, out);
		measure_reset(&against);
	}
	measure_reset(&image);
	return rc;
}

static enum exit_status print_page(struct policy_session *s, const struct options *o,
				   const char *profile)
{
	struct strbuf out = STRBUF_INIT;
	int rc = make_page(s, profile, &out);

	if (!rc)
		rc = add_measures(s, o, profile, &out);
	if (!rc)
		return policy_print(&out);
	strbuf_reset(&out);
	return policy_session_trouble(s, rc);
}

static enum exit_status write_page(struct policy_session *s, const char *dir, const char *profile)
{
	struct strbuf out = STRBUF_INIT;
	char *path = NULL;
	int rc = make_page(s, profile, &out);

	if (rc) {
		strbuf_reset(&out);
		return policy_session_trouble(s, rc);
	}
	rc = asprintf(&path, "%s/%s.md", dir, profile) < 0 || !strbuf_str(&out) ? -ENOMEM : 0;
	if (!rc)
		rc = file_write_atomic(path, out.data, out.size);
	if (rc)
		fprintf(stderr,
			"%s: error: cannot be written: %s\n       = make the folder, and "
			"writable\n",
			path ? path : dir, strerror(-rc));
	else
		printf("wrote %s\n", path);
	free(path);
	strbuf_reset(&out);
	return rc ? EXIT_TROUBLE : EXIT_CLEAN;
}

static enum exit_status write_pages(struct policy_session *s, const struct options *o)
{
	enum exit_status status = EXIT_CLEAN;

	for (size_t i = 0; !status && i < s->policy->nr_profiles; i++)
		status = write_page(s, o->out, s->policy->profiles[i]);
	return status;
}

static bool options_fit(const struct options *o, const struct argument_list *operands)
{
	const char *why = NULL;

	if (!o->image != !o->against)
		why = "--image and --against go together";
	else if (o->all != (o->out != NULL))
		why = "--all and --out go together";
	else if (o->all == (operands->nr == 1))
		why = "wants one PROFILE, or --all";
	else if (o->all && o->image)
		why = "--image is for one profile";
	if (why)
		fprintf(stderr,
			"candor policy page: %s\n       = see `candor policy page --help`\n", why);
	return !why;
}

enum exit_status policy_page(int argc, char **argv)
{
	struct options o = { 0 };
	const struct argument rows[] = {
		{ "all", NULL, "the pages of all profiles, into --out", .flag = &o.all },
		{ "out", "DIR", "where --all writes NAME.md", .text = &o.out },
		{ "image", "FILE", "measure this image of the profile ...", .text = &o.image },
		{ "against", "FILE", "... and this one of " PAGE_WIDEST, .text = &o.against },
		POLICY_TREE_ROW(&o.common),
	};
	const struct argument_table table = { argv[0], "PROFILE",
					      "Exit status: 0 written, 2 trouble.\n", rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	struct policy_session s;
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 0, 1, &operands, &status))
		return status;
	if (!options_fit(&o, &operands))
		return EXIT_TROUBLE;
	status = policy_session_open(&s, &o.common, FACTS_STATED);
	if (status)
		return status;
	status = o.all ? write_pages(&s, &o) : print_page(&s, &o, operands.values[0]);
	policy_session_close(&s);
	return status;
}

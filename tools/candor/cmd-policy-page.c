/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy page`: pages of profiles, and what their images measure. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "policy.h"

#include "base/file.h"
#include "base/strbuf.h"

static const char command[] = "candor policy page";

struct options {
	const char *tree, *image, *against, *out;
	bool all;
	struct candor *c;
};

static enum exit_status make_page(const struct options *o, const char *profile, struct strbuf *out)
{
	struct candor_option options[4] = { { .name = "profile", .value = profile } };
	struct candor_error error;

	if (o->image) {
		options[1] = (struct candor_option){ .name = "image", .value = o->image };
		options[2] = (struct candor_option){ .name = "against", .value = o->against };
	}
	return candor_render(o->c, "policy-page", "markdown", options, output_keep, out, &error)
		       ? output_fail(command, o->c, &error)
		       : EXIT_CLEAN;
}

static enum exit_status write_page(const char *dir, const char *profile, const struct strbuf *page)
{
	char *path;
	int rc = asprintf(&path, "%s/%s.md", dir, profile) < 0 ? -ENOMEM : 0;

	if (rc)
		path = NULL;
	else
		rc = file_write_atomic(path, page->data, page->size);
	if (rc)
		fprintf(stderr,
			"%s: error: cannot be written: %s\n       = make the folder, and "
			"writable\n",
			path ? path : dir, strerror(-rc));
	else
		printf("wrote %s\n", path);
	free(path);
	return rc ? EXIT_TROUBLE : EXIT_CLEAN;
}

/* To standard output, or into the folder that --out names. */
static enum exit_status put_page(const struct options *o, const char *profile)
{
	struct strbuf page = STRBUF_INIT;
	enum exit_status status = make_page(o, profile, &page);

	if (!status && o->out)
		status = write_page(o->out, profile, &page);
	else if (!status)
		output_take(stdout, page.data, page.size);
	strbuf_reset(&page);
	return status;
}

static enum exit_status put_pages(const struct options *o)
{
	struct strbuf names = STRBUF_INIT;
	enum exit_status status = EXIT_CLEAN;
	struct candor_error error;

	if (candor_render(o->c, "policy-profiles", "text", NULL, output_keep, &names, &error))
		status = output_fail(command, o->c, &error);
	for (char *name = names.size ? strtok(names.data, "\n") : NULL; name && !status;
	     name = strtok(NULL, "\n"))
		status = put_page(o, name);
	strbuf_reset(&names);
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

static enum exit_status run(struct options *o, const char *profile)
{
	enum exit_status status;
	struct candor_error error;

	if (candor_create(NULL, &o->c))
		return output_say(command, "free memory", "out of memory");
	if (o->tree && candor_set(o->c, "tree", o->tree, &error))
		status = output_complain(command, &error);
	else
		status = o->all ? put_pages(o) : put_page(o, profile);
	candor_destroy(o->c);
	return status;
}

enum exit_status policy_page(int argc, char **argv)
{
	struct options o = { 0 };
	const struct argument rows[] = {
		{ "all", NULL, "the pages of all profiles, into --out", .flag = &o.all },
		{ "out", "DIR", "where --all writes NAME.md", .text = &o.out },
		{ "image", "FILE", "measure this image of the profile ...", .text = &o.image },
		{ "against", "FILE", "... and this one of lab", .text = &o.against },
		{ "tree", "DIR", "the source tree (default: .)", .text = &o.tree },
	};
	const struct argument_table table = { command, "PROFILE",
					      "Exit status: 0 written, 2 trouble.\n", rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	enum arguments_result result = arguments_parse(&table, argc, argv, &operands);

	if (result != ARGUMENTS_OK)
		return result == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	return options_fit(&o, &operands) ? run(&o, operands.values[0]) : EXIT_TROUBLE;
}

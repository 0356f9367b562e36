/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy lock`: writes locks and the records of how they were decided. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "policy.h"

#include "base/file.h"
#include "base/strbuf.h"

#define FILE_MAX ((size_t)256 << 20)
#define OPTIONS_MAX (2 * ARGUMENTS_LIST_MAX + 2)

static const char command[] = "candor policy lock";

struct lock_options {
	const char *tree, *profile, *records;
	struct argument_list site, host;
	bool all, check;
	struct candor *c;
};

/* A lock as it should be. */
struct made_lock {
	char *path; /* where it goes */
	struct strbuf text;
	char *record_path; /* where its record goes; NULL: nowhere */
	struct strbuf record;
};

/* What the library renders about a profile, with the rules from outside the tree. */
static enum exit_status render(const struct lock_options *o, const char *what, const char *format,
			       const char *profile, candor_write_fn *write, void *context)
{
	struct candor_option options[OPTIONS_MAX] = { { .name = "profile", .value = profile } };
	struct candor_error error;
	size_t nr = profile ? 1 : 0;
	int rc;

	for (size_t i = 0; i < o->site.nr; i++)
		options[nr++] =
			(struct candor_option){ .name = "site", .value = o->site.values[i] };
	for (size_t i = 0; i < o->host.nr; i++)
		options[nr++] =
			(struct candor_option){ .name = "host", .value = o->host.values[i] };
	options[nr] = (struct candor_option){ 0 };
	rc = candor_render(o->c, what, format, options, write, context, &error);
	if (rc < 0)
		return output_fail(command, o->c, &error);
	return rc == CANDOR_NO ? EXIT_FINDINGS : EXIT_CLEAN;
}

/* What a decision is called stands in its lock: "lock.decision = sha256:...". */
static int name_record(const struct lock_options *o, struct made_lock *made)
{
	static const char key[] = "\nlock.decision = sha256:";
	const char *found = strstr(strbuf_str(&made->text), key);

	if (!found)
		return -EINVAL;
	found += sizeof(key) - 1;
	return asprintf(&made->record_path, "%s/%.64s.json", o->records, found) < 0 ? -ENOMEM : 0;
}

static int name_lock(const struct lock_options *o, const char *profile, struct made_lock *made)
{
	bool is_here = !o->tree || !strcmp(o->tree, ".");

	return asprintf(&made->path, "%s%spolicy/profiles/%s.lock", is_here ? "" : o->tree,
			is_here ? "" : "/", profile) < 0
		       ? -ENOMEM
		       : 0;
}

static enum exit_status make_lock(const struct lock_options *o, const char *profile,
				  struct made_lock *made)
{
	enum exit_status status =
		render(o, "policy-lock", "lock", profile, output_keep, &made->text);
	int rc = 0;

	if (status)
		return status;
	if (!strbuf_str(&made->text))
		rc = -ENOMEM;
	if (!rc)
		rc = name_lock(o, profile, made);
	if (!rc && o->records)
		rc = name_record(o, made);
	if (rc)
		return output_say(command, "free memory", "%s", strerror(-rc));
	return o->records ? render(o, "policy-record", "json", profile, output_keep, &made->record)
			  : EXIT_CLEAN;
}

/* What is right is left alone: writing a lock would configure the build again. */
static enum exit_status write_one(const char *path, const struct strbuf *text)
{
	char *now;
	size_t size;
	bool same = false;
	int rc;

	if (!file_read(path, FILE_MAX, &now, &size)) {
		same = size == text->size && !memcmp(now, text->data, size);
		free(now);
	}
	rc = same ? 0 : file_write_atomic(path, text->data, text->size);
	if (rc) {
		fprintf(stderr,
			"%s: error: cannot be written: %s\n"
			"       = make its folder writable, or free space on its disk\n",
			path, strerror(-rc));
		return EXIT_TROUBLE;
	}
	printf("%s %s\n", same ? "kept" : "wrote", path);
	return EXIT_CLEAN;
}

static enum exit_status write_all(const struct made_lock *list, size_t nr)
{
	enum exit_status status = EXIT_CLEAN;

	for (size_t i = 0; i < nr && !status; i++) {
		if (list[i].record_path)
			status = write_one(list[i].record_path, &list[i].record);
		if (!status)
			status = write_one(list[i].path, &list[i].text);
	}
	return status;
}

/* Nothing is written unless all can be made. */
static enum exit_status make_all(const struct lock_options *o, char *const *profiles, size_t nr)
{
	struct made_lock *list = calloc(nr + 1, sizeof(*list));
	enum exit_status status = EXIT_CLEAN;

	if (!list)
		return output_say(command, "free memory", "out of memory");
	for (size_t i = 0; !status && i < nr; i++)
		status = make_lock(o, profiles[i], &list[i]);
	if (!status)
		status = write_all(list, nr);
	for (size_t i = 0; i < nr; i++) {
		free(list[i].path);
		free(list[i].record_path);
		strbuf_reset(&list[i].text);
		strbuf_reset(&list[i].record);
	}
	free(list);
	return status;
}

static enum exit_status check_all(const struct lock_options *o, char *const *profiles, size_t nr)
{
	enum exit_status status = EXIT_CLEAN, one;

	for (size_t i = 0; i < nr && status != EXIT_TROUBLE; i++) {
		one = render(o, "policy-lock", "patch", profiles[i], output_take, stdout);
		status = one > status ? one : status;
	}
	if (status == EXIT_FINDINGS)
		puts("       = run `candor policy lock --all` and review the change");
	return status;
}

/* One name a line: cut into words, in place. */
static size_t split(char *text, char **ret_words, size_t max)
{
	size_t nr = 0;

	for (char *word = strtok(text, "\n"); word && nr < max; word = strtok(NULL, "\n"))
		ret_words[nr++] = word;
	return nr;
}

#define PROFILES_MAX 256

static enum exit_status run(const struct lock_options *o)
{
	struct strbuf names = STRBUF_INIT;
	char usual[] = "supported", *one = o->profile ? strdup(o->profile) : strdup(usual);
	char *profiles[PROFILES_MAX] = { one };
	enum exit_status status = EXIT_CLEAN;
	struct candor_error error;
	size_t nr = 1;

	if (o->all &&
	    candor_render(o->c, "policy-profiles", "text", NULL, output_keep, &names, &error) < 0)
		status = output_fail(command, o->c, &error);
	if (!status && o->all)
		nr = split(names.size ? names.data : usual, profiles, PROFILES_MAX);
	if (!status)
		status = o->check ? check_all(o, profiles, nr) : make_all(o, profiles, nr);
	strbuf_reset(&names);
	free(one);
	return status;
}

static enum exit_status open_and_run(struct lock_options *o)
{
	enum exit_status status;
	struct candor_error error;

	if (candor_create(NULL, &o->c))
		return output_say(command, "free memory", "out of memory");
	if (o->tree && candor_set(o->c, "tree", o->tree, &error))
		status = output_complain(command, &error);
	else
		status = run(o);
	candor_destroy(o->c);
	return status;
}

enum exit_status policy_lock(int argc, char **argv)
{
	struct lock_options o = { 0 };
	const struct argument rows[] = {
		{ "profile", "NAME", "the profile (default: supported)", .text = &o.profile },
		{ "all", NULL, "every profile; nothing is written unless all succeed",
		  .flag = &o.all },
		{ "check", NULL, "write nothing; show how the locks on disk differ",
		  .flag = &o.check },
		{ "record", "DIR", "write what each was decided from into DIR, for replay",
		  .text = &o.records },
		{ "site", "FILE", "rules of the site, behind the profile's", .list = &o.site },
		{ "host", "FILE", "rules of the host, behind all others", .list = &o.host },
		{ "tree", "DIR", "the source tree (default: .)", .text = &o.tree },
	};
	const struct argument_table table = {
		command, "", "Exit status: 0 done, 1 locks differ (--check), 2 trouble.\n", rows,
		sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	enum arguments_result result = arguments_parse(&table, argc, argv, &operands);

	if (result != ARGUMENTS_OK)
		return result == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	if (o.all && o.profile) {
		fputs("candor policy: --all and --profile exclude each other\n", stderr);
		return EXIT_TROUBLE;
	}
	return open_and_run(&o);
}

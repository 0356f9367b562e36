/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor host enable`, `disable` and `apply`: what changes a host's records. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"
#include "base/text.h"
#include "host-session.h"
#include "host/change.h"
#include "output.h"

#define UPDATE_GRUB "/usr/sbin/update-grub"

static const char change_status[] =
	"Exit status: 0 done; 1 refused; 2 trouble: nothing is changed, unless it says so.\n";

struct change_options {
	struct host_options host;
	const char *why, *by, *until, *update;
	bool no_boot_entry, print_options;
};

#define WHY_ROW(o)                                             \
	{                                                      \
		"why", "TEXT", "the reason", .text = &(o)->why \
	}
#define BY_ROW(o)                                                    \
	{                                                            \
		"by", "NAME", "who answers for it", .text = &(o)->by \
	}
#define UPDATE_ROW(o)                                                                      \
	{                                                                                  \
		"update-command", "PROGRAM",                                               \
			"put the boot entry to use (default: " UPDATE_GRUB "; none: not)", \
			.text = &(o)->update                                               \
	}
#define PRINT_ROW(o)                                                                     \
	{                                                                                \
		"print-options", NULL, "print the boot options, for other boot loaders", \
			.flag = &(o)->print_options                                      \
	}

/* The answer is "no". */
static __attribute__((format(printf, 3, 4))) enum exit_status
refuse(const char *command, const char *remedy, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	output_say(command, remedy, "%s", text);
	return EXIT_FINDINGS;
}

/* ---- what is asked ---- */

/* Who and why, into the record. */
static enum exit_status take_who(const char *command, const struct change_options *o,
				 struct optin *r)
{
	const char *fault;

	if (!o->why)
		return output_say(command, "say why, for those who read it in a year",
				  "--why is missing");
	if (!o->by)
		return output_say(command, "say who answers for it", "--by is missing");
	fault = optin_text_fault(o->why, OPTIN_WHY_MAX);
	if (fault)
		return output_say(command, "give 1 to 1024 bytes of UTF-8", "--why %s", fault);
	fault = optin_text_fault(o->by, OPTIN_BY_MAX);
	if (fault)
		return output_say(command, "give 1 to 128 bytes of UTF-8", "--by %s", fault);
	strcpy(r->why, o->why);
	strcpy(r->by, o->by);
	if (date_now(r->when))
		return output_say(command, "unset it, or set it to seconds since 1970",
				  "SOURCE_DATE_EPOCH is no time");
	return EXIT_CLEAN;
}

static enum exit_status take_until(const char *command, const char *until, struct optin *r)
{
	char today[DATE_SIZE];

	if (!until)
		return EXIT_CLEAN;
	if (!date_is_valid(until))
		return output_say(command, "give a day like 2027-06-30", "--until '%s' is no day",
				  until);
	snprintf(today, sizeof(today), "%.10s", r->when);
	if (strcmp(until, today) < 0)
		return output_say(command, "give today or a later day",
				  "--until %s is past: the hypervisor would refuse it", until);
	memcpy(r->until, until, DATE_SIZE);
	return EXIT_CLEAN;
}

/* ---- may it be enabled? ---- */

/* The nearest id that the build or its lock knows. */
static enum exit_status no_feature(const char *command, const struct status_input *in,
				   const char *id)
{
	const struct candor *lock = in->known.candor;
	struct candor_verdict v;
	struct suggest near;

	suggest_start(&near, id);
	for (size_t i = 0; i < in->state.nr_features; i++)
		suggest_offer(&near, in->state.features[i].id);
	for (size_t i = 0; lock && candor_verdict_at(lock, i, &v); i++)
		suggest_offer(&near, v.feature);
	if (suggest_best(&near))
		return refuse(command, "ids are those of `candor host status --json`",
			      "this build knows no feature '%s'; did you mean '%s'?", id,
			      suggest_best(&near));
	return refuse(command, "ids are those of `candor host status --json`",
		      "this build knows no feature '%s'", id);
}

/* Which profile, and which rule of it, left the feature out. */
static enum exit_status left_out(const char *command, const struct status_input *in, const char *id)
{
	static const char remedy[] = "boot a build whose policy has it as opt-in";
	const struct candor_verdict verdict = known_verdict(&in->known, id);
	const char *profile = in->state.known	   ? in->state.policy
			      : in->known.has_lock ? in->known.lock.profile
						   : "";

	if (verdict.value && verdict.decided == CANDOR_OFF)
		return refuse(command, remedy, "%s is off: left out by the profile %s, at %s", id,
			      in->known.lock.profile, verdict.reason);
	return refuse(command, remedy,
		      "%s is off: left out by the profile %s (its lock is not at hand: --lock says "
		      "which rule)",
		      id, profile);
}

static enum exit_status already_on(const char *command, const char *id)
{
	return refuse(command, "there is nothing to ask for",
		      "%s is on in this build, without being asked for", id);
}

/* By what runs; else by the lock. */
static enum exit_status may_enable(const char *command, const struct status_input *in,
				   const char *id)
{
	const struct state_feature *running = state_find(&in->state, id);
	const struct candor_verdict verdict = known_verdict(&in->known, id);

	if (!in->state.known && !in->known.has_lock)
		return output_say(command, "give --state or --lock",
				  "what this host's build has is not known");
	if (in->state.known ? !running : !verdict.value)
		return no_feature(command, in, id);
	if (in->state.known ? running->state == RUN_OFF : verdict.decided == CANDOR_OFF)
		return left_out(command, in, id);
	if (in->state.known ? running->state == RUN_ON : verdict.decided == CANDOR_ON)
		return already_on(command, id);
	return EXIT_CLEAN;
}

/* What is given up. */
static void warn(const char *command, const struct status_input *in, const struct optin *r)
{
	const struct known_fact f = known_fact(&in->known, r->id);

	if (f.taint)
		fprintf(stderr,
			"%s: warning: %s is %s\n"
			"       = the host shows taint %c while it is active%s\n",
			command, r->id, f.cost, f.taint,
			f.is_secure ? "" : "; holes in it may stay, unannounced");
	else if (!f.level)
		fprintf(stderr,
			"%s: warning: how far %s is supported is not known\n"
			"       = give --tree, or install SUPPORT.md\n",
			command, r->id);
	if (!r->until[0])
		fprintf(stderr,
			"%s: warning: %s is asked for without end\n"
			"       = give --until, so that somebody looks at it again\n",
			command, r->id);
}

/* ---- the change ---- */

/* The program that puts the boot entry to use; NULL: none. */
static const char *update_program(const struct change_options *o)
{
	if (o->update)
		return strcmp(o->update, "none") ? o->update : NULL;
	return host_is_here(&o->host) && !access(UPDATE_GRUB, X_OK) ? UPDATE_GRUB : NULL;
}

static void tell_boot(const struct change_options *o, const struct change *c, struct strbuf *out)
{
	if (o->print_options) {
		boot_options(&c->records, out);
		strbuf_puts(out, "\n");
		return;
	}
	strbuf_printf(out, "boot entry: %s%s/%s%s\n", c->root, BOOT_FOLDER, BOOT_FILE,
		      update_program(o) ? "" : "; the boot loader's menu is not written anew");
	strbuf_puts(out, "it counts from the next boot\n");
}

/* Done: put it to use, and tell. */
static enum exit_status finish(const char *command, const struct change_options *o,
			       const struct change *c, const char *told, struct strbuf *err)
{
	const char *program = update_program(o);
	struct strbuf out = STRBUF_INIT;
	int rc = program ? change_update(program, err) : 0;

	if (rc)
		return host_trouble(command, rc, err);
	if (!o->print_options) {
		text_add_visible(&out, told, strlen(told));
		strbuf_puts(&out, "\n");
	}
	tell_boot(o, c, &out);
	return host_print(&out);
}

static enum exit_status
make(const char *command, const struct change_options *o, const struct optin *r,
     int (*change)(struct change *, const struct optin *, enum change_stage *, struct strbuf *),
     const char *told)
{
	struct strbuf err = STRBUF_INIT;
	enum change_stage stage;
	enum exit_status status;
	char buffer[PATH_MAX];
	struct change c;
	int rc = change_begin(host_root(&o->host, buffer), r->id, &c, &err);

	if (rc)
		return host_trouble(command, rc, &err);
	rc = change(&c, r, &stage, &err);
	status = rc ? host_trouble(command, rc, &err) : finish(command, o, &c, told, &err);
	change_end(&c);
	strbuf_reset(&err);
	return status;
}

static enum exit_status enable(const char *command, const struct change_options *o,
			       const struct optin *r)
{
	struct status_input in;
	char told[512];
	enum exit_status status = host_read(command, &o->host, &in);

	if (status)
		return status;
	status = may_enable(command, &in, r->id);
	if (!status)
		warn(command, &in, r);
	status_input_reset(&in);
	if (status)
		return status;
	snprintf(told, sizeof(told), "%s: on record, by %s%s%s", r->id, r->by,
		 r->until[0] ? " until " : "", r->until);
	return make(command, o, r, change_enable, told);
}

static enum exit_status take_id(const char *command, const char *id, struct optin *r)
{
	if (!state_is_id(id))
		return output_say(command, "ids are of a-z, 0-9 and _, at most 64 bytes",
				  "'%s' is no id of a feature", id);
	strcpy(r->id, id);
	return EXIT_CLEAN;
}

enum exit_status host_enable(int argc, char **argv)
{
	struct change_options o = { 0 };
	const struct argument rows[] = {
		WHY_ROW(&o),
		BY_ROW(&o),
		{ "until", "YYYY-MM-DD", "the last day, in UTC, it is to be active",
		  .text = &o.until },
		{ "no-boot-entry", NULL, "put it on record only", .flag = &o.no_boot_entry },
		PRINT_ROW(&o),
		UPDATE_ROW(&o),
		HOST_STATE_ROW(&o.host),
		HOST_ROOT_ROW(&o.host),
		HOST_LOCK_ROW(&o.host),
		HOST_TREE_ROW(&o.host),
	};
	const struct argument_table table = { argv[0], "FEATURE", change_status, rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	struct optin r = { 0 };
	enum exit_status status;

	if (!host_arguments(&table, argc, argv, 1, 1, &operands, &status))
		return status;
	status = take_id(argv[0], operands.values[0], &r);
	if (!status)
		status = take_who(argv[0], &o, &r);
	if (!status)
		status = take_until(argv[0], o.until, &r);
	r.boot_entry = !o.no_boot_entry;
	return status ? status : enable(argv[0], &o, &r);
}

/* ---- disable ---- */

/* Is there anything to take away? What runs counts too: its ending is put in the log. */
static enum exit_status may_disable(const char *command, const struct status_input *in,
				    const char *id)
{
	const struct state_feature *running = state_find(&in->state, id);
	const struct log_entry *last = log_find(&in->log, id);
	struct suggest near;

	if (optins_find(&in->records, id) || boot_find(&in->boot, id) ||
	    (last && last->action == LOG_ENABLE) ||
	    (running && (running->state == RUN_OPTED_IN || running->state == RUN_EXPIRED)))
		return EXIT_CLEAN;
	if (running && running->state == RUN_ON)
		return refuse(command, "deny it in a rule of the site's policy and build again",
			      "%s is on in this build, not by a record of this host", id);
	suggest_start(&near, id);
	for (size_t i = 0; i < in->records.nr; i++)
		suggest_offer(&near, in->records.items[i].id);
	return refuse(command, "`candor host list` shows what is", "%s is not on record%s%s%s", id,
		      suggest_best(&near) ? "; did you mean '" : "",
		      suggest_best(&near) ? suggest_best(&near) : "",
		      suggest_best(&near) ? "'?" : "");
}

static enum exit_status disable(const char *command, const struct change_options *o,
				const struct optin *r)
{
	struct status_input in;
	char told[512];
	enum exit_status status = host_read(command, &o->host, &in);

	if (status)
		return status;
	status = may_disable(command, &in, r->id);
	status_input_reset(&in);
	if (status)
		return status;
	snprintf(told, sizeof(told), "%s: no longer on record, by %s", r->id, r->by);
	return make(command, o, r, change_disable, told);
}

enum exit_status host_disable(int argc, char **argv)
{
	struct change_options o = { .host = { .is_quiet = true } };
	const struct argument rows[] = {
		WHY_ROW(&o),
		BY_ROW(&o),
		PRINT_ROW(&o),
		UPDATE_ROW(&o),
		HOST_STATE_ROW(&o.host),
		HOST_ROOT_ROW(&o.host),
	};
	const struct argument_table table = { argv[0], "FEATURE", change_status, rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	struct optin r = { 0 };
	enum exit_status status;

	if (!host_arguments(&table, argc, argv, 1, 1, &operands, &status))
		return status;
	status = take_id(argv[0], operands.values[0], &r);
	if (!status)
		status = take_who(argv[0], &o, &r);
	return status ? status : disable(argv[0], &o, &r);
}

/* ---- apply ---- */

enum exit_status host_apply(int argc, char **argv)
{
	struct change_options o = { 0 };
	const struct argument rows[] = { PRINT_ROW(&o), UPDATE_ROW(&o), HOST_ROOT_ROW(&o.host) };
	const struct argument_table table = { argv[0], "", change_status, rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	struct strbuf err = STRBUF_INIT;
	enum exit_status status;
	char buffer[PATH_MAX];
	struct change c;
	int rc;

	if (!host_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	rc = change_begin(host_root(&o.host, buffer), NULL, &c, &err);
	if (rc)
		return host_trouble(argv[0], rc, &err);
	rc = change_apply(&c, &err);
	status = rc ? host_trouble(argv[0], rc, &err)
		    : finish(argv[0], &o, &c, "the boot entry is as the records ask", &err);
	change_end(&c);
	strbuf_reset(&err);
	return status;
}

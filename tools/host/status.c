/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records beside what runs: rows, and what does not fit. */
#include "host/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *name;
	enum status_grade grade;
	const char *remedy;
} kinds[] = {
	[FIND_UNDOCUMENTED] = { "undocumented", GRADE_OUTSIDE,
				"put it on record with `candor host enable`, or take it out of the "
				"boot options and reboot" },
	[FIND_DISABLED] = { "disabled-but-active", GRADE_OUTSIDE, "reboot" },
	[FIND_EXPIRED] = { "expired", GRADE_OUTSIDE,
			   "renew it with `candor host enable`, or end it with `candor host "
			   "disable`; then reboot" },
	[FIND_NO_BOOT] = { "no-boot-entry", GRADE_OUTSIDE, "run `candor host apply`" },
	[FIND_STRAY_BOOT] = { "stray-boot-entry", GRADE_OUTSIDE,
			      "put it on record with `candor host enable`, or run `candor host "
			      "apply`" },
	[FIND_FOREIGN_BOOT] = { "foreign-boot-entry", GRADE_OUTSIDE,
				"run `candor host apply`, which writes it anew" },
	[FIND_UNFINISHED] = { "unfinished", GRADE_OUTSIDE, "make the change again" },
	[FIND_UNLOGGED] = { "unlogged", GRADE_OUTSIDE,
			    "put it on record with `candor host enable`, not by hand" },
	[FIND_BAD_RECORD] = { "bad-record", GRADE_OUTSIDE,
			      "write it anew with `candor host enable`, or remove the file" },
	[FIND_BEYOND_LOCK] = { "beyond-lock", GRADE_OUTSIDE,
			       "see with `candor inspect` what the image holds" },
	[FIND_NO_STATE] = { "no-state", GRADE_OUTSIDE,
			    "run it as root in the privileged guest of a host with the feature "
			    "hypfs, or give --state" },
	[FIND_REBOOT] = { "needs-reboot", GRADE_REBOOT, "reboot" },
	[FIND_SOON] = { "expires-soon", GRADE_SOON,
			"renew it with `candor host enable` while it is still wanted" },
	[FIND_LEFT_OUT] = { "left-out", GRADE_NOTE,
			    "boot a build that has it, or `candor host disable` it" },
	[FIND_NEEDLESS] = { "needless", GRADE_NOTE, "`candor host disable` it" },
	[FIND_OTHER_LOCK] = { "other-lock", GRADE_NOTE, "give the lock of the build that runs" },
};

static const char *const grades[] = { [GRADE_OUTSIDE] = "outside",
				      [GRADE_REBOOT] = "reboot",
				      [GRADE_SOON] = "soon",
				      [GRADE_NOTE] = "note" };

const char *status_kind_name(enum status_kind kind)
{
	return kinds[kind].name;
}

enum status_grade status_kind_grade(enum status_kind kind)
{
	return kinds[kind].grade;
}

const char *status_kind_remedy(enum status_kind kind)
{
	return kinds[kind].remedy;
}

const char *status_grade_name(enum status_grade grade)
{
	return grades[grade];
}

/* Days since 1970-01-01 of a valid date. */
static long day_number(const char *date)
{
	struct tm tm = { .tm_year = atoi(date) - 1900,
			 .tm_mon = atoi(date + 5) - 1,
			 .tm_mday = atoi(date + 8) };

	return (long)(timegm(&tm) / 86400);
}

long status_days(const char *from, const char *to)
{
	return day_number(to) - day_number(from);
}

/* ---- rows ---- */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All ids that anything names, sorted, each once. */
static int collect_ids(const struct status_input *in, const char ***ret_ids, size_t *ret_nr)
{
	size_t most = in->state.nr_features + in->records.nr + in->boot.nr + in->log.nr, nr = 0;
	size_t kept = 0;
	const char **ids = calloc(most + 1, sizeof(*ids));

	if (!ids)
		return -ENOMEM;
	for (size_t i = 0; i < in->state.nr_features; i++)
		ids[nr++] = in->state.features[i].id;
	for (size_t i = 0; i < in->records.nr; i++)
		ids[nr++] = in->records.items[i].id;
	for (size_t i = 0; i < in->boot.nr; i++)
		ids[nr++] = in->boot.items[i].id;
	for (size_t i = 0; i < in->log.nr; i++)
		if (in->log.last[i].action == LOG_ENABLE)
			ids[nr++] = in->log.last[i].record.id;
	qsort(ids, nr, sizeof(*ids), compare_texts);
	for (size_t i = 0; i < nr; i++)
		if (!kept || strcmp(ids[kept - 1], ids[i]) != 0)
			ids[kept++] = ids[i];
	*ret_ids = ids;
	*ret_nr = kept;
	return 0;
}

static struct status_row row_of(const struct status_input *in, const char *id)
{
	return (struct status_row){
		.id = id,
		.running = state_find(&in->state, id),
		.record = optins_find(&in->records, id),
		.boot = boot_find(&in->boot, id),
		.last = log_find(&in->log, id),
		.fact = known_fact(&in->known, id),
		.verdict = known_verdict(&in->known, id),
	};
}

/* ---- findings ---- */

static __attribute__((format(printf, 4, 5))) int find(struct status *s, enum status_kind kind,
						      const char *id, const char *fmt, ...)
{
	struct status_finding *grown;
	va_list ap;

	if (!(s->nr_findings & (s->nr_findings - 1))) {
		grown = reallocarray(s->findings, s->nr_findings ? s->nr_findings * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		s->findings = grown;
	}
	grown = &s->findings[s->nr_findings++];
	*grown = (struct status_finding){ .kind = kind, .id = id };
	va_start(ap, fmt);
	vsnprintf(grown->message, sizeof(grown->message), fmt, ap);
	va_end(ap);
	return 0;
}

/* "until DAY" or "without end". */
static const char *until_words(const char *until, char buffer[32])
{
	snprintf(buffer, 32, until[0] ? "until %s" : "without end%s", until);
	return buffer;
}

/* What is active, and may not be. */
static int judge_active(struct status *s, const struct status_row *row)
{
	bool is_opted_in = row->running && row->running->state == RUN_OPTED_IN;
	int rc = 0;

	if (is_opted_in && !row->record && row->last && row->last->action == LOG_DISABLE)
		rc = find(s, FIND_DISABLED, row->id, "is still active; %s disabled it on %.10s",
			  row->last->record.by, row->last->record.when);
	else if (is_opted_in && !row->record)
		rc = find(s, FIND_UNDOCUMENTED, row->id,
			  "is active by the boot options, and nobody is on record for it");
	if (!rc && row->running && state_is_active(row->running->state) && row->verdict.value &&
	    row->verdict.decided == CANDOR_OFF)
		rc = find(s, FIND_BEYOND_LOCK, row->id, "is active, and the lock has it off: %s",
			  row->verdict.reason);
	return rc;
}

/* Days that are past, or nearly. */
static int judge_dates(struct status *s, const struct status_row *row)
{
	const char *until = row->record && !row->record->is_bad ? row->record->until : "";
	long days;

	if (!until[0] && row->running && row->running->state == RUN_EXPIRED)
		return find(s, FIND_EXPIRED, row->id, "was asked for until %s: refused at boot",
			    row->running->until);
	if (!until[0])
		return 0;
	days = status_days(s->in->today, until);
	if (days < 0)
		return find(s, FIND_EXPIRED, row->id, "is on record until %s, which is past",
			    until);
	if (days <= STATUS_SOON_DAYS)
		return find(s, FIND_SOON, row->id, "is on record until %s: %ld more %s", until,
			    days, days == 1 ? "day" : "days");
	return 0;
}

/* The boot entry beside the record. */
static int judge_boot(struct status *s, const struct status_row *row)
{
	const struct optin *r = row->record;
	char here[32], there[32];

	if (row->boot && !r)
		return find(s, FIND_STRAY_BOOT, row->id, "is in the boot entry, and not on record");
	if (!r || r->is_bad)
		return 0;
	if (row->boot && !r->boot_entry)
		return find(s, FIND_STRAY_BOOT, row->id,
			    "is in the boot entry, and its record says it is not to be");
	if (!row->boot && r->boot_entry && !s->in->boot.is_foreign)
		return find(s, FIND_NO_BOOT, row->id, "is on record, and not in the boot entry");
	if (row->boot && strcmp(row->boot->until, r->until) != 0)
		return find(s, FIND_NO_BOOT, row->id, "is on record %s, in the boot entry %s",
			    until_words(r->until, here), until_words(row->boot->until, there));
	return 0;
}

static bool is_same(const struct optin *a, const struct optin *b)
{
	return !strcmp(a->by, b->by) && !strcmp(a->why, b->why) && !strcmp(a->when, b->when) &&
	       !strcmp(a->until, b->until) && a->boot_entry == b->boot_entry;
}

/* The log beside the record. */
static int judge_log(struct status *s, const struct status_row *row)
{
	const struct optin *r = row->record;
	const struct optin *last = row->last ? &row->last->record : NULL;

	if (r && r->is_bad)
		return find(s, FIND_BAD_RECORD, row->id, "has a record that cannot be read");
	if (!r && last && row->last->action == LOG_ENABLE)
		return find(s, FIND_UNFINISHED, row->id,
			    "was enabled by %s on %.10s, says the log; there is no record",
			    last->by, last->when);
	if (!r || (last && row->last->action == LOG_ENABLE && is_same(r, last)))
		return 0;
	if (last && strcmp(last->when, r->when) > 0)
		return find(s, FIND_UNFINISHED, row->id,
			    "was changed by %s on %.10s, says the log; the record is older",
			    last->by, last->when);
	return find(s, FIND_UNLOGGED, row->id, "has a record that is not what the log says last");
}

/* What runs beside the record. */
static int judge_running(struct status *s, const struct status_row *row)
{
	enum run_state state = row->running ? row->running->state : RUN_UNKNOWN;
	const struct optin *r = row->record;
	char here[32], there[32];

	if (!r || r->is_bad || !s->in->state.known)
		return 0;
	if (!row->running)
		return find(s, FIND_LEFT_OUT, row->id, "is on record; this build does not know it");
	if (state == RUN_OFF)
		return find(s, FIND_LEFT_OUT, row->id, "is on record; this build has it off");
	if (state == RUN_ON)
		return find(s, FIND_NEEDLESS, row->id, "is on record; this build has it on anyway");
	if (r->until[0] && strcmp(r->until, s->in->today) < 0)
		return 0; /* expired, which is told */
	if (state == RUN_OPT_IN || state == RUN_EXPIRED)
		return find(s, FIND_REBOOT, row->id, "is on record %s, and not active",
			    until_words(r->until, here));
	if (state == RUN_OPTED_IN && strcmp(row->running->until, r->until) != 0)
		return find(s, FIND_REBOOT, row->id, "is on record %s, and active %s",
			    until_words(r->until, here), until_words(row->running->until, there));
	return 0;
}

static int judge_host(struct status *s)
{
	const struct status_input *in = s->in;
	size_t nameless = in->records.nr_bad;
	int rc = 0;

	for (size_t i = 0; i < in->records.nr; i++)
		nameless -= in->records.items[i].is_bad;
	if (!in->state.known && !in->may_be_unknown)
		rc = find(s, FIND_NO_STATE, "", "what the hypervisor runs is not known");
	if (!rc && in->boot.is_foreign)
		rc = find(s, FIND_FOREIGN_BOOT, "", "%s/%s is not as this program writes it",
			  BOOT_FOLDER, BOOT_FILE);
	if (!rc && in->known.has_lock && in->state.has_decision &&
	    strcmp(in->known.lock.decision, in->state.decision) != 0)
		rc = find(s, FIND_OTHER_LOCK, "", "%s is of decision %.19s, the build of %.19s",
			  in->known.lock.path, in->known.lock.decision, in->state.decision);
	if (!rc && nameless)
		rc = find(s, FIND_BAD_RECORD, "", "files in %s are named after no feature: %zu",
			  OPTIN_FOLDER, nameless);
	return rc;
}

static int judge_row(struct status *s, const struct status_row *row)
{
	static int (*const judges[])(struct status *, const struct status_row *) = {
		judge_active, judge_dates, judge_boot, judge_log, judge_running,
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]) && !rc; i++)
		rc = judges[i](s, row);
	return rc;
}

int status_make(const struct status_input *in, struct status *ret_status)
{
	struct status s = { .in = in };
	const char **ids = NULL;
	size_t nr = 0;
	int rc = collect_ids(in, &ids, &nr);

	if (!rc)
		s.rows = calloc(nr + 1, sizeof(*s.rows));
	if (!rc && !s.rows)
		rc = -ENOMEM;
	if (!rc)
		rc = judge_host(&s);
	for (size_t i = 0; i < nr && !rc; i++) {
		s.rows[s.nr_rows] = row_of(in, ids[i]);
		rc = judge_row(&s, &s.rows[s.nr_rows++]);
	}
	free(ids);
	if (rc)
		status_reset(&s);
	else
		*ret_status = s;
	return rc;
}

bool status_is_outside(const struct status *s)
{
	for (size_t i = 0; i < s->nr_findings; i++)
		if (status_kind_grade(s->findings[i].kind) == GRADE_OUTSIDE)
			return true;
	return false;
}

const struct status_finding *status_worst(const struct status *s, const char *id)
{
	const struct status_finding *worst = NULL;

	for (size_t i = 0; i < s->nr_findings; i++) {
		const struct status_finding *f = &s->findings[i];

		if (!strcmp(f->id, id) &&
		    (!worst || status_kind_grade(f->kind) < status_kind_grade(worst->kind)))
			worst = f;
	}
	return worst;
}

void status_reset(struct status *s)
{
	free(s->rows);
	free(s->findings);
	*s = (struct status){ 0 };
}

void status_input_reset(struct status_input *in)
{
	state_reset(&in->state);
	optins_reset(&in->records);
	log_reset(&in->log);
	boot_reset(&in->boot);
	known_reset(&in->known);
}

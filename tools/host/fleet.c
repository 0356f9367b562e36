/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many hosts: duplicates settled, each held against its policy and the others. */
#include "host/fleet.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"

/* ---- a host ---- */

int fleet_host_find(struct fleet_host *host, const char *kind, const char *id, const char *fmt, ...)
{
	struct fleet_finding *f;
	va_list ap;

	for (size_t i = 0; i < host->nr_findings; i++)
		if (!strcmp(host->findings[i].kind, kind) && !strcmp(host->findings[i].id, id))
			return 0;
	f = reallocarray(host->findings, host->nr_findings + 1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	host->findings = f;
	f = &f[host->nr_findings++];
	*f = (struct fleet_finding){ 0 };
	snprintf(f->kind, sizeof(f->kind), "%s", kind);
	snprintf(f->id, sizeof(f->id), "%s", id);
	va_start(ap, fmt);
	vsnprintf(f->message, sizeof(f->message), fmt, ap);
	va_end(ap);
	return 0;
}

void fleet_host_reset(struct fleet_host *host)
{
	free(host->file);
	free(host->features);
	free(host->findings);
	*host = (struct fleet_host){ 0 };
}

/* ---- files ---- */

static int add_fault(struct fleet *fleet, const char *path, const struct strbuf *err)
{
	struct fleet_fault *grown;
	struct fleet_fault fault = { strdup(path), strdup(err->data ? err->data : "") };

	grown = reallocarray(fleet->faults, fleet->nr_faults + 1, sizeof(*grown));
	if (grown)
		fleet->faults = grown;
	if (!grown || !fault.file || !fault.complaint) {
		free(fault.file);
		free(fault.complaint);
		return -ENOMEM;
	}
	grown[fleet->nr_faults++] = fault;
	return 0;
}

static int add_host(struct fleet *fleet, const struct fleet_host *host)
{
	struct fleet_host *grown;

	if (!(fleet->nr_hosts & (fleet->nr_hosts - 1))) {
		grown = reallocarray(fleet->hosts, fleet->nr_hosts ? fleet->nr_hosts * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		fleet->hosts = grown;
	}
	fleet->hosts[fleet->nr_hosts++] = *host;
	return 0;
}

static int read_host(const struct fleet *fleet, const char *path, struct fleet_host *ret_host,
		     struct strbuf *err)
{
	char *text;
	size_t size;
	int rc = file_read(path, STATE_FILE_MAX, &text, &size);

	if (rc) {
		complain(err, (struct place){ path, 0 }, "name a file that can be read, of 4 MiB",
			 "cannot be read: %s", strerror(-rc));
		return rc;
	}
	rc = fleet_host_parse(path, text, size, fleet, ret_host, err);
	free(text);
	return rc;
}

int fleet_add(struct fleet *fleet, const char *path)
{
	struct strbuf err = STRBUF_INIT;
	struct fleet_host host;
	int rc = read_host(fleet, path, &host, &err);

	if (!rc) {
		rc = add_host(fleet, &host);
		if (rc)
			fleet_host_reset(&host);
	} else if (rc != -ENOMEM) {
		rc = err.failed ? -ENOMEM : add_fault(fleet, path, &err);
	}
	strbuf_reset(&err);
	return rc;
}

/* ---- duplicates ---- */

/* By name; the newest of a name first; then by what cannot depend on the arguments' order. */
static int compare_hosts(const void *a, const void *b)
{
	const struct fleet_host *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = strcmp(y->date, x->date);
	if (!order)
		order = strcmp(x->digest, y->digest);
	return order ? order : strcmp(x->file, y->file);
}

static int compare_faults(const void *a, const void *b)
{
	return strcmp(((const struct fleet_fault *)a)->file, ((const struct fleet_fault *)b)->file);
}

/* Keep the newest state of each host; two of one day that differ are a finding. */
static int settle_duplicates(struct fleet *fleet)
{
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < fleet->nr_hosts; i++) {
		struct fleet_host *h = &fleet->hosts[i];
		struct fleet_host *first = kept ? &fleet->hosts[kept - 1] : NULL;

		if (!first || strcmp(first->name, h->name) != 0) {
			fleet->hosts[kept++] = *h;
			continue;
		}
		if (!rc && !strcmp(first->date, h->date) && strcmp(first->digest, h->digest) != 0)
			rc = fleet_host_find(
				first, "duplicate", "",
				"has two states of one day that differ: %.90s and %.90s",
				first->file, h->file);
		fleet->nr_older++;
		fleet_host_reset(h);
	}
	fleet->nr_hosts = kept;
	return rc;
}

/* ---- decisions ---- */

static int compare_by_decision(const void *a, const void *b)
{
	const struct fleet_host *x = *(struct fleet_host *const *)a;
	const struct fleet_host *y = *(struct fleet_host *const *)b;
	int order = strcmp(x->policy, y->policy);

	if (!order)
		order = strcmp(x->decision, y->decision);
	return order ? order : strcmp(x->name, y->name);
}

/* Of hosts[0..nr), all of one policy and sorted by decision: what most of them have. */
static const char *commonest(struct fleet_host *const *hosts, size_t nr)
{
	const char *best = hosts[0]->decision;
	size_t best_nr = 0, run = 0;

	for (size_t i = 0; i < nr; i++) {
		run = i && !strcmp(hosts[i - 1]->decision, hosts[i]->decision) ? run + 1 : 1;
		if (run > best_nr) {
			best_nr = run;
			best = hosts[i]->decision;
		}
	}
	return best;
}

/* Hosts of one policy that were built of another decision than most. */
static int compare_decisions(struct fleet *fleet)
{
	struct fleet_host **hosts = calloc(fleet->nr_hosts + 1, sizeof(struct fleet_host *));
	size_t nr = 0;
	int rc = hosts ? 0 : -ENOMEM;

	for (size_t i = 0; hosts && i < fleet->nr_hosts; i++)
		if (fleet->hosts[i].has_decision)
			hosts[nr++] = &fleet->hosts[i];
	if (hosts)
		qsort(hosts, nr, sizeof(*hosts), compare_by_decision);
	for (size_t i = 0, end; i < nr && !rc; i = end) {
		const char *norm;

		for (end = i + 1; end < nr && !strcmp(hosts[i]->policy, hosts[end]->policy);)
			end++;
		norm = commonest(hosts + i, end - i);
		for (size_t k = i; k < end && !rc; k++)
			if (strcmp(hosts[k]->decision, norm) != 0)
				rc = fleet_host_find(hosts[k], "other-decision", "",
						     "is built of decision %.19s; most hosts of "
						     "policy %s of %.19s",
						     hosts[k]->decision, hosts[k]->policy, norm);
	}
	free(hosts);
	return rc;
}

static int judge_decision(const struct fleet *fleet, struct fleet_host *h)
{
	const struct known *policy = fleet->policy;

	if (!policy || !h->running)
		return 0;
	if (!h->has_decision)
		return strcmp(h->policy, policy->lock.profile)
			       ? fleet_host_find(h, "other-decision", "",
						 "is built of policy %s, not %s", h->policy,
						 policy->lock.profile)
			       : 0;
	if (strcmp(h->decision, policy->lock.decision) != 0)
		return fleet_host_find(h, "other-decision", "",
				       "is built of decision %.19s (policy %s), not %.19s (%s)",
				       h->decision, h->policy, policy->lock.decision,
				       policy->lock.profile);
	return 0;
}

/* ---- days and records ---- */

static int judge_feature(const struct fleet *fleet, struct fleet_host *h,
			 const struct fleet_feature *f)
{
	const char *until = f->has_record ? f->recorded : f->until;
	int rc = 0;

	if (f->state == RUN_OPTED_IN && !f->has_record)
		rc = fleet_host_find(h, status_kind_name(FIND_UNDOCUMENTED), f->id,
				     "is active, and nobody is on record for it");
	if (!rc && (f->state == RUN_EXPIRED || (until[0] && strcmp(until, fleet->today) < 0)))
		rc = fleet_host_find(h, status_kind_name(FIND_EXPIRED), f->id,
				     "was asked for until %s", until);
	return rc;
}

static int judge_host(const struct fleet *fleet, struct fleet_host *h)
{
	long age = status_days(h->date, fleet->today);
	int rc = 0;

	if (!h->running)
		rc = fleet_host_find(h, status_kind_name(FIND_NO_STATE), "",
				     "does not know what its hypervisor runs");
	if (!rc && age > (long)fleet->max_age)
		rc = fleet_host_find(h, "stale", "", "told its state on %s, %ld days ago", h->date,
				     age);
	if (!rc && age < 0)
		rc = fleet_host_find(h, "stale", "", "told its state on %s, which is to come",
				     h->date);
	if (!rc)
		rc = judge_decision(fleet, h);
	for (size_t i = 0; i < h->nr_features && !rc; i++)
		rc = judge_feature(fleet, h, &h->features[i]);
	return rc;
}

static int compare_findings(const void *a, const void *b)
{
	const struct fleet_finding *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order ? order : strcmp(x->kind, y->kind);
}

int fleet_judge(struct fleet *fleet)
{
	int rc;

	if (fleet->nr_hosts)
		qsort(fleet->hosts, fleet->nr_hosts, sizeof(*fleet->hosts), compare_hosts);
	if (fleet->nr_faults)
		qsort(fleet->faults, fleet->nr_faults, sizeof(*fleet->faults), compare_faults);
	rc = settle_duplicates(fleet);
	for (size_t i = 0; i < fleet->nr_hosts && !rc; i++)
		rc = judge_host(fleet, &fleet->hosts[i]);
	if (!rc && !fleet->policy)
		rc = compare_decisions(fleet);
	for (size_t i = 0; i < fleet->nr_hosts && !rc; i++)
		if (fleet->hosts[i].nr_findings)
			qsort(fleet->hosts[i].findings, fleet->hosts[i].nr_findings,
			      sizeof(struct fleet_finding), compare_findings);
	return rc;
}

size_t fleet_nr_outside(const struct fleet *fleet)
{
	size_t nr = 0;

	for (size_t i = 0; i < fleet->nr_hosts; i++)
		nr += fleet->hosts[i].nr_findings != 0;
	return nr;
}

void fleet_reset(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->nr_hosts; i++)
		fleet_host_reset(&fleet->hosts[i]);
	for (size_t i = 0; i < fleet->nr_faults; i++) {
		free(fleet->faults[i].file);
		free(fleet->faults[i].complaint);
	}
	free(fleet->hosts);
	free(fleet->faults);
	*fleet = (struct fleet){ 0 };
}

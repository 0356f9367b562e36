/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many hosts' states in one table: each host tells its own by `candor host status --json`,
 * and the report names those outside policy.
 */
#ifndef CANDOR_HOST_FLEET_H
#define CANDOR_HOST_FLEET_H

#include "base/table.h"
#include "host/document.h"
#include "host/status.h"

#define FLEET_HOSTS_MAX 1000000
#define FLEET_MESSAGE_MAX 255

/** A feature of a host that more is to be said of than on or off. */
struct fleet_feature {
	char id[STATE_ID_MAX + 1];
	enum run_state state;
	char until[DATE_SIZE];	  /* as it runs */
	char recorded[DATE_SIZE]; /* as it is on record; "" for no end, or for none */
	bool has_record;
	char by[OPTIN_BY_MAX + 1];
	char taint; /* '\0': none known */
};

struct fleet_finding {
	char kind[32];
	char id[STATE_ID_MAX + 1]; /* "" for the host as a whole */
	char message[FLEET_MESSAGE_MAX + 1];
};

struct fleet_host {
	char *file;
	char name[STATUS_NAME_MAX + 1];
	char date[DATE_SIZE]; /* of the state */
	char policy[STATE_TEXT_MAX + 1], decision[STATE_TEXT_MAX + 1], taint[STATE_TEXT_MAX + 1];
	bool running, has_decision, has_taint;
	char digest[65]; /* of the file's bytes */
	struct fleet_feature *features;
	size_t nr_features;
	struct fleet_finding *findings;
	size_t nr_findings;
};

/** A file that is no host's state. */
struct fleet_fault {
	char *file;
	char *complaint; /* whole lines */
};

/** Zero-initialise; fleet_reset() frees it. */
struct fleet {
	char today[DATE_SIZE];
	unsigned int max_age; /* days after which a state is stale */
	/* Its lock is what all are held against; NULL: each host's own. */
	const struct known *policy;
	struct fleet_host *hosts; /* sorted by name once judged */
	size_t nr_hosts;
	struct fleet_fault *faults;
	size_t nr_faults;
	size_t nr_older; /* states of a host of which a newer one was given */
};

/**
 * Read a host's state. @lock is what the host is held against, NULL for its own. 0, -EINVAL
 * with complaints in @err, or -ENOMEM. fleet_host_reset() it.
 */
int fleet_host_parse(const char *path, const char *text, size_t size, const struct fleet *fleet,
		     struct fleet_host *ret_host, struct strbuf *err);

/** Add a finding to a host, unless it has one of that kind and feature. 0 or -ENOMEM. */
int fleet_host_find(struct fleet_host *host, const char *kind, const char *id, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

void fleet_host_reset(struct fleet_host *host);

/** Read a file into the fleet; one that is no state becomes a fault. 0 or -ENOMEM. */
int fleet_add(struct fleet *fleet, const char *path);

/** Sort, settle duplicates, and find what is outside policy. 0 or -ENOMEM. */
int fleet_judge(struct fleet *fleet);

size_t fleet_nr_outside(const struct fleet *fleet);

void fleet_reset(struct fleet *fleet);

void fleet_text(const struct fleet *fleet, struct strbuf *out, size_t width,
		enum emit_colour colour);
void fleet_csv(const struct fleet *fleet, struct strbuf *out);
void fleet_markdown(const struct fleet *fleet, struct strbuf *out);
void fleet_html(const struct fleet *fleet, struct strbuf *out);
void fleet_document(const struct fleet *fleet, struct strbuf *out, enum doc_format format);

#endif

/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a running hypervisor says of its features below /support of its tree of facts:
 * read from the hypervisor, from a text of its paths and values, or from what `candor host
 * status --json` has written.
 */
#ifndef CANDOR_HOST_STATE_H
#define CANDOR_HOST_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/strbuf.h"

#define STATE_ID_MAX 64		  /* bytes of a feature's id */
#define STATE_TEXT_MAX 128	  /* bytes of any other text */
#define STATE_FEATURES_MAX 4096	  /* far more than there are */
#define STATE_FILE_MAX (4u << 20) /* bytes of a file that is read */

enum run_state {
	RUN_UNKNOWN,  /* nothing is known of it */
	RUN_OFF,      /* left out of the build */
	RUN_ON,	      /* in the build, and active */
	RUN_OPT_IN,   /* in the build; nobody has asked for it */
	RUN_OPTED_IN, /* asked for, and active */
	RUN_EXPIRED,  /* asked for until a day that is past: refused */
};

struct state_feature {
	char id[STATE_ID_MAX + 1];
	enum run_state state;
	char until[DATE_SIZE]; /* of RUN_OPTED_IN and RUN_EXPIRED; "": no end */
};

/** Zero-initialise; state_reset() frees it. Features are sorted by id. */
struct state {
	bool known; /* false: nothing could be read */
	char policy[STATE_TEXT_MAX + 1], decision[STATE_TEXT_MAX + 1], taint[STATE_TEXT_MAX + 1];
	bool has_decision, has_taint; /* older builds do not say */
	struct state_feature *features;
	size_t nr_features;
};

/** "opted-in" and the like. */
const char *state_name(enum run_state state);

/** The other way; false when there is no such word. */
bool state_from_name(const char *name, enum run_state *ret_state);

/** Is the text a feature's id? */
bool state_is_id(const char *text);

/** Does a feature in this state do its work? */
bool state_is_active(enum run_state state);

/** The feature, or NULL when the build does not know it; borrowed. */
const struct state_feature *state_find(const struct state *s, const char *id);

/**
 * Take what stands at @path, "/support/policy" or "/support/features/umip"; paths that are
 * not ours are passed over. 0, -EINVAL with the cause in @ret_why, or -ENOMEM.
 */
int state_take(struct state *s, const char *path, const char *value, char ret_why[128]);

/** Sort the features. 0, or -EINVAL with the id in @ret_why when one is there twice. */
int state_finish(struct state *s, char ret_why[128]);

/** Read lines "PATH VALUE", or a status in JSON. 0 or -errno; a complaint goes to @err. */
int state_parse(const char *path, const char *text, size_t size, struct state *ret_state,
		struct strbuf *err);
int state_read(const char *path, struct state *ret_state, struct strbuf *err);

/** The same from the member "features" and others of such a status, @root. */
int state_from_json(const char *path, const json_t *root, struct state *ret_state,
		    struct strbuf *err);

/** Ask the hypervisor this system runs on. 0 or -errno; a complaint goes to @err. */
int state_ask(struct state *ret_state, struct strbuf *err);

void state_reset(struct state *s);

#endif

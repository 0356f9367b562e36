/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The support library in one call: registry, statement and, if asked, the tree's
 * annotations, locks, objects and evidence, read into one linked model.
 */
#ifndef CANDOR_SUPPORT_SUPPORT_H
#define CANDOR_SUPPORT_SUPPORT_H

#include <stdio.h>

#include "model/model.h"

/** A text that stands in for a file: one that is not saved, or not yet corrected. */
struct support_text {
	const char *path; /* as the model names the file */
	const char *text;
	size_t size;
};

/** What to read. A NULL path or an empty list is left out. */
struct support_inputs {
	const char *registry;  /* support/features.yaml */
	const char *statement; /* SUPPORT.md */
	/* Nobody named these: they were there, and what @config says goes before them. */
	bool statement_is_found, waivers_are_found;
	const char *tree;     /* folder whose sources are scanned */
	const char *config;   /* the tree's candor.yaml; needs @tree */
	const char *evidence; /* results of tests, "NAME TAB RESULT" lines */
	const char *const *locks;
	size_t nr_locks;
	const char *const *objects; /* ELF objects, archives, executables */
	size_t nr_objects;
	const char *const *statements; /* more of them, behind @statement */
	size_t nr_statements;
	const struct support_text *texts; /* instead of what has their paths */
	size_t nr_texts;
	const char *waivers; /* support/waivers.yaml */
	/* Another state to compare with, or to take known findings from: a file (a
	   statement; a baseline), or a git revision of @tree. */
	const char *previous, *baseline;
	const char *const *branches; /* statements of other branches, likewise */
	size_t nr_branches;
	const char *date;     /* today, YYYY-MM-DD; NULL: rules about time stay silent */
	enum channel channel; /* CHANNEL_UNKNOWN: as the statement tells */
};

/**
 * Read and link. Wrong content does not stop it: it is a diagnostic of the
 * model with file, line, column and remedy, and the rest is read on; look at
 * ->nr_errors. Paths in the model are as given (those of a tree relative to it).
 *
 * Returns 0 with *@ret_model (caller destroys), or -errno without one when
 * memory runs out (-ENOMEM). A file that cannot be read is an "unreadable"
 * error among the diagnostics.
 */
int support_load(const struct support_inputs *in, struct model **ret_model);

/**
 * Run all rules of the check over a loaded model (see check/check.h), name what is
 * found and let waivers excuse it (see check/judge.h). Returns 0 or -ENOMEM.
 */
int support_check(struct model *m);

struct selection;

/**
 * Mark what @in->baseline knows, whose entries are then in *@ret_baseline (none
 * without one), and drop findings that were not asked for. After support_check().
 * Returns 0 or -ENOMEM.
 */
int support_judge(struct model *m, const struct support_inputs *in,
		  const struct selection *selection, struct baseline *ret_baseline);

/**
 * Some input was not read as what it should be: a file that is not there, that is
 * no YAML, no lock, no ELF. What was found then answers less than was asked.
 */
bool support_is_unread(const struct model *m);

enum support_colour {
	SUPPORT_PLAIN,
	SUPPORT_COLOUR_ON_TERMINAL, /* as terminal_colours() says of @out */
};

/**
 * Print the model's diagnostics as a compiler would, sorted by file, line,
 * column, each with its source line and a caret. Control characters of the
 * inputs are escaped. Returns 0, -ENOMEM or -EIO.
 */
int support_print_diagnostics(struct model *m, FILE *out, enum support_colour colour);

#endif

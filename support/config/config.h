/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * candor.yaml: where in a tree that knows nothing of us the facts stand, and which of
 * its names mean which heading of the statement. docs/schema/candor.schema.json is
 * its schema, docs/trees.md its manual. Nothing is ever joined that it does not join.
 */
#ifndef CANDOR_SUPPORT_CONFIG_CONFIG_H
#define CANDOR_SUPPORT_CONFIG_CONFIG_H

#include "config/pattern.h"
#include "model/model.h"

struct yaml_node;

struct config_texts {
	const char **texts;
	struct pos *at;
	size_t nr;
};

/** A text with its place; not given when ->text is NULL. */
struct config_text {
	const char *text;
	struct pos at;
};

struct config_regex {
	const char *text;
	struct pattern *pattern; /* NULL: not given, or bad (reported) */
	struct pos at;
};

/** A name and what it stands for. */
struct config_variable {
	const char *name, *value;
};

struct config_variables {
	struct config_variable *variables;
	size_t nr;
};

/** An architecture as Kconfig knows it. */
struct config_arch {
	const char *name;
	struct config_texts claims; /* the statement's words: x86, arm32, arm64 */
	struct config_variables environment;
	struct config_texts configs; /* .config files over the defaults */
	struct pos at;
};

/** A symbol that stands before what is not supported, and how prompts mark it. */
struct config_gate {
	const char *symbol;
	const char *marker; /* "(UNSUPPORTED)"; NULL */
	const char *marks;  /* "all": every prompt behind the gate has the marker */
	struct pos at;
};

struct config_fact {
	struct config_regex match;
	const char *value;
	struct pos at;
};

struct config_kconfig {
	const char *folder, *file;
	struct config_variables environment;
	struct config_arch *archs;
	size_t nr_archs;
	struct config_fact *shell;
	size_t nr_shell;
	struct config_gate *gates;
	size_t nr_gates;
	struct pos at;
};

/** Names of the tree that mean one heading, or one feature that ought to have one. */
struct config_feature {
	struct config_text heading; /* its text; not given: the statement lacks it */
	struct config_text name;    /* then, what it is called */
	struct config_regex terms;  /* words that name it in prose */
	struct config_regex claims; /* the qualifiers meant; not given: all */
	struct config_texts symbols;
	struct config_text chosen; /* the symbol that is y when it is the default */
	struct config_texts options;
	struct config_texts documents;
	struct config_texts sources;
	struct config_texts archs;   /* meant; not given: those of the claims */
	struct config_texts configs; /* the .config files that build what is promised */
	struct pos at;
	struct heading *target; /* found; NULL */
};

/** A pattern over sources: what the code refuses, or the options it reads. */
struct config_pattern {
	const char *id;
	const char *kind; /* "refuses", "option" */
	struct config_regex match;
	struct config_texts files;
	const char *needs; /* a text without which no match can be: searched first */
	struct config_text heading;
	struct config_texts archs;
	struct pos at;
	struct heading *target; /* found; NULL */
};

/** Names in qualifiers that must be somewhere in the tree. */
struct config_names {
	struct config_text section;
	struct config_regex match;
	struct config_texts files;
	struct pos at;
};

/** Sentences of the statement that say which way a build is by default. */
struct config_prose {
	struct config_regex match;
	const char *expects; /* "chosen", "on", "off" */
	struct pos at;
};

/** A family of symbols of which each must have a status line of its own. */
struct config_family {
	struct config_text heading;
	struct config_regex prompts;
	struct pos at;
	struct heading *target; /* found; NULL */
};

struct config_documents {
	struct config_texts options, changelogs, features, ignore;
	struct config_regex option_heading, option_default, status;
};

struct config_references {
	struct config_texts files, ignore;
	struct config_regex path, moving;
};

struct config_folders {
	struct config_texts folders;	  /* globs, one architecture a folder */
	struct config_text section;	  /* of the statement that lists them */
	struct config_variables headings; /* folder's name: heading */
};

struct config {
	const char *path;
	const char *format;
	const char *statement;
	const char *waivers; /* file in the tree */
	const char *channel; /* unstable, release, security-only */
	struct config_texts skip;
	struct config_kconfig kconfig;
	struct config_folders architectures;
	struct config_feature *features;
	size_t nr_features;
	struct config_pattern *patterns;
	size_t nr_patterns;
	struct config_names *names;
	size_t nr_names;
	struct config_prose *prose;
	size_t nr_prose;
	struct config_family *families;
	size_t nr_families;
	struct config_documents documents;
	struct config_references references;
	struct pattern **compiled; /* all, to be freed */
	size_t nr_compiled;
};

/**
 * Read candor.yaml from memory. What is wrong is reported with its place under
 * "bad-config", with the word perhaps meant, and left out. *@ret_config lives in the
 * model's arena; config_close() frees its expressions. Returns 0 or -ENOMEM.
 */
int config_parse(struct model *m, const char *path, const char *text, size_t size,
		 struct config **ret_config);

/** The same of a file; 0 or -errno of the reading. */
int config_read(struct model *m, const char *path, struct config **ret_config);

/** Free what the arena does not hold. NULL is accepted. */
void config_close(struct config *c);

/** Does a path match a glob: "*" and "?" within a name, "**" over folders? */
bool config_glob(const char *glob, const char *path);

/** Does it match one of them? */
bool config_globs(const struct config_texts *globs, const char *path);

#endif

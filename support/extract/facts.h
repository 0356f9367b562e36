/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tree says beside its statement, found where its candor.yaml points: Kconfig,
 * documents, a changelog, patterns in sources. Facts only; rules judge them.
 */
#ifndef CANDOR_SUPPORT_EXTRACT_FACTS_H
#define CANDOR_SUPPORT_EXTRACT_FACTS_H

#include "config/config.h"
#include "extract/extract.h"
#include "extract/kconfig/folder.h"

/** Where a status was found outside the statement. */
enum status_place { STATUS_OPTION, STATUS_DOCUMENT, STATUS_CHANGELOG, STATUS_KCONFIG };

/** Levels that words can name; a set, since "Tech Preview/Experimental" names two. */
enum status_word {
	STATUS_EXPERIMENTAL = 1 << 0,
	STATUS_PREVIEW = 1 << 1,
	STATUS_DEPRECATED = 1 << 2,
	STATUS_UNSUPPORTED = 1 << 3, /* "not (security) supported" */
	STATUS_SUPPORTED = 1 << 4,
};

struct fact_status {
	enum status_place place;
	const char *subject; /* option, title of the document, symbol, or the entry's text */
	const char *text;    /* the words found */
	unsigned int words;  /* set of enum status_word */
	unsigned int archs;  /* set of enum arch; ARCH_ALL unless something is named */
	struct pos at;
	bool is_marker; /* a prompt's marker, not a sentence */
};

/** An option, documented or read by the code. */
struct fact_option {
	const char *name;
	const char *value; /* its documented default; "" */
	struct pos at;
};

enum change_kind { CHANGE_OTHER, CHANGE_ADDED, CHANGE_REMOVED, CHANGE_DEPRECATED };

/** One item of a changelog. */
struct fact_change {
	enum change_kind kind;
	const char *version, *text;
	struct pos at;
};

/** Code that refuses something. */
struct fact_refusal {
	const struct config_pattern *pattern;
	struct pos at;
};

/** A path or link that a document names. */
struct fact_reference {
	const char *text;
	bool is_link; /* one that moves; else a path */
	struct pos at;
};

/** A name of a qualifier, and where the tree has it. */
struct fact_name {
	const struct config_names *names;
	const char *text;
	const struct claim *claim;
	struct pos found;  /* ->file is NULL: nowhere */
	const char *meant; /* the nearest word there is; NULL */
	struct pos meant_at;
};

struct facts {
	struct model *m;
	struct config *config;
	const char *root;
	const char **files; /* all that were walked over, in the walk's order */
	size_t nr_files, files_room;
	struct kconfig **kconfigs; /* one for each of config->kconfig.archs; NULL: none */
	struct kconfig_folder *folders;
	struct kconfig_io *ios;
	struct kconfig_fact *shell;
	struct fact_status *statuses;
	size_t nr_statuses;
	struct fact_option *documented, *read;
	size_t nr_documented, nr_read;
	struct fact_change *changes;
	size_t nr_changes;
	struct fact_refusal *refusals;
	size_t nr_refusals;
	struct fact_reference *references;
	size_t nr_references;
	struct fact_name *names;
	size_t nr_names;
	struct strmap seen; /* "FILE:LINE" of Kconfig definitions taken already */
};

/**
 * Read what @config points at below @root into m->facts, scanning for annotations in
 * the same walk (see tree_scan()). The statement must have been read. Returns 0 or
 * -errno; wrong content is reported.
 */
int facts_read(struct model *m, struct config *config, const char *root);

/** Read the documents' texts; see facts.c. Exported for tests. */
int documents_read_options(struct facts *f, const char *path, const char *text, size_t size);
int documents_read_feature(struct facts *f, const char *path, const char *text, size_t size);
int documents_read_changelog(struct facts *f, const char *path, const char *text, size_t size);
int documents_read_references(struct facts *f, const char *path, const char *text, size_t size);

/** The statuses that Kconfig prompts and helps carry. 0 or -ENOMEM. */
int documents_read_kconfig(struct facts *f, struct kconfig *k);

/** Which levels words name, e.g. "Tech Preview/Experimental". */
unsigned int facts_words(const char *text, size_t size);

/** Which architectures words name: "x86", "ARM", "Intel"; ARCH_ALL when none is. */
unsigned int facts_archs(const char *text, size_t size);

/** The architectures that candor.yaml's words name; 0 when there are none. */
unsigned int facts_claimed(const struct config_texts *words);

/** The heading with this text or id, or NULL. */
struct heading *facts_heading(const struct model *m, const char *text);

/** Have a file's text kept, so that findings in it are quoted. */
void facts_keep(struct facts *f, const char *path);

#endif

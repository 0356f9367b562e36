/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The support model: what the registry, the statement, the code, the locks and
 * the tests say of each feature, in one set of plain structs. The model does no
 * input or output; readers fill it (registry/, statement/, extract/), rules look
 * at it (check/), writers print it (emit/). Everything in a model is allocated
 * from its arena, borrowed by all who hold the model, and freed with it.
 *
 * Readers may be handed hostile text, so strings in here may hold any byte but
 * NUL: writers escape.
 */
#ifndef CANDOR_SUPPORT_MODEL_MODEL_H
#define CANDOR_SUPPORT_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strmap.h"

struct arena;

/** A place in an input. Lines and columns (bytes) count from 1; 0 is unknown. */
struct pos {
	const char *file;
	unsigned int line;
	unsigned int column;
};

/** An input whose text is kept, to quote a line of it under a diagnostic. */
struct source {
	const char *path;
	const char *text; /* NUL behind @size bytes */
	size_t size;
	uint32_t *lines; /* offset of each line's first byte */
	size_t nr_lines;
};

enum feature_state {
	FEATURE_PLANNED, /* no code yet; SUPPORT.md must not state it */
	FEATURE_BUILT,	 /* code, gate, test and statement exist */
	FEATURE_REMOVED, /* tombstone: the id is never used again */
	NR_FEATURE_STATES
};

/** Another feature named by id, as `needs` and `conflicts` do. */
struct feature_ref {
	const char *id;
	struct feature *feature; /* NULL: no such id (reported) */
	struct pos at;
};

/** An entry of the registry, support/features.yaml. */
struct feature {
	const char *id;		 /* [a-z0-9_]+, unique */
	const char *title;	 /* the H3 (or childless H2) of SUPPORT.md */
	const char *section;	 /* the H2 it stands under */
	const char *owner;	 /* a role: "x86", "toolstack" */
	const char *symbol;	 /* name of the build gate; the id unless given */
	const char *boot_option; /* NULL: none */
	enum feature_state state;
	const char *removed_in;	    /* tombstone: version; NULL */
	const char *removed_reason; /* tombstone: one sentence; NULL */
	const char *replaced_by;    /* tombstone: id; NULL */
	const char *since;	    /* preview: the version it came with; NULL */
	const char *review_by;	    /* preview: the date its status is looked at again; NULL */
	const char **aliases;	    /* former ids and titles */
	size_t nr_aliases;
	struct feature_ref *needs; /* ids that must be on with this one */
	size_t nr_needs;
	struct feature_ref *conflicts; /* ids that must be off with this one */
	size_t nr_conflicts;
	struct feature_ref *implies; /* ids that come with this one unless a policy denies them */
	size_t nr_implies;
	struct pos at;

	const struct feature *twin; /* an earlier entry with the same id; NULL */
	struct heading *heading;    /* of SUPPORT.md; NULL: not stated */
	struct claim *claims;	    /* in the order of SUPPORT.md, by ->next_of_feature */
	struct claim *last_claim;
	struct annotation *annotations; /* by ->next_of_feature */
	struct annotation *last_annotation;
};

/* Axes of a claim's scope, each a set of bits; a claim that names none has all. */
enum arch { ARCH_X86 = 1 << 0, ARCH_ARM32 = 1 << 1, ARCH_ARM64 = 1 << 2, ARCH_ALL = (1 << 3) - 1 };
enum guest_type {
	GUEST_PV = 1 << 0,
	GUEST_PVH = 1 << 1,
	GUEST_HVM = 1 << 2,
	GUEST_ALL = (1 << 3) - 1
};
enum role { ROLE_DOM0 = 1 << 0, ROLE_DOMU = 1 << 1, ROLE_ALL = (1 << 2) - 1 };
/* Register width of the mode an x86 claim is for: "x86_32", "x86_64". */
enum width { WIDTH_32 = 1 << 0, WIDTH_64 = 1 << 1, WIDTH_ALL = (1 << 2) - 1 };

/** The labels a status may carry, weakest first: the order is the strength. */
enum level {
	LEVEL_UNKNOWN,	     /* a label nobody defined (reported) */
	LEVEL_LIST,	     /* "Supported, x86: bzImage, ELF": names, no level */
	LEVEL_NOT_SUPPORTED, /* "Not supported", "Not functional" */
	LEVEL_EXPERIMENTAL,
	LEVEL_TECH_PREVIEW,
	LEVEL_DEPRECATED,
	LEVEL_SUPPORTED,
	NR_LEVELS
};

/** What is said of security support: the fourth axis, after diversions. */
enum security {
	SECURITY_UNKNOWN,
	SECURITY_NO,
	SECURITY_CAVEATS,  /* supported only as the caveats say */
	SECURITY_EXTERNAL, /* by another project's security team */
	SECURITY_YES,
	NR_SECURITIES
};

/** What a status adds to its label, each once; a set of bits. */
enum diversion {
	DIVERSION_NOT_SECURITY = 1 << 0, /* "not security supported" */
	DIVERSION_EXTERNAL = 1 << 1,	 /* "security support external" */
	DIVERSION_CAVEATS = 1 << 2,	 /* "with caveats" */
	/* Words of real statements that no definition covers. */
	DIVERSION_LIMITED = 1 << 3,	/* "with limited support" */
	DIVERSION_DISCOURAGED = 1 << 4, /* "not recommended" */
	DIVERSION_CONDITION = 1 << 5,	/* "security supported only when ...", "(in ... mode)" */
	DIVERSION_OTHER = 1 << 6,	/* any other words behind a comma */
};
#define NR_DIVERSIONS 7

/** A number with its unit, out of a statement's value or a SUPPORT_LIMIT(). */
struct quantity {
	uint64_t value; /* bytes where @is_bytes, else a plain count */
	bool is_bytes;
};

enum bound_kind {
	BOUND_UNSTATED, /* no number is named */
	BOUND_UP_TO,	/* the quantity itself is within */
	BOUND_BELOW,	/* it is not: "less than 16 TiB" */
	BOUND_NONE,	/* expressly without end: "hosts with more memory are supported" */
};

/** How far a promise reaches. */
struct bound {
	enum bound_kind kind;
	struct quantity quantity; /* of BOUND_UP_TO and BOUND_BELOW */
};

/** One status line of SUPPORT.md. */
struct claim {
	struct feature *feature; /* NULL: no registry entry has this heading */
	const struct heading *heading;
	const char *key;	    /* "Status", "Supported" */
	const char *qualifier;	    /* verbatim; "" when there is none */
	const char *value;	    /* verbatim, without blanks around it */
	const char *slug;	    /* heading id, then "--" and the qualifier's slug */
	unsigned int archs;	    /* set of enum arch */
	unsigned int guests;	    /* set of enum guest_type */
	unsigned int roles;	    /* set of enum role */
	unsigned int widths;	    /* set of enum width */
	const char *implementation; /* what else the qualifier says, in its words; "" */
	const char *label;	    /* the words taken for a label, verbatim; "" */
	bool label_defined;	    /* it is one of the four */
	const char *diversion;	    /* what follows the label and a comma; "" */
	bool diversion_defined;	    /* made of the three only, or "" */
	unsigned int diversions;    /* set of enum diversion */
	const char *condition;	    /* of DIVERSION_CONDITION, verbatim; "" */
	const char *rest;	    /* what nothing here holds of the value, verbatim; "" */
	enum level level;
	enum security security;
	struct quantity *limits; /* numbers of the value, in its order */
	size_t nr_limits;
	struct bound supported;		 /* how far it is supported */
	struct bound security_supported; /* how far with security support */
	const char *suggestion;		 /* for an undefined label, the one perhaps meant; NULL */
	struct pos at;
	struct claim *next_of_feature;
};

/** A heading of the statement's "# Feature Support" part, H2 or H3. */
struct heading {
	const char *title;
	const char *typeset;	 /* the title without markup, with curly quotes */
	const char *slug;	 /* unique in its file, as pandoc makes them */
	unsigned int level;	 /* 2 or 3 (deeper ones are treated as 3) */
	struct heading *parent;	 /* the H2 of an H3; else NULL */
	struct feature *feature; /* NULL: no registry entry */
	const char *description; /* Markdown source before the status; "" */
	const char *caveats;	 /* Markdown source after it; "" */
	size_t nr_claims;
	size_t nr_children;
	struct pos at;
};

/** A "Key: value" of the "# Release Support" block, or of its definition list. */
struct release_key {
	const char *key;
	const char *value; /* verbatim: hostile when it reaches HTML */
	struct pos at;
};

/** What the Markdown of a statement hides from a reader of statuses. */
enum oddity_kind {
	ODDITY_LOST_STATUS,  /* a status line that is not in a code block */
	ODDITY_MISSPELT_KEY, /* "Satus: Supported" in a code block */
	ODDITY_UNKNOWN_KEY,  /* any other line of a code block */
	ODDITY_WRAPPED,	     /* a value continued on the next line */
	ODDITY_FENCED,	     /* a status in fenced code: read all the same */
	ODDITY_MARKDOWN,     /* numbered list, table, quote, HTML: prose only */
	ODDITY_ATTRIBUTES,   /* "### Title {#id}" */
	ODDITY_OUTSIDE,	     /* a status under no heading of the feature part */
	ODDITY_MISSING_PART, /* no "# Release Support" or "# Feature Support" */
	ODDITY_BAD_BYTE,     /* NUL or a control character */
	NR_ODDITY_KINDS
};

/** Something in a statement that was read otherwise than it looks, or not. */
struct oddity {
	enum oddity_kind kind;
	const char *what; /* the text or construct in question */
	const char *hint; /* the word perhaps meant; NULL */
	struct pos at;
};

/** A SUPPORT.md, read. */
struct statement {
	const char *path;
	const char *title; /* of the "% Title" line; "" */
	struct release_key *keys;
	size_t nr_keys;
	struct heading **headings; /* in the file's order */
	size_t nr_headings;
	struct claim **claims; /* in the file's order */
	size_t nr_claims;
	struct oddity *oddities;
	size_t nr_oddities;
};

enum annotation_kind {
	ANNOTATION_PROVIDES,
	ANNOTATION_REFUSES,
	ANNOTATION_LIMIT,
	ANNOTATION_TEST,
	ANNOTATION_ENABLED, /* a gate in use; only in sources */
	ANNOTATION_ACTIVE,  /* the same at run time: an opt-in asked for */
	NR_ANNOTATION_KINDS
};

/** A SUPPORT_*() of a source file, or a record of one in an object. */
struct annotation {
	enum annotation_kind kind;
	const char *id;
	struct feature *feature; /* NULL: no such id (reported) */
	const char *detail;	 /* scope, limit's or test's name; "" */
	struct quantity limit;	 /* of ANNOTATION_LIMIT, where @has_limit */
	bool has_limit;
	const char *object; /* the object it was read from; NULL: a source */
	struct pos at;	    /* in the source file, either way */
	struct annotation *next_of_feature;
};

/** A gate's value in a lock (or in an image's record of it). */
struct gate {
	const char *id;
	struct feature *feature; /* NULL: no such id */
	bool on;		 /* in the build */
	bool opt_in;		 /* and off until a host asks for it */
	struct pos at;
};

/** A policy lock, or the copy of one that an image carries. */
struct lock {
	const char *path;
	const char *profile; /* "" when it names none */
	const char *target;  /* likewise: "x86_64" */
	struct gate *gates;  /* by id */
	size_t nr_gates;
	const char **accepted; /* ids that a rule has plainly on against what stood before */
	size_t nr_accepted;
};

enum test_result { TEST_PASSED, TEST_FAILED, TEST_SKIPPED, NR_TEST_RESULTS };

/** One test's result from an evidence file. */
struct evidence {
	const char *name; /* "tier/name" */
	enum test_result result;
	struct pos at;
};

enum severity {
	SEVERITY_WARNING, /* shown; does not fail the check */
	SEVERITY_ERROR,
	NR_SEVERITIES
};

/** Where a statement leads its readers. */
struct link {
	const char *target;
	bool is_missing; /* a file of the tree that is not there */
	struct pos at;
};

/**
 * A change of a file that mends a finding without anyone's judgement: the bytes from
 * @at up to @end (a place of the same file) become @text.
 */
struct edit {
	struct pos at, end;
	const char *text;
};

/** Someone's word that a finding may stand, for a while. */
struct waiver {
	const char *rule;
	const char *feature; /* id; NULL: of any */
	const char *place;   /* file, or FILE:LINE; NULL: anywhere */
	const char *owner, *reason;
	const char *expires; /* YYYY-MM-DD: the last day it holds */
	bool is_used;
	struct pos at;
};

/** Another place that a finding is about: the other side of a contradiction. */
struct relation {
	struct pos at;
	const char *note; /* what stands there */
};

#define FINGERPRINT_SIZE 33

/** A finding. @rule is a row of the check's table, or of a reader's own. */
struct diagnostic {
	enum severity severity;
	const char *rule; /* "undefined-label" */
	const char *message;
	const char *remedy;  /* what to do; NULL when the message says it */
	const char *feature; /* id of the feature it is about; NULL */
	struct pos at;
	size_t order; /* of addition: breaks ties when sorted */
	struct relation *relations;
	size_t nr_relations;
	struct edit *edits;
	size_t nr_edits;
	const struct waiver *waiver; /* NULL: it stands unexcused */
	bool is_old;		     /* in the baseline */
	/* Names it whatever line it moves to; "" before check_fingerprint(). */
	char fingerprint[FINGERPRINT_SIZE];
};

/** Fingerprints of findings that are known, with what they said. */
struct baseline_entry {
	const char *fingerprint;
	const char *rule, *file, *message;
	bool is_met; /* the finding is still there */
};

struct baseline {
	struct baseline_entry *entries;
	size_t nr;
};

/** What a branch is for: how much of it may still change, or be unknown. */
enum channel {
	CHANNEL_UNKNOWN, /* derived from the statement */
	CHANNEL_UNSTABLE,
	CHANNEL_RELEASE,
	CHANNEL_SECURITY, /* security fixes only */
	NR_CHANNELS
};

struct model {
	struct arena *arena;
	struct strmap source_by_path;
	struct strmap overlay;	   /* struct source by path: read instead of the file there */
	struct feature **features; /* by id, once the registry is read */
	size_t nr_features;
	struct strmap feature_by_id;
	struct strmap feature_by_alias;
	struct statement **statements;
	size_t nr_statements;
	struct annotation **annotations; /* by file, line, kind, id */
	size_t nr_annotations;
	struct lock **locks;
	size_t nr_locks;
	struct evidence *evidence; /* by name */
	size_t nr_evidence;
	struct diagnostic *diagnostics; /* in order of addition until sorted */
	size_t nr_diagnostics;
	size_t nr_errors;
	struct link *links;
	size_t nr_links;
	struct waiver *waivers;
	size_t nr_waivers;
	const char *root;	 /* of the tree; NULL or ".": paths are below it */
	const char *today;	 /* YYYY-MM-DD; NULL: rules about time stay silent */
	enum channel channel;	 /* as was asked; CHANNEL_UNKNOWN: not */
	struct model *previous;	 /* the state to compare with; NULL. Destroyed with this one */
	struct model **branches; /* statements of other branches, likewise */
	size_t nr_branches;
	bool has_registry;
	bool has_whole_registry; /* no entry was left out: a missing id is unknown */
	bool has_tree;		 /* sources were scanned: absence means something */
	bool has_evidence;	 /* likewise */
	struct facts *facts;	 /* of a tree's candor.yaml (extract/facts.h); NULL */
	struct model_end *ends;	 /* what model_destroy() has to call */
	bool out_of_memory;	 /* some allocation failed; the model is incomplete */
};

/** An empty model, or NULL when out of memory. Destroy with model_destroy(). */
struct model *model_create(void);

/** Free a model and all it holds. NULL is accepted. */
void model_destroy(struct model *m);

/**
 * Zeroed memory, or a copy of @size bytes of @data with a NUL behind them, from
 * the model's arena. NULL when out of memory, which the model remembers.
 */
void *model_alloc(struct model *m, size_t size);
char *model_copy(struct model *m, const char *data, size_t size);
char *model_printf(struct model *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * Room for one more element of @size bytes behind the @nr elements at @array
 * (NULL at first): the array, moved when it grew. NULL when out of memory.
 */
void *model_grow(struct model *m, void *array, size_t nr, size_t size);

/** Keep an input's text (copied), so that diagnostics quote it. 0 or -ENOMEM. */
int model_add_source(struct model *m, const char *path, const char *text, size_t size);

/**
 * Take "ROOT/" off all that diagnostics say and show, when the tree lies where no reader
 * of them looks for it. Once, behind the check. Returns 0 or -ENOMEM.
 */
int model_hide_root(struct model *m);

/** The @line-th line of a kept source without its newline, or NULL; borrowed. */
const char *model_source_line(const struct model *m, const char *path, unsigned int line,
			      size_t *ret_size);

/** The feature with this id, or NULL. Aliases are not followed. */
struct feature *model_feature(const struct model *m, const char *id);

/** The feature that once had this id or title, or NULL. */
struct feature *model_feature_by_alias(const struct model *m, const char *alias);

/** The id nearest to a misspelt one, or NULL when none is near; borrowed. */
const char *model_suggest_id(const struct model *m, const char *id);

/** Add what is read; the model links it to its feature. 0 or -ENOMEM. */
int model_add_feature(struct model *m, struct feature *f);
int model_add_annotation(struct model *m, struct annotation *a);
int model_add_statement(struct model *m, struct statement *s);
int model_add_lock(struct model *m, struct lock *l);

/**
 * Join everything read so far: sorts features and annotations, resolves needs,
 * conflicts, headings, claims, gates and annotations to features. Call once,
 * after the last reader. 0 or -ENOMEM.
 */
int model_link(struct model *m);

/** Record a finding; the texts are copied. @remedy may be NULL. */
void model_report(struct model *m, enum severity severity, const char *rule, struct pos at,
		  const char *remedy, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/** Say where the other side of the last finding recorded stands; @note is copied. */
void model_relate(struct model *m, struct pos at, const char *note);

/** Have @run(@context) called when the model is destroyed. 0 or -ENOMEM. */
int model_on_destroy(struct model *m, void (*run)(void *context), void *context);

/** Say which feature the last finding recorded is about; @id is borrowed. */
void model_about(struct model *m, const char *id);

/**
 * Add an edit to the last finding recorded: @size bytes from @at on become @text
 * (copied).
 */
void model_fix(struct model *m, struct pos at, size_t size, const char *text);

/** The same for what reaches over lines, up to @end. */
void model_fix_lines(struct model *m, struct pos at, struct pos end, const char *text);

/** Compare two places: by file (NULL first), line, column. */
int model_compare_places(const struct pos *x, const struct pos *y);

/** Take back the findings recorded since there were @nr_diagnostics. */
void model_retract(struct model *m, size_t nr_diagnostics);

/**
 * The weakest level and security any claim of @f makes for this architecture,
 * guest type and role (sets; 0 asks for every one). False when no claim covers
 * it; outputs are then untouched. @ret_claim, unless NULL, is the deciding claim.
 */
bool model_weakest_claim(const struct feature *f, unsigned int archs, unsigned int guests,
			 unsigned int roles, enum level *ret_level, enum security *ret_security,
			 const struct claim **ret_claim);

/** The last result of the test of this name, or NULL. */
const struct evidence *model_evidence(const struct model *m, const char *name);

/** Names as they are written in files: "Tech Preview", "built", "yes", "provides". */
const char *model_level_name(enum level level);
const char *model_security_name(enum security security);
const char *model_diversion_name(enum diversion diversion);
const char *model_oddity_name(enum oddity_kind kind);
const char *model_state_name(enum feature_state state);
const char *model_annotation_name(enum annotation_kind kind);
const char *model_channel_name(enum channel channel);

#endif

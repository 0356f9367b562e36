/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcandor: what a tree says of its features, held together and asked for; what a
 * policy decides of them; and releases.
 *
 * A handle is told what to read by named options, reads it into one model, runs
 * the rules over it, and is then asked: item by item through plain structs, or as
 * a whole document in text, JSON, YAML, HTML, CSV and others.
 *
 *	struct candor_error error;
 *	struct candor *c;
 *
 *	if (candor_create(NULL, &c))
 *		return no_memory();
 *	if (candor_set(c, "tree", ".", &error) || candor_find(c, &error) ||
 *	    candor_load(c, &error) || candor_check(c, &error) ||
 *	    candor_render(c, "diagnostics", "json", NULL, write_it, stdout, &error))
 *		complain(&error);
 *	candor_destroy(c);
 *
 * Results. A function that can fail returns 0 or a negative errno value and, unless
 * NULL was given for it, fills a struct candor_error: an object of the caller's,
 * nothing in it to free. Outputs (@ret_...) come last and are untouched on failure.
 * What is wrong *in the inputs* is no failure: it is a diagnostic.
 *
 * Threads. There is no state besides the handles. A handle is used by one thread at
 * a time; different handles by different threads at once. The library keeps one
 * thread-local pointer, to the allocator of the call at hand, set on entry and put
 * back on return; so a callback may call the library (with this or another handle
 * of its own, but must not destroy or load the one at hand) and must return, not
 * jump out or throw. As the dynamic linker does of those it links, it notes once where the
 * functions are of a library that is loaded when first called, or why it is not there.
 *
 * Memory. Everything that libcandor itself allocates comes from the handle's
 * allocator, and all of it is given back by candor_destroy(). Without an allocator
 * it is malloc(). When it returns NULL, the call at hand returns -ENOMEM and the
 * handle can be used on or destroyed. Inputs are bounded: 16 MiB for a source, a
 * statement or a registry, 64 MiB for a policy lock that is asked, 256 MiB for an object,
 * 1 GiB for a test log or a file of a release.
 *
 * Libraries below, which libcandor.so is linked with but for those marked *, which are
 * loaded when they are first called and stay so, allocate for themselves, by malloc(), and
 * hold nothing of a call when it returns:
 *	libcmark	a statement is read: up to some 40 times its size; of its own it
 *			ends the process when malloc() fails
 *	libyaml		a registry, candor.yaml or a document is read or written
 *	libjansson	JSON is read or YAML written: up to some 20 times its size
 *	libpcre2-8	patterns of candor.yaml, while a tree is read by it
 *	libelf, libdw	an object is read; they map nothing, it is read whole
 *	libgit2 *	"repo", revisions and branches. Between calls it keeps what
 *			git_libgit2_init() makes, as long as the program holds one itself
 *	liblua5.4	rules of policies, in a child process, from its own bounded heap
 *	libseccomp	that child's filter
 *	libgpgme *	keys and signatures; runs gpg
 *	libarchive *	tarballs of a release
 *	libsodium	digests: nothing
 *	the C library	open folders, locales; iconv() for git's commit messages
 *
 * Processes. "policy-..." renderings fork one for each profile; behind the fork it uses
 * the handle's allocator on, which must bear that as malloc() does. "release" and
 * "verification" run git and gpg. A caller that waits for any child must expect these.
 *
 * Text is UTF-8 as the inputs have it, so it may be anything but NUL: escape it.
 * Strings in structs are borrowed: they live until the handle is loaded again or
 * destroyed, those of a lock until the next is read. Lines and columns (in bytes) count
 * from 1; 0 is unknown.
 *
 * The promise. Within one soname (libcandor.so.1) functions, option names, renderings
 * and the meaning of fields stay; structs grow only into their reserved room; new
 * enumerators, options, renderings, formats and rules may appear, so a switch needs a
 * default. Texts for people (messages, remedies, "text" documents) may change with
 * any version. Documents for programs carry a version of their own; see
 * docs/schema/README.md.
 */
#ifndef CANDOR_CANDOR_H
#define CANDOR_CANDOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CANDOR_API __attribute__((visibility("default")))
#define CANDOR_CHECKED __attribute__((warn_unused_result))

/** Of this header: the major number is the soname's, the minor one counts additions. */
#define CANDOR_API_MAJOR 1
#define CANDOR_API_MINOR 2

/** A handle. */
struct candor;

/**
 * Where memory comes from; copied by candor_create(). As malloc(), realloc() and
 * free() they must return memory aligned for any type, and be callable from the
 * threads that use the handle. release() is never given NULL.
 */
struct candor_allocator {
	void *(*allocate)(void *context, size_t size);
	void *(*reallocate)(void *context, void *old, size_t size);
	void (*release)(void *context, void *block);
	void *context;
};

/** Why a call failed. Texts are cut where they are too long, and always ended. */
struct candor_error {
	int code;	   /* as returned: a negative errno value */
	unsigned int line; /* of @file */
	unsigned int column;
	char file[256];	   /* "" when no file is in question */
	char message[384]; /* what is wrong */
	char remedy[256];  /* what to do; "" when the message says it */
};

/** "1.0" of the library, which may be newer than the header; and of the whole project. */
CANDOR_API const char *candor_api_version(void);
CANDOR_API const char *candor_version(void);

/** An empty handle. @allocator may be NULL: malloc(). Returns 0 or -ENOMEM. */
CANDOR_API CANDOR_CHECKED int candor_create(const struct candor_allocator *allocator,
					    struct candor **ret_candor);

/** Give back all it holds. NULL is accepted. */
CANDOR_API void candor_destroy(struct candor *c);

/* ---- What to read ---- */

/** An option of candor_set(), or of a rendering. */
struct candor_option {
	const char *name;  /* "statement" */
	const char *value; /* for a description: "FILE"; NULL for yes or no */
	const char *help;  /* one line; ignored in what a caller gives */
	bool is_list;	   /* each value is added; else the last one counts */
	const void *reserved[2];
};

/** The @i-th option of candor_set(), or NULL past the last. */
CANDOR_API const struct candor_option *candor_option_at(size_t i);

/**
 * Set an option by name, as the same one of the command line: "tree", "registry",
 * "statement", "lock", "object", "evidence" and others. @value is copied; NULL takes
 * back all that was set. Takes effect when next loaded.
 * -EINVAL for no such option, -ENOMEM.
 */
CANDOR_API CANDOR_CHECKED int candor_set(struct candor *c, const char *option, const char *value,
					 struct candor_error *ret_error);

/**
 * From now on the file @path (as named by an option; of a tree: below it) has this
 * content, whatever is on the disk: an editor's buffer. Copied. NULL for @text
 * forgets it. 0 or -ENOMEM.
 */
CANDOR_API CANDOR_CHECKED int candor_set_text(struct candor *c, const char *path, const char *text,
					      size_t size, struct candor_error *ret_error);

/**
 * Set what is not set and is there below the tree ("." unless set): SUPPORT.md, candor.yaml,
 * support/features.yaml, support/waivers.yaml, the locks of policy/profiles; and the
 * date: SOURCE_DATE_EPOCH's, else the clock's. 0, -ENOENT when there is nothing to read,
 * -EINVAL for a SOURCE_DATE_EPOCH that is no time, -ENOMEM.
 */
CANDOR_API CANDOR_CHECKED int candor_find(struct candor *c, struct candor_error *ret_error);

/**
 * Read all that is set into a new model. On failure the former one stays.
 * Files that cannot be read are diagnostics. 0 or -ENOMEM.
 */
CANDOR_API CANDOR_CHECKED int candor_load(struct candor *c, struct candor_error *ret_error);

/**
 * Run all rules: findings join the diagnostics, waivers excuse some, a baseline marks
 * those that are known, and of the rest those are dropped that "rule" and "severity"
 * do not ask for. Once a load. 0 or -ENOMEM.
 */
CANDOR_API CANDOR_CHECKED int candor_check(struct candor *c, struct candor_error *ret_error);

/**
 * Mend what is mechanical: apply the edits of findings to the files named, each
 * replaced as a whole, until none is left. Reads the files itself; load again then.
 * 0, -ESTALE when one changed meanwhile, another errno when it cannot be written,
 * -ENOMEM.
 */
CANDOR_API CANDOR_CHECKED int candor_fix(struct candor *c, size_t *ret_nr_edits,
					 size_t *ret_nr_files, struct candor_error *ret_error);

/* ---- What was read ---- */

struct candor_place {
	const char *file; /* NULL: none in particular */
	unsigned int line;
	unsigned int column;
};

struct candor_summary {
	size_t nr_features;
	size_t nr_claims;
	size_t nr_annotations;
	size_t nr_diagnostics;
	size_t nr_errors;   /* new and not waived: what fails a check */
	size_t nr_warnings; /* likewise */
	size_t nr_old;	    /* in the baseline */
	size_t nr_waived;
	size_t nr_fixable; /* that candor_fix() mends */
	bool is_unread;	   /* some input was not what it should be: the answer is partial */
	const void *reserved[4];
};

/** Numbers of the loaded model; all zero before the first load. */
CANDOR_API void candor_summarize(const struct candor *c, struct candor_summary *ret_summary);

enum candor_severity {
	CANDOR_WARNING,
	CANDOR_ERROR,
};

struct candor_diagnostic {
	enum candor_severity severity;
	const char *rule;
	const char *message;
	const char *remedy;	 /* NULL: the message says it */
	const char *feature;	 /* id of the one it is about; NULL */
	const char *fingerprint; /* the same wherever its line moves to; "" before the check */
	struct candor_place at;
	size_t nr_edits; /* of candor_edit_at() */
	bool is_old;	 /* in the baseline */
	bool is_waived;
	const void *reserved[4];
};

/** A change that mends a finding: the bytes from @at up to @end become @text. */
struct candor_edit {
	struct candor_place at, end;
	const char *text;
	const void *reserved[2];
};

enum candor_state {
	CANDOR_PLANNED,
	CANDOR_BUILT,
	CANDOR_REMOVED,
};

/** An entry of the registry. */
struct candor_feature {
	const char *id;
	const char *title;
	const char *section;
	const char *owner;
	const char *symbol;	 /* of the build gate */
	const char *boot_option; /* NULL: none */
	enum candor_state state;
	const char *const *aliases; /* former ids and titles */
	size_t nr_aliases;
	struct candor_place at;
	struct candor_place stated_at; /* its heading in the statement; file NULL: not stated */
	const void *reserved[4];
};

/* Axes of a claim: sets of bits. */
#define CANDOR_ARCH_X86 1u
#define CANDOR_ARCH_ARM32 2u
#define CANDOR_ARCH_ARM64 4u
#define CANDOR_GUEST_PV 1u
#define CANDOR_GUEST_PVH 2u
#define CANDOR_GUEST_HVM 4u
#define CANDOR_ROLE_DOM0 1u
#define CANDOR_ROLE_DOMU 2u

/** Weakest first. */
enum candor_level {
	CANDOR_LEVEL_UNKNOWN,
	CANDOR_LEVEL_LIST,
	CANDOR_LEVEL_NOT_SUPPORTED,
	CANDOR_LEVEL_EXPERIMENTAL,
	CANDOR_LEVEL_TECH_PREVIEW,
	CANDOR_LEVEL_DEPRECATED,
	CANDOR_LEVEL_SUPPORTED,
};

enum candor_security {
	CANDOR_SECURITY_UNKNOWN,
	CANDOR_SECURITY_NO,
	CANDOR_SECURITY_CAVEATS,
	CANDOR_SECURITY_EXTERNAL,
	CANDOR_SECURITY_YES,
};

/** "Tech Preview", "yes": as statements have them. NULL for no such value. */
CANDOR_API const char *candor_level_name(enum candor_level level);
CANDOR_API const char *candor_security_name(enum candor_security security);

/** One status line of a statement. */
struct candor_claim {
	const char *feature;   /* its id; NULL: the heading is in no registry */
	const char *title;     /* of the heading */
	const char *section;   /* of the H2 above; the heading's own where it is the H2 */
	const char *qualifier; /* verbatim; "" */
	const char *value;     /* verbatim */
	const char *slug;      /* unique in the statement: anchor of the matrix */
	unsigned int archs;    /* set of CANDOR_ARCH_ */
	unsigned int guests;
	unsigned int roles;
	const char *implementation; /* what else the qualifier says; "" */
	enum candor_level level;
	enum candor_security security;
	const char *description; /* of the heading, Markdown; "" */
	const char *caveats;	 /* likewise */
	struct candor_place at;
	struct candor_place heading_at;
	const void *reserved[4];
};

enum candor_annotation_kind {
	CANDOR_PROVIDES,
	CANDOR_REFUSES,
	CANDOR_LIMIT,
	CANDOR_TEST,
	CANDOR_ENABLED,
	CANDOR_ACTIVE,
};

/** A SUPPORT_...() of the code. */
struct candor_annotation {
	enum candor_annotation_kind kind;
	const char *id;
	const char *detail; /* scope, limit's or test's name; "" */
	const char *object; /* the ELF object it was read from; NULL: a source */
	struct candor_place at;
	const void *reserved[4];
};

/** A rule of the check. */
struct candor_rule {
	const char *id;
	enum candor_severity severity;
	const char *rationale; /* one line */
	const void *reserved[4];
};

/**
 * The @i-th of its kind, in the order of the documents: diagnostics by place,
 * features by id, claims as stated, annotations by place, rules as listed. False
 * past the last.
 */
CANDOR_API bool candor_diagnostic_at(const struct candor *c, size_t i,
				     struct candor_diagnostic *ret_diagnostic);
CANDOR_API bool candor_feature_at(const struct candor *c, size_t i,
				  struct candor_feature *ret_feature);
CANDOR_API bool candor_claim_at(const struct candor *c, size_t i, struct candor_claim *ret_claim);
CANDOR_API bool candor_annotation_at(const struct candor *c, size_t i,
				     struct candor_annotation *ret_annotation);
CANDOR_API bool candor_rule_at(size_t i, struct candor_rule *ret_rule);

/** The @edit-th edit of the @i-th diagnostic. False past the last. */
CANDOR_API bool candor_edit_at(const struct candor *c, size_t i, size_t edit,
			       struct candor_edit *ret_edit);

/** The feature with this id, or that had this id or title once. False: none. */
CANDOR_API bool candor_feature_named(const struct candor *c, const char *name,
				     struct candor_feature *ret_feature);

/** What it costs to have a feature on: the letter that a host shows from then on. */
struct candor_taint {
	char letter;	     /* '\0': nothing */
	const char *meaning; /* "Tech Preview: no security support"; "" */
	const void *reserved[2];
};

/** The @i-th taint there is, by its letter; false past the last. */
CANDOR_API bool candor_taint_at(size_t i, struct candor_taint *ret_taint);

/** How far a feature is supported: its weakest claim. */
struct candor_standing {
	enum candor_level level; /* CANDOR_LEVEL_UNKNOWN where it is not stated */
	enum candor_security security;
	struct candor_taint taint;
	struct candor_place at; /* of the claim; file NULL: not stated */
	const void *reserved[4];
};

/**
 * How far the feature with this id is supported on @archs, a set of CANDOR_ARCH_; 0: on
 * every one. False when the loaded registry has none of this id.
 */
CANDOR_API bool candor_standing_named(const struct candor *c, const char *id, unsigned int archs,
				      struct candor_standing *ret_standing);

/**
 * The @line-th line of a file that was read, without its end: to quote it, or to
 * count its columns. NULL when the file or the line is not kept; borrowed.
 */
CANDOR_API const char *candor_line(const struct candor *c, const char *file, unsigned int line,
				   size_t *ret_size);

/* ---- What a policy decided ---- */

/** A policy lock: which build it is of. */
struct candor_lock {
	const char *path;
	const char *profile;
	const char *target;   /* "x86_64" */
	const char *decision; /* "sha256:..." over all that it says */
	size_t nr_verdicts;
	const void *reserved[4];
};

enum candor_decided {
	CANDOR_OFF,    /* left out of the build */
	CANDOR_ON,     /* in the build, and in use */
	CANDOR_OPT_IN, /* in the build, and off until a host is booted with it */
};

/** What a lock says of a feature. */
struct candor_verdict {
	const char *feature; /* its id */
	enum candor_decided decided;
	const char *value;   /* verbatim: "off", "on", "opt-in" */
	const char *reason;  /* the rule that decides, its place and its words; "" */
	const char *limit;   /* the greatest number of it that is built; "" */
	const char *needs;   /* of an opt-in: opt-ins that it needs, "a,b"; "" */
	const char *implies; /* of an opt-in: opt-ins that come with it; "" */
	char taint;	     /* letter that a host shows while it is active; '\0' */
	char accepts;	     /* taint that a rule has on against another's word; '\0' */
	struct candor_place at;
	const void *reserved[4];
};

/**
 * Read the policy lock @path (or the text set for it), to be asked in place of the one
 * before, which stays on failure. Independent of the option "lock" and of candor_load().
 * 0; -EINVAL for what is no lock, with all that is wrong with it in candor_complaints();
 * another errno when it cannot be read; -ENOMEM.
 */
CANDOR_API CANDOR_CHECKED int candor_read_lock(struct candor *c, const char *path,
					       struct candor_error *ret_error);

/** The lock that was read; false: none. Its strings live until the next is read. */
CANDOR_API bool candor_show_lock(const struct candor *c, struct candor_lock *ret_lock);

/** What it says of the @i-th feature, by id; false past the last. */
CANDOR_API bool candor_verdict_at(const struct candor *c, size_t i,
				  struct candor_verdict *ret_verdict);

/** What it says of the feature with this id; false: nothing. */
CANDOR_API bool candor_verdict_named(const struct candor *c, const char *id,
				     struct candor_verdict *ret_verdict);

/* ---- Documents ---- */

/**
 * Takes @size bytes of a document. A result that is not 0 ends the rendering, which
 * returns it.
 */
typedef int candor_write_fn(void *context, const char *data, size_t size);

/** A document that can be rendered. */
struct candor_rendering {
	const char *what;		     /* "matrix" */
	const char *format;		     /* "html" */
	const char *help;		     /* one line */
	const struct candor_option *options; /* ended by one without a name */
	const void *reserved[4];
};

/** A result of candor_render(). */
#define CANDOR_NO 1

/** The @i-th rendering; false past the last. */
CANDOR_API bool candor_rendering_at(size_t i, struct candor_rendering *ret_rendering);

/**
 * Render the loaded model, or what @options name, as a document and hand it to
 * @write in one or more pieces. @options (NULL: none) is ended by one without a
 * name; one that is a list may be there many times. Whatever has the format "json" can
 * be had as "yaml" too. The same inputs give the same bytes.
 *
 * Returns 0, or CANDOR_NO for a document that is as whole but whose answer is "no": no
 * case fits a query, no event is told by a history, there are differences in a diff.
 * -EINVAL for no such rendering, option or value, -ENOENT for a feature or revision
 * that is not there, -ENOMEM, another errno for what cannot be read, or what @write
 * returned.
 */
CANDOR_API CANDOR_CHECKED int candor_render(struct candor *c, const char *what, const char *format,
					    const struct candor_option *options,
					    candor_write_fn *write, void *context,
					    struct candor_error *ret_error);

/**
 * Write a rule's examples as trees to try it on: @folder/bad and @folder/good, in each
 * "args" with the options for the check. 0, -ENOENT for no such rule, another errno when
 * they cannot be written.
 */
CANDOR_API CANDOR_CHECKED int candor_write_examples(struct candor *c, const char *rule,
						    const char *folder,
						    struct candor_error *ret_error);

/**
 * All that the last call complained of, as a compiler prints it, where that is more than
 * an error can tell: every mistake in a policy, all findings that refuse a release. ""
 * otherwise. Borrowed until the next call.
 */
CANDOR_API const char *candor_complaints(const struct candor *c);

/**
 * Called in long work, of "release" and "verification", with what is done next and the
 * file it is about, if it is about one; and in between with NULL for both. A result that
 * is not 0 ends the call, which then returns -EINTR and leaves nothing half made.
 */
typedef int candor_step_fn(void *context, const char *what, const char *file);
CANDOR_API void candor_watch(struct candor *c, candor_step_fn *step, void *context);

/** The @i-th option of candor_release(), or NULL past the last. */
CANDOR_API const struct candor_option *candor_release_option_at(size_t i);

/**
 * Write a signed release. The check of what is released, by the tree's own candor.yaml
 * and waivers, comes first, and an error in it refuses the release; nothing appears at
 * "out" before all of it is written, signed and verified. A report for people goes to
 * @write. Runs git and GnuPG; a caller that does not ignore SIGPIPE may get one.
 *
 * 0, or CANDOR_NO when it is refused (@ret_error tells why, candor_complaints() what was
 * found); -EINVAL for no such option or a wrong value, -EINTR, -ENOMEM, or another errno.
 */
CANDOR_API CANDOR_CHECKED int candor_release(struct candor *c, const struct candor_option *options,
					     candor_write_fn *write, void *context,
					     struct candor_error *ret_error);

/** What the last rendering remarked beside its document, or NULL past the last. */
CANDOR_API const char *candor_remark_at(const struct candor *c, size_t i);

/**
 * A document of one format in the other: "json" to "yaml", "yaml" to "json". @path
 * names it in errors. In YAML every string is quoted that a reader of YAML 1.1 or
 * 1.2 could take for something else, so both see what JSON says. Of YAML what JSON
 * has is read: no anchors, no tags, no key twice.
 */
CANDOR_API CANDOR_CHECKED int candor_convert(struct candor *c, const char *path, const char *text,
					     size_t size, const char *from, const char *to,
					     candor_write_fn *write, void *context,
					     struct candor_error *ret_error);

#ifdef __cplusplus
}
#endif

#endif

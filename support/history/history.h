/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what a git repository holds of one file: at a revision, and along a
 * branch. The repository is looked at, never written and never trusted: sizes are
 * looked at before content is read, no program of its configuration is run, and
 * what a commit says of itself (author, message, date) is text and no more.
 */
#ifndef CANDOR_SUPPORT_HISTORY_HISTORY_H
#define CANDOR_SUPPORT_HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct history_repo;

#define HISTORY_ID_SIZE 41 /* 40 hexadecimal digits and a NUL */

/** Why a call failed, for people. Texts may hold what the repository says: escape them. */
struct history_trouble {
	char message[512];
	char remedy[256];
};

/**
 * Open the repository that holds @path: a bare one, a work tree, or any folder
 * below one. Returns 0 with *@ret_repo (history_close() it), or -errno with
 * *@trouble filled in.
 */
int history_open(const char *path, struct history_trouble *trouble, struct history_repo **ret_repo);

/** Free; NULL is accepted. */
void history_close(struct history_repo *repo);

/** Does the repository lack what lies before some commit (`git clone --depth`)? */
bool history_is_shallow(const struct history_repo *repo);

/**
 * The full id of the commit that @rev names: a branch, a tag, `HEAD~3`, part of an
 * id. Returns 0 or -errno: -ENOENT for no such revision, -EINVAL for no commit.
 */
int history_resolve(struct history_repo *repo, const char *rev, struct history_trouble *trouble,
		    char ret_id[HISTORY_ID_SIZE]);

/**
 * The bytes of the plain file @path (from the repository's top) at @rev, with a
 * NUL behind them; caller frees. Returns 0 or -errno: -ENOENT without such a
 * revision or file there, -EISDIR, -EINVAL for a symbolic link or submodule,
 * -EFBIG over @max bytes, -EIO for a damaged object.
 */
int history_read_blob(struct history_repo *repo, const char *rev, const char *path, size_t max,
		      struct history_trouble *trouble, char **ret_data, size_t *ret_size);

/** A plain file of a revision. */
struct history_file {
	char *path; /* from the repository's top */
	char blob[HISTORY_ID_SIZE];
};

/**
 * All plain files of @rev, in the order of its trees; paths are from @arena, the
 * caller frees *@ret_files. Folders deeper than 64 are left out. Returns 0 or -errno.
 */
int history_list(struct history_repo *repo, const char *rev, struct arena *arena,
		 struct history_trouble *trouble, struct history_file **ret_files, size_t *ret_nr);

/** Where in the work tree a folder is, "" for its top; caller frees. NULL: not in it. */
char *history_inside(struct history_repo *repo, const char *path);

/** A commit at which the file of a branch became another, or appeared, or went. */
struct history_step {
	char commit[HISTORY_ID_SIZE];
	char blob[HISTORY_ID_SIZE]; /* "": the file is not there from here on */
	const char *path;	    /* of the file in this commit, or where it was */
	long long time;		    /* when it came to the branch, in seconds; see below */
	bool is_doubtful;	    /* the commit's own date cannot be: @time is of one before */
	bool is_merge;
	bool is_root; /* the first commit there is: nobody knows what was before */
};

/**
 * The steps of a branch, oldest first: along first parents, so a merge is one
 * step, at the time it reached the branch. Committers' dates need not ascend
 * (clocks are wrong, dates are rewritten); the order of commits is what counts: the
 * most commits whose dates ascend are believed, the dates of others are not.
 */
struct history_branch {
	const char *name; /* as asked for */
	char tip[HISTORY_ID_SIZE];
	struct history_step *steps;
	size_t nr_steps;
	size_t nr_commits;    /* looked at */
	long long last_time;  /* of the tip */
	bool is_cut;	      /* shallow, damaged or too long: it begins before the first step */
	const char *notes[8]; /* what could not be read, one sentence each */
	size_t nr_notes;
};

/**
 * Walk the branch (or any revision) @name for the file @path, following it
 * through renames. All is allocated from @arena. Returns 0 or -errno; commits that
 * cannot be read are a note, not a failure.
 */
int history_walk(struct history_repo *repo, const char *name, const char *path, struct arena *arena,
		 struct history_trouble *trouble, struct history_branch *ret_branch);

/** Names of all branches, local and remote, sorted, from @arena. Returns 0 or -errno. */
int history_branches(struct history_repo *repo, struct arena *arena,
		     struct history_trouble *trouble, const char *const **ret_names,
		     size_t *ret_nr);

/** The bytes of a blob by its id; as history_read_blob(). */
int history_read_id(struct history_repo *repo, const char *blob, size_t max,
		    struct history_trouble *trouble, char **ret_data, size_t *ret_size);

/** A parent of a commit, and what file it has. */
struct history_parent {
	char commit[HISTORY_ID_SIZE];
	char blob[HISTORY_ID_SIZE]; /* "": none */
};

#define HISTORY_PARENTS_MAX 16

/**
 * The parents of @commit that can be read, at most HISTORY_PARENTS_MAX, each with
 * the blob it has at @path. Returns 0 or -errno.
 */
int history_parents(struct history_repo *repo, const char *commit, const char *path,
		    struct history_parent ret_parents[HISTORY_PARENTS_MAX], size_t *ret_nr);

/** A "Key: value" line at the end of a message. */
struct history_trailer {
	const char *key;
	const char *value;
};

/** What a commit says of itself. All of it is its author's words. */
struct history_message {
	const char *subject;
	const char *author;
	long long time;		       /* the committer's */
	const char *const *advisories; /* "XSA-123", "CVE-2020-1234": as found, each once */
	size_t nr_advisories;
	const struct history_trailer *trailers;
	size_t nr_trailers;
	const char *picked_from; /* id of the commit it says it repeats; NULL */
};

/** Read a commit's message, from @arena. Returns 0 or -errno. */
int history_describe(struct history_repo *repo, const char *commit, struct arena *arena,
		     struct history_message *ret_message);

/** The same of the text of a message; for history_describe() and its tests. */
int history_parse_message(const char *text, size_t size, struct arena *arena,
			  struct history_message *ret_message);

/** A date or time of day as seconds, UTC: "2024-02-29" is the last second of that day. */
bool history_parse_time(const char *text, long long *ret_time);

/** Seconds as "2024-02-29", UTC. */
void history_format_date(long long time, char ret_date[16]);

#endif

/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what a tree, its objects, its locks and its tests' results say of
 * features. All readers take hostile input: what is wrong is reported in the
 * model with its place, and they go on.
 */
#ifndef CANDOR_SUPPORT_EXTRACT_EXTRACT_H
#define CANDOR_SUPPORT_EXTRACT_EXTRACT_H

#include "model/model.h"

/**
 * Annotations of one source text. In C (`scan_c`) comments, strings, spliced
 * lines and "#if 0" do not fool it; other languages (`scan_comments`) carry
 * SUPPORT_TEST() alone, at the start of a comment. *@ret_nr, unless NULL, is how
 * many were found. Returns 0 or -ENOMEM.
 */
int scan_c(struct model *m, const char *path, const char *text, size_t size, size_t *ret_nr);
int scan_comments(struct model *m, const char *path, const char *text, size_t size, size_t *ret_nr);

/**
 * Scan the sources under @root. Paths in the model are relative to it. Symbolic
 * links, hidden folders, build folders ("build*", "out") and folders that hold a
 * SUPPORT.md or support/features.yaml of their own are left out. Limits whose
 * constant is a macro are looked up in the tree's sources. Returns 0 or -errno.
 */
int tree_scan(struct model *m, const char *root);

/** Someone who looks at the files of a walk beside the scanner. */
struct tree_observer {
	void *context;
	/* Told of every plain file that is walked over; true: its text is wanted. */
	bool (*wants)(void *context, const char *path);
	/*
	 * Would take() find something in this text? It is asked ahead and on other threads,
	 * so it may neither allocate nor change anything, nor look at what take() changes.
	 * NULL: yes.
	 */
	bool (*is_of_use)(const void *context, const char *path, const char *text, size_t size);
	/* The text of one that was wanted and is of use, borrowed for the call. 0 or -errno. */
	int (*take)(void *context, const char *path, const char *text, size_t size);
};

/** tree_scan() with an observer; the files are read once for both. */
int tree_scan_observed(struct model *m, const char *root, const struct tree_observer *observer);

/** A tree that is not on disk, such as a commit: its plain files. */
struct tree_files {
	size_t nr;
	/* Path of file @i below the root, borrowed; NULL: left out. */
	const char *(*name)(const struct tree_files *files, size_t i);
	/* Its bytes; the caller frees. 0, or -errno, which ends the scan. */
	int (*read)(const struct tree_files *files, size_t i, char **ret_data, size_t *ret_size);
	void *context;
};

/** tree_scan() of such a tree: the same files count, and the same is found. */
int tree_scan_files(struct model *m, const struct tree_files *files);

/** How a value of SUPPORT_LIMIT() finds a macro: its body, or NULL. */
struct number_scope {
	const char *(*find)(const struct number_scope *scope, const char *name);
	const struct strmap *macros;
};

/**
 * The value of a C constant expression of integers, ( ) + - * / << >> and
 * macros. False when it is no such thing or overflows 64 bits.
 */
bool number_evaluate(const char *text, const struct number_scope *scope, uint64_t *ret_value);

/**
 * The records in an object, archive (thin ones too) or executable, 32 or 64 bit:
 * annotations out of .candor.support, and a lock out of .candor.lock if there is
 * one. Returns 0, or -errno when the file cannot be read.
 */
int elf_read(struct model *m, const char *path);

/** The same of bytes in memory; thin archives' members are not followed. */
int elf_parse(struct model *m, const char *path, const char *data, size_t size);

/** The annotation records of a section's content. Returns 0 or -ENOMEM. */
int records_parse(struct model *m, const char *object, const char *data, size_t size);

/** A policy lock: "key = value  # comment" lines. Returns 0 or -errno. */
int lock_read(struct model *m, const char *path);
int lock_parse(struct model *m, const char *path, const char *text, size_t size);

/** The lock records of a section: "lock TAB key TAB value" lines. 0 or -ENOMEM. */
int lock_parse_records(struct model *m, const char *object, const char *data, size_t size);

/**
 * Results of tests: lines "NAME TAB passed|failed|skipped", or meson's
 * testlog.json. Returns 0 or -errno.
 */
int evidence_read(struct model *m, const char *path);
int evidence_parse(struct model *m, const char *path, const char *text, size_t size);

/** The result of this test, or NULL when the evidence does not know it. */
const struct evidence *evidence_find(const struct model *m, const char *name);

#endif

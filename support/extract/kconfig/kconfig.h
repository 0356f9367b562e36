/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a tree's Kconfig files as the kernel's own tools do, and resolves what each
 * symbol is worth for one environment (an architecture) and one .config.
 *
 * Nothing of the tree is run: $(shell,COMMAND) expands to what a table of facts says
 * of that command. Nesting, sizes, files and steps are bounded; what is wrong is a
 * diagnostic of the model, and reading goes on behind it.
 */
#ifndef CANDOR_SUPPORT_EXTRACT_KCONFIG_KCONFIG_H
#define CANDOR_SUPPORT_EXTRACT_KCONFIG_KCONFIG_H

#include "base/strbuf.h"
#include "model/model.h"

enum kconfig_type {
	KCONFIG_UNKNOWN,
	KCONFIG_BOOL,
	KCONFIG_TRISTATE,
	KCONFIG_STRING,
	KCONFIG_INT,
	KCONFIG_HEX,
};

enum kconfig_op {
	KCONFIG_ITEM, /* a leaf: a symbol, a constant or a choice */
	KCONFIG_AND,
	KCONFIG_OR,
	KCONFIG_NOT, /* of ->left */
	KCONFIG_EQUAL,
	KCONFIG_UNEQUAL,
	KCONFIG_LESS,
	KCONFIG_LESS_EQUAL,
	KCONFIG_GREATER,
	KCONFIG_GREATER_EQUAL,
};

/** An expression; shared, never changed once built. */
struct kconfig_expr {
	enum kconfig_op op;
	unsigned int generation; /* of @value: see kconfig_value() */
	unsigned char value;
	struct kconfig_item *item;	   /* KCONFIG_ITEM */
	struct kconfig_expr *left, *right; /* operands */
};

/** A property: "default X if C", "select X if C", "range X Y if C". */
struct kconfig_property {
	struct kconfig_expr *value, *high; /* @high: of a range */
	struct kconfig_expr *condition;	   /* with all dependencies around it */
	struct pos at;
	struct kconfig_property *next;
};

enum kconfig_node_kind {
	KCONFIG_NODE_SYMBOL,
	KCONFIG_NODE_CHOICE,
	KCONFIG_NODE_MENU,
	KCONFIG_NODE_COMMENT,
	KCONFIG_NODE_IF,
};

struct kconfig_properties {
	struct kconfig_property *first, *last;
};

/** A definition: one "config", "choice", "menu", "comment" or "if". */
struct kconfig_node {
	enum kconfig_node_kind kind;
	struct kconfig_item *item;
	const char *prompt; /* NULL: none */
	struct kconfig_expr *prompt_condition;
	struct pos prompt_at;
	const char *help; /* NULL: none */
	struct pos help_at;
	struct kconfig_expr *depends; /* with those of what it stands in */
	struct kconfig_expr *visible; /* of a menu */
	struct kconfig_properties defaults, ranges, selects, implies;
	struct pos at;
	struct kconfig_node *children, *next;
	struct kconfig_node *next_of_item, *next_of_file;
};

/** A symbol, a quoted constant, or a choice. */
struct kconfig_item {
	const char *name; /* "" for a choice without one */
	enum kconfig_type type;
	bool is_constant, is_choice, is_optional;
	struct kconfig_node *nodes, *last_node; /* by ->next_of_item */
	struct kconfig_expr *direct_depends;	/* n when it is defined nowhere */
	struct kconfig_expr *selected_by, *implied_by;
	struct kconfig_item *choice;   /* the choice it is a member of; NULL */
	struct kconfig_item **members; /* of a choice */
	size_t nr_members;
	struct kconfig_item *next; /* of the defined symbols, or of the choices */
	struct kconfig_expr leaf;  /* this item as an expression */
	/* What a .config says. */
	const char *user_value;		  /* NULL: nothing; "n", "m", "y" for a bool */
	struct kconfig_item *user_member; /* of a choice */
	bool was_set;
	/* Cached results, of the generation. */
	unsigned int generation, visible_generation, text_generation;
	unsigned char value, visible;
	bool is_busy, is_circular;
	const char *text;
	struct kconfig_item *selection;
};

/** What an expansion of $(shell,COMMAND) or of a variable of the environment gives. */
struct kconfig_io {
	/* A file below the Kconfig's folder; caller frees. 0 or -errno. */
	int (*read)(void *context, const char *path, char **ret_data, size_t *ret_size);
	/* Files below it that a pattern names, sorted: NULL-ended list, in the arena. */
	const char **(*glob)(void *context, struct model *m, const char *pattern);
	/* The value of a variable, or NULL. */
	const char *(*environment)(void *context, const char *name);
	/* What a command is taken to print; never NULL. */
	const char *(*shell)(void *context, const char *command);
	const char *prefix; /* before every path in the model: "", "xen/" */
	void *context;
};

struct kconfig {
	struct model *m;
	struct strmap symbols, constants, choices, variables;
	struct kconfig_item *no, *module, *yes; /* constants */
	struct kconfig_item *modules;		/* the symbol MODULES */
	struct kconfig_item *first, *last;	/* defined symbols, by ->next */
	struct kconfig_item *first_choice, *last_choice;
	struct kconfig_node *first_node, *last_node; /* all, by ->next_of_file */
	struct kconfig_node *top;
	const struct kconfig_io *io;
	const char **files; /* paths read, in order */
	size_t nr_files;
	size_t nr_bytes; /* of all that was read */
	unsigned int generation;
	unsigned int depth; /* of evaluation */
	bool is_too_deep;   /* reported already */
};

/**
 * Read the Kconfig at @path. *@ret_kconfig lives in the model's arena, but
 * kconfig_close() must free its tables. Returns 0 (with findings reported), -errno
 * when the first file cannot be read, or -ENOMEM.
 */
int kconfig_open(struct model *m, const struct kconfig_io *io, const char *path,
		 struct kconfig **ret_kconfig);

/** Free what the arena does not hold. NULL is accepted. */
void kconfig_close(struct kconfig *k);

/** Take the values of a .config's text, instead of all taken before. 0 or -ENOMEM. */
int kconfig_load(struct kconfig *k, const char *path, const char *text, size_t size);

/** The symbol of this name, defined or only mentioned; NULL. */
struct kconfig_item *kconfig_find(const struct kconfig *k, const char *name);

/** What an expression is worth: 0 (n), 1 (m), 2 (y). */
unsigned int kconfig_value(struct kconfig *k, struct kconfig_expr *e);

/** What an item's value is for a bool or tristate (0, 1, 2; else 0), and its text. */
unsigned int kconfig_item_value(struct kconfig *k, struct kconfig_item *item);
const char *kconfig_item_text(struct kconfig *k, struct kconfig_item *item);

/** Whether, and up to which value, a user could set it: 0, 1, 2. */
unsigned int kconfig_visibility(struct kconfig *k, struct kconfig_item *item);

/** The type it has where MODULES is as it is. */
enum kconfig_type kconfig_type(struct kconfig *k, const struct kconfig_item *item);

/** The member that a choice selects, or NULL. */
struct kconfig_item *kconfig_selection(struct kconfig *k, struct kconfig_item *choice);

/** Does the expression name this symbol? */
bool kconfig_mentions(const struct kconfig_expr *e, const char *name);

/** Can the expression only be other than n where this symbol is? May miss some. */
bool kconfig_requires(const struct kconfig *k, const struct kconfig_expr *e,
		      const struct kconfig_item *item);

/**
 * The default that gives an item its value, or that selects a choice's member: of a
 * choice nobody is asked, the one that would. NULL: none does.
 */
const struct kconfig_property *kconfig_deciding_default(struct kconfig *k,
							struct kconfig_item *item);

/** The expression as Kconfig writes it, fully parenthesised where ops differ. */
void kconfig_print(struct strbuf *sb, const struct kconfig_expr *e);

#endif

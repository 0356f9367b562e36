/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the Kconfig reader share: preprocessor, lexer, parser. */
#ifndef CANDOR_SUPPORT_EXTRACT_KCONFIG_PRIVATE_H
#define CANDOR_SUPPORT_EXTRACT_KCONFIG_PRIVATE_H

#include "extract/kconfig/kconfig.h"

#define FILE_MAX ((size_t)16 << 20)
#define FILES_MAX 20000
#define BYTES_MAX ((size_t)64 << 20) /* of all files; Linux has a tenth */
#define SOURCE_DEPTH_MAX 64
#define NESTING_MAX 256
#define LINE_MAX_SIZE ((size_t)256 << 10)
#define EXPANSION_MAX ((size_t)256 << 20) /* bytes that all expansions may move */
#define TOKENS_MAX 4096
#define EVALUATION_DEPTH_MAX 10000
#define EXPR_DEPTH_MAX 200

enum token_kind {
	TOKEN_END,
	TOKEN_TEXT, /* ->text */
	TOKEN_ITEM, /* ->item */
	/* Operators. */
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_EQUAL,
	TOKEN_UNEQUAL,
	TOKEN_LESS,
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_EQUAL,
	/* Words; those up to TOKEN_STRING take text behind them. */
	TOKEN_BOOL,
	TOKEN_CHOICE,
	TOKEN_COMMENT,
	TOKEN_HEX,
	TOKEN_INT,
	TOKEN_MAINMENU,
	TOKEN_MENU,
	TOKEN_OSOURCE,
	TOKEN_ORSOURCE,
	TOKEN_PROMPT,
	TOKEN_RSOURCE,
	TOKEN_SOURCE,
	TOKEN_TRISTATE,
	TOKEN_STRING,
	TOKEN_ALLNOCONFIG_Y,
	TOKEN_CONFIG,
	TOKEN_DEFAULT,
	TOKEN_DEFCONFIG_LIST,
	TOKEN_DEF_BOOL,
	TOKEN_DEF_HEX,
	TOKEN_DEF_INT,
	TOKEN_DEF_STRING,
	TOKEN_DEF_TRISTATE,
	TOKEN_DEPENDS,
	TOKEN_ENDCHOICE,
	TOKEN_ENDIF,
	TOKEN_ENDMENU,
	TOKEN_ENV,
	TOKEN_HELP,
	TOKEN_IF,
	TOKEN_IMPLY,
	TOKEN_MENUCONFIG,
	TOKEN_MODULES,
	TOKEN_ON,
	TOKEN_OPTION,
	TOKEN_OPTIONAL,
	TOKEN_RANGE,
	TOKEN_SELECT,
	TOKEN_VISIBLE,
};

struct token {
	enum token_kind kind;
	const char *text;
	struct kconfig_item *item;
};

/** A file being read; files that it sources are read above it. */
struct input {
	const char *path;  /* below the Kconfig's folder */
	const char *shown; /* in the model */
	const char *text, *end, *next;
	unsigned int line;   /* of the line at hand (its last, where it was spliced) */
	unsigned int column; /* of its first word */
	struct input *parent;
	unsigned int depth;
};

/** A variable of the preprocessor. */
struct variable {
	const char *value;
	bool is_recursive;
	unsigned int nr_expansions;
};

struct parser {
	struct kconfig *k;
	struct model *m;
	struct input *input;
	struct strbuf line; /* the logical line, expanded as its tokens are read */
	struct token tokens[TOKENS_MAX];
	size_t nr_tokens, token;
	bool reuse; /* the tokens at hand were not taken */
	bool bad;   /* the line at hand cannot be read (reported) */
	bool out_of_memory;
	unsigned int nesting;
	unsigned int expr_depth;
	size_t expanded; /* bytes that expansions made */
};

/** Report the line at hand, and leave the rest of it. */
void kparse_error(struct parser *p, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** The place of the line at hand. */
struct pos kparse_here(const struct parser *p);

/** Read the next line into tokens. False at the end of the file. */
bool klex_next(struct parser *p);

/** Read @line (physical) with the splices behind it into tokens, not taken yet. */
void klex_reuse(struct parser *p, const char *line, size_t size);

/** The next physical line without its newline, or NULL. */
const char *klex_raw_line(struct parser *p, size_t *ret_size);

/**
 * Expand the macro "$(" at *@i of @sb in place; *@i is then behind the expansion.
 * False when it cannot be (reported).
 */
bool kmacro_expand(struct parser *p, struct strbuf *sb, size_t *i);

/** Expand every macro in @sb from @i on. */
bool kmacro_expand_all(struct parser *p, struct strbuf *sb, size_t i);

/** A line that is no statement: an assignment, or macros that leave nothing. */
void kmacro_assign(struct parser *p);

/** "$NAME" and "${NAME}" of old trees, from @i on to *@end, by the environment. */
bool kmacro_expand_old(struct parser *p, struct strbuf *sb, size_t i, size_t *end);

/** Put @text in the place of @size bytes at @i. */
bool kmacro_replace(struct parser *p, struct strbuf *sb, size_t i, size_t size, const char *text,
		    size_t text_size);

struct kconfig_item *kconfig_symbol(struct kconfig *k, const char *name);
struct kconfig_item *kconfig_constant(struct kconfig *k, const char *text);
struct kconfig_item *kconfig_add_choice(struct kconfig *k, const char *name);

struct kconfig_expr *kexpr_make(struct kconfig *k, enum kconfig_op op, struct kconfig_expr *left,
				struct kconfig_expr *right);
struct kconfig_expr *kexpr_and(struct kconfig *k, struct kconfig_expr *a, struct kconfig_expr *b);
struct kconfig_expr *kexpr_or(struct kconfig *k, struct kconfig_expr *a, struct kconfig_expr *b);

/** The kind of the token at hand; whether it is of this kind, which takes it. */
enum token_kind kparse_peek(const struct parser *p);
bool kparse_take(struct parser *p, enum token_kind kind);

/** Report what stands behind the statement, if anything does. */
void kparse_end(struct parser *p);

/** Take text, a symbol, or a condition that the line ends with; NULL is reported. */
const char *kparse_text(struct parser *p);
struct kconfig_item *kparse_item(struct parser *p);
struct kconfig_expr *kparse_expr(struct parser *p);

/** Read the properties of a definition, up to the line that is none. */
void kparse_properties(struct parser *p, struct kconfig_node *node);

/** Parse a file into the children of @parent. */
int kparse_file(struct kconfig *k, const char *path);

/** Pass dependencies down, make choices whole, turn selects round. */
void kfinal_run(struct kconfig *k);

/** Resolve every symbol, so that circles are reported. */
void kvalue_all(struct kconfig *k);

#endif

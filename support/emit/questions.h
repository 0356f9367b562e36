/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the answers of query, status, diff, history and join: as text, as
 * JSON or YAML, as CSV, as Markdown. Output is deterministic, and text stays text.
 */
#ifndef CANDOR_SUPPORT_EMIT_QUESTIONS_H
#define CANDOR_SUPPORT_EMIT_QUESTIONS_H

#include "base/table.h"
#include "document/doc.h"
#include "emit/emit.h"
#include "query/diff.h"
#include "query/select.h"
#include "query/timeline.h"

/** How text is written for people. */
struct emit_style {
	enum emit_colour colour;
	size_t width; /* of the terminal; 0: no limit */
};

/** Comparisons, in order, one document. */
void emit_diff_doc(const struct diff *const *diffs, size_t nr, struct strbuf *sb);
void emit_diff_csv(const struct diff *const *diffs, size_t nr, struct strbuf *sb);

/** One comparison. */
void emit_diff_text(const struct diff *diff, struct strbuf *sb, const struct emit_style *style);
void emit_diff_markdown(const struct diff *diff, struct strbuf *sb);

/**
 * The matrix as a page of MediaWiki: a table for each section, a column for each
 * statement, what differs from the statement to its left in bold.
 */
struct matrix;
void matrix_emit_wiki(const struct matrix *matrix, struct strbuf *sb);

/** Which statement each answer is from is told where there is more than one. */
void emit_answers_text(const struct answer *answers, size_t nr, struct strbuf *sb,
		       const struct emit_style *style);
void emit_answers_doc(const struct answer *answers, size_t nr, struct strbuf *sb);
void emit_answers_csv(const struct answer *answers, size_t nr, struct strbuf *sb);
void emit_answers_markdown(const struct answer *answers, size_t nr, struct strbuf *sb);

/** Which events of a timeline are told. */
enum timeline_part {
	TIMELINE_ALL,
	TIMELINE_WANTED, /* of the features that timeline_want() marked */
};

/** The history of a statement, oldest first. Returns how many events it told. */
size_t emit_timeline_text(const struct timeline *t, enum timeline_part part, struct strbuf *sb,
			  const struct emit_style *style);
size_t emit_timeline_doc(const struct timeline *t, enum timeline_part part, struct strbuf *sb);
size_t emit_timeline_csv(const struct timeline *t, enum timeline_part part, struct strbuf *sb);
size_t emit_timeline_markdown(const struct timeline *t, enum timeline_part part, struct strbuf *sb);

/** An event's members: branches, date, commit, reason, advisories, the change. */
void emit_event_members(struct doc *doc, const struct timeline_step *step, const struct event *e);

/** The title of the feature a change is about; of the release part the key. */
const char *emit_change_title(const struct diff *diff, const struct change *c);

/** All that is known of a feature. */
struct join;
void emit_join_text(const struct join *join, struct strbuf *sb, const struct emit_style *style);
void emit_join_doc(const struct model *m, const struct join *join, struct strbuf *sb);

/** A statement as data, for exchange_parse(): docs/schema/statement.schema.json. */
void emit_statement_doc(const struct statement *s, struct strbuf *sb);

/** Members of a map that tell of a claim: the case, what is stated, what it means. */
void emit_claim_members(struct doc *doc, const struct claim *c);

/** Members of a map that tell of a fact: the feature, the case, what is stated. */
void emit_fact_members(struct doc *doc, const struct fact *fact);

/** Members that tell of one change. */
void emit_change_members(struct doc *doc, const struct change *change);

/** The change as a sentence's part: "Experimental -> Tech Preview". */
void emit_change_words(struct strbuf *sb, const struct change *change);

/** The case of a fact as people name it: its qualifier, or "" */
const char *emit_change_case(const struct change *change);

/** How good a level and a security are, as a tint. */
enum tint emit_level_tint(enum level level, enum security security);

/** How the direction of a change looks. */
enum tint emit_change_tint(const struct change *change);

#endif

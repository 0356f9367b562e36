/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Merges statements into a matrix. */
#include "emit/matrix.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "emit/emit.h"

struct builder {
	struct matrix *matrix;
	enum matrix_order order;
	struct strmap nodes[NR_MATRIX_DEPTHS]; /* by slug */
	size_t column;
};

/* The version a statement gives itself, else its path. */
static const char *column_name(const struct statement *s)
{
	for (size_t i = 0; i < s->nr_keys; i++) {
		size_t n = strlen(s->keys[i].key);

		if (n > 8 && !strcmp(s->keys[i].key + n - 8, "-Version") && *s->keys[i].value)
			return s->keys[i].value;
	}
	return s->path;
}

static struct matrix_node *create_node(struct builder *b, struct matrix_node *parent,
				       enum matrix_depth depth, const char *slug, const char *title)
{
	struct model *m = b->matrix->m;
	struct matrix_node *node = model_alloc(m, sizeof(*node));

	if (!node)
		return NULL;
	node->depth = depth;
	node->slug = slug;
	node->title = title;
	node->parent = parent;
	if (node->depth == MATRIX_ROW)
		node->cells = model_alloc(m, b->matrix->nr_columns * sizeof(*node->cells));
	else
		node->headings = model_alloc(m, b->matrix->nr_columns * sizeof(*node->headings));
	return node->cells || node->headings ? node : NULL;
}

/* Where among its parent's children a new one goes. */
static struct matrix_node **find_place(const struct builder *b, struct matrix_node *parent,
				       const char *slug)
{
	struct matrix_node **place = &parent->first;

	if (b->order == MATRIX_MERGED)
		return parent->recent ? &parent->recent->next : place;
	/* What a heading states of itself comes before its parts. */
	if (parent->slug && !strcmp(slug, parent->slug))
		return place;
	return parent->last ? &parent->last->next : place;
}

/* The child of this slug: found, or put in its place by the order. */
static struct matrix_node *get_node(struct builder *b, struct matrix_node *parent,
				    enum matrix_depth depth, const char *slug, const char *title)
{
	struct matrix_node *node = strmap_get(&b->nodes[depth], slug);
	struct matrix_node **place;

	if (!node) {
		node = create_node(b, parent, depth, slug, title);
		if (!node || !strmap_put(&b->nodes[depth], slug, node))
			return NULL;
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): only the root has none */
		place = find_place(b, parent, slug);
		node->next = *place;
		*place = node;
		if (!node->next)
			parent->last = node;
		if (depth == MATRIX_ROW) {
			for (struct matrix_node *up = node; up; up = up->parent)
				up->nr_rows++;
		}
	}
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a found node is no root */
	node->parent->recent = node;
	return node;
}

static bool add_claim(struct builder *b, const struct claim *c)
{
	const struct heading *h = c->heading, *group = h->parent ? h->parent : h;
	struct matrix_cell *cell = model_alloc(b->matrix->m, sizeof(*cell)), *first;
	struct matrix_node *node =
		get_node(b, &b->matrix->root, MATRIX_SECTION, group->slug, group->title);

	if (node) {
		node->headings[b->column] = group;
		node = get_node(b, node, MATRIX_FEATURE, h->slug, h->title);
	}
	if (!node || !cell)
		return false;
	node->headings[b->column] = h;
	node = get_node(b, node, MATRIX_ROW, c->slug, c->qualifier);
	if (!node)
		return false;
	cell->claim = c;
	first = node->cells[b->column];
	if (first)
		first->last->next = cell;
	else
		first = node->cells[b->column] = cell;
	first->last = cell;
	return true;
}

/* The next column starts from the top again. */
static void forget_recent(struct matrix *matrix)
{
	matrix->root.recent = NULL;
	for (struct matrix_node *s = matrix->root.first; s; s = s->next) {
		s->recent = NULL;
		for (struct matrix_node *f = s->first; f; f = f->next)
			f->recent = NULL;
	}
}

static bool add_statement(struct builder *b, const struct statement *s)
{
	for (size_t i = 0; i < s->nr_claims; i++) {
		if (!add_claim(b, s->claims[i]))
			return false;
	}
	forget_recent(b->matrix);
	return true;
}

struct matrix *matrix_create(struct model *m, enum matrix_order order)
{
	struct matrix *matrix = model_alloc(m, sizeof(*matrix));
	struct builder b = { .matrix = matrix, .order = order };
	bool ok;

	if (!matrix)
		return NULL;
	matrix->m = m;
	matrix->nr_columns = m->nr_statements;
	matrix->names = model_alloc(m, m->nr_statements * sizeof(*matrix->names));
	ok = matrix->names != NULL;
	for (size_t i = 0; i < m->nr_statements && ok; i++) {
		matrix->names[i] = column_name(m->statements[i]);
		b.column = i;
		ok = add_statement(&b, m->statements[i]);
	}
	for (size_t i = 0; i < NR_MATRIX_DEPTHS; i++)
		strmap_reset(&b.nodes[i]);
	return ok ? matrix : NULL;
}

/* A column's name or file within an address: nothing in it is a delimiter. */
static void add_encoded(struct strbuf *sb, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x80 && (isalnum(c) || strchr("-._~/", c)))
			strbuf_add(sb, text, 1);
		else
			strbuf_printf(sb, "%%%02X", c);
	}
}

void matrix_add_link(struct strbuf *sb, const struct matrix *matrix, size_t column,
		     const char *link)
{
	static const char version[] = "{version}", file[] = "{file}";

	while (*link) {
		if (!strncmp(link, version, sizeof(version) - 1)) {
			add_encoded(sb, matrix->names[column]);
			link += sizeof(version) - 1;
		} else if (!strncmp(link, file, sizeof(file) - 1)) {
			add_encoded(sb, matrix->m->statements[column]->path);
			link += sizeof(file) - 1;
		} else {
			text_add_html(sb, link++, 1);
		}
	}
}

bool matrix_is_first_test(const struct annotation *a)
{
	for (const struct annotation *b = a->feature->annotations; b != a; b = b->next_of_feature) {
		if (b->kind == ANNOTATION_TEST && !strcmp(b->detail, a->detail))
			return false;
	}
	return true;
}

bool matrix_find_proof(const struct matrix *matrix, const struct heading *h,
		       struct matrix_proof *ret_proof)
{
	struct matrix_proof proof = { 0 };

	if (!matrix->m->has_evidence || !h->feature)
		return false;
	for (const struct annotation *a = h->feature->annotations; a; a = a->next_of_feature) {
		const struct evidence *e;

		if (a->kind != ANNOTATION_TEST || !matrix_is_first_test(a))
			continue;
		e = model_evidence(matrix->m, a->detail);
		proof.nr_tests++;
		proof.nr_passed += e && e->result == TEST_PASSED;
	}
	if (!proof.nr_tests)
		return false;
	*ret_proof = proof;
	return true;
}

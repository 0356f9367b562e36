/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The matrix as one HTML page: no other file, readable without colour, without
 * script, in light and dark; its own script, the only one that the page lets run,
 * searches and sorts. All text of statements is escaped; the one piece
 * of HTML taken from them is a whole `<a href="https://…">text</a>`, rebuilt.
 * Rows have the ids of their cases; ids of the page's own start with '_', as no
 * heading's can.
 */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "emit/emit.h"
#include "emit/matrix.h"

static const char page_start[] = "<!DOCTYPE html>\n"
				 "<html lang=\"en\">\n"
				 "<head>\n"
				 "<meta charset=\"utf-8\">\n";

static const char head[] =
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>Support matrix</title>\n"
	"<style>\n"
	":root { color-scheme: light dark; --back: #fff; --text: #1c1e21; --rule: #c9ced6;\n"
	"  --head: #eef1f5; --link: #0b4fa8; --good: #d8f0dc; --some: #fff0c8; --weak: #ffe0cc;\n"
	"  --none: #f6d5d5; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"  :root { --back: #14171b; --text: #e4e7eb; --rule: #434a54; --head: #20252c;\n"
	"    --link: #8ab8ff; --good: #173a22; --some: #453a10; --weak: #4a2a14; --none: #4a1c1c; "
	"}\n"
	"}\n"
	"body { margin: 1rem; background: var(--back); color: var(--text);\n"
	"  font: 15px/1.45 system-ui, sans-serif; }\n"
	"a { color: var(--link); }\n"
	"th a.self { color: inherit; text-decoration: none; }\n"
	"th a.self:hover, th a.self:focus { text-decoration: underline; }\n"
	".legend { display: flex; flex-wrap: wrap; gap: .4rem; margin: 1rem 0; padding: 0;\n"
	"  list-style: none; }\n"
	".legend li { padding: .15rem .55rem; }\n"
	".scroll { overflow: auto; max-height: 92vh; border: 1px solid var(--rule); }\n"
	"table { border-collapse: separate; border-spacing: 0; min-width: 100%; }\n"
	"th, td { border-right: 1px solid var(--rule); border-bottom: 1px solid var(--rule);\n"
	"  padding: .3rem .55rem; text-align: left; vertical-align: top; }\n"
	"th { font-weight: 600; background: var(--head); overflow-wrap: break-word; }\n"
	"tbody th { font-weight: 500; }\n"
	"td { max-width: 22rem; }\n"
	/* What tells where one is stays in view: versions, features, sections. */
	"thead th { position: sticky; top: 0; z-index: 2; }\n"
	"th[rowspan] { position: sticky; left: 0; z-index: 1; }\n"
	"thead th:first-child { left: 0; z-index: 3; }\n"
	"tr.section th { font-size: 1.1rem; font-weight: 700; padding-top: .9rem; }\n"
	"tr.section a { position: sticky; left: .55rem; }\n"
	"[id] { scroll-margin-top: 2.6rem; }\n"
	"tr:target th, tr:target td, th:target { outline: 2px solid var(--link);\n"
	"  outline-offset: -2px; }\n"
	".supported { border-left: 4px solid #2c8a45; }\n"
	".supported.s-yes { background: var(--good); }\n"
	".supported.s-no, .supported.s-external, .supported.s-caveats,\n"
	"  .deprecated { background: var(--some); border-left: 4px double #a07a00; }\n"
	".preview { background: var(--weak); border-left: 4px dashed #b35a1f; }\n"
	".experimental { background: var(--weak); border-left: 4px dotted #b35a1f; }\n"
	".not { background: var(--none); border-left: 4px solid #a83232;\n"
	"  border-right: 4px solid #a83232; }\n"
	".unknown { background: var(--head); border-left: 4px groove var(--rule);\n"
	"  border-right: 4px groove var(--rule); }\n"
	".tools label { margin-right: .8rem; white-space: nowrap; }\n"
	".tools input, .tools select { font: inherit; max-width: 90vw; }\n"
	".where { font-size: .85em; white-space: nowrap; }\n"
	".absent { opacity: .65; text-align: center; }\n"
	"@media (max-width: 40rem) {\n"
	"  body { margin: .6rem; font-size: 14px; }\n"
	"  th, td { padding: .25rem .4rem; }\n"
	"  th[rowspan] { min-width: 5rem; max-width: 7rem; }\n"
	"  .tools label { display: block; margin: 0 0 .3rem; }\n"
	"}\n"
	"pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--head);\n"
	"  padding: .6rem; border-left: 3px solid var(--rule); }\n"
	"@media print { .scroll { overflow: visible; max-height: none; border: 0; }\n"
	"  th, th[rowspan] { position: static; } .tools { display: none; }\n"
	"  tr, pre { break-inside: avoid; } h2, h3, h4, .section { break-after: avoid; }\n"
	"  section p { break-after: avoid; } }\n"
	"</style>\n"
	"</head>\n"
	"<body>\n"
	"<h1>Support matrix</h1>\n"
	"<p>Each cell holds the status as its statement words it. A dash means that the\n"
	"statement of that column does not name the case. <b>[*]</b> leads to the description\n"
	"and the conditions. Edges mark levels, also where there is no colour:</p>\n"
	"<ul class=\"legend\">\n"
	"<li class=\"supported s-yes\">supported, with security support</li>\n"
	"<li class=\"supported s-caveats\">supported with limits, or deprecated</li>\n"
	"<li class=\"preview\">technical preview</li>\n"
	"<li class=\"experimental\">experimental</li>\n"
	"<li class=\"not\">not supported</li>\n"
	"<li class=\"unknown\">a label that nobody defined</li>\n"
	"</ul>\n";

static void add(struct strbuf *sb, const char *text)
{
	text_add_html(sb, text, strlen(text));
}

/* A link within the page; of the id as it is shown, only the plainest bytes (RFC 3986, 2.1). */
static void add_href(struct strbuf *sb, const char *prefix, const char *slug)
{
	static const char plain[] = "-.0123456789_abcdefghijklmnopqrstuvwxyz";
	struct strbuf id = STRBUF_INIT;

	add(&id, slug);
	strbuf_printf(sb, "href=\"#%s", prefix);
	for (size_t i = 0; i < id.size;) {
		size_t n = strspn(id.data + i, plain);

		strbuf_add(sb, id.data + i, n);
		i += n;
		if (i < id.size)
			strbuf_printf(sb, "%%%02X", (unsigned char)id.data[i++]);
	}
	strbuf_puts(sb, "\"");
	sb->failed = sb->failed || id.failed;
	strbuf_reset(&id);
}

/* The bytes of a `<a href="URL">TEXT</a>` with a web address, or false. */
static bool split_link(const char *value, const char **ret_url, size_t *ret_url_size,
		       const char **ret_text, size_t *ret_text_size)
{
	static const char start[] = "<a href=\"", end[] = "</a>";
	size_t size = strlen(value), start_size = sizeof(start) - 1, end_size = sizeof(end) - 1;
	const char *url = value + start_size, *quote;

	if (size < start_size + end_size || memcmp(value, start, start_size) ||
	    memcmp(value + size - end_size, end, end_size))
		return false;
	if (strncmp(url, "https://", 8) && strncmp(url, "http://", 7))
		return false;
	quote = strchr(url, '"');
	if (!quote || quote[1] != '>' || quote + 2 > value + size - end_size)
		return false;
	*ret_url = url;
	*ret_url_size = (size_t)(quote - url);
	*ret_text = quote + 2;
	*ret_text_size = (size_t)(value + size - end_size - *ret_text);
	return !memchr(*ret_text, '<', *ret_text_size);
}

void matrix_add_release_value(struct strbuf *sb, const char *value)
{
	const char *url, *text;
	size_t url_size, text_size;

	if (!split_link(value, &url, &url_size, &text, &text_size)) {
		add(sb, value);
		return;
	}
	strbuf_puts(sb, "<a rel=\"noopener noreferrer\" href=\"");
	text_add_html(sb, url, url_size);
	strbuf_puts(sb, "\">");
	text_add_html(sb, text, text_size);
	strbuf_puts(sb, "</a>");
}

static const struct release_key *find_key(const struct statement *s, const char *key)
{
	for (size_t i = 0; i < s->nr_keys; i++) {
		if (!strcmp(s->keys[i].key, key))
			return &s->keys[i];
	}
	return NULL;
}

static void add_release_row(const struct matrix *matrix, struct strbuf *sb, const char *key)
{
	strbuf_puts(sb, "<tr><th scope=\"row\" colspan=\"2\">");
	add(sb, key);
	strbuf_puts(sb, "</th>");
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct release_key *k = find_key(matrix->m->statements[i], key);

		strbuf_puts(sb, k ? "<td>" : "<td class=\"absent\">");
		if (k)
			matrix_add_release_value(sb, k->value);
		else
			strbuf_puts(sb, "–");
		strbuf_puts(sb, "</td>");
	}
	strbuf_puts(sb, "</tr>\n");
}

/* Every key that any statement has, in the order in which they first occur. */
static void add_release(const struct matrix *matrix, struct strbuf *sb)
{
	struct strmap seen = { 0 };
	size_t nr = 0;

	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct statement *s = matrix->m->statements[i];

		for (size_t j = 0; j < s->nr_keys; j++) {
			struct release_key *k = &s->keys[j];
			void *first = strmap_put(&seen, k->key, k);

			if (!first)
				sb->failed = true;
			if (first != k)
				continue;
			strbuf_puts(sb, nr++ ? "" : "<tbody>\n");
			add_release_row(matrix, sb, k->key);
		}
	}
	strbuf_puts(sb, nr ? "</tbody>\n" : "");
	strmap_reset(&seen);
}

static void add_head(const struct matrix *matrix, struct strbuf *sb)
{
	strbuf_puts(sb, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			"aria-label=\"Support matrix\">\n<table>\n<thead><tr>"
			"<th scope=\"col\">Feature</th><th scope=\"col\">Case</th>");
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		strbuf_puts(sb, "<th scope=\"col\" title=\"");
		add(sb, matrix->m->statements[i]->path);
		strbuf_puts(sb, "\">");
		add(sb, matrix->names[i]);
		strbuf_puts(sb, "</th>");
	}
	strbuf_puts(sb, "</tr></thead>\n");
}

static const char *level_class(enum level level)
{
	static const char *const classes[NR_LEVELS] = {
		[LEVEL_UNKNOWN] = "unknown",	  [LEVEL_LIST] = "list",
		[LEVEL_NOT_SUPPORTED] = "not",	  [LEVEL_EXPERIMENTAL] = "experimental",
		[LEVEL_TECH_PREVIEW] = "preview", [LEVEL_DEPRECATED] = "deprecated",
		[LEVEL_SUPPORTED] = "supported",
	};

	return classes[level];
}

static bool has_text(const struct heading *h)
{
	return h && (*h->description || *h->caveats);
}

/* The status as its line has it, and where: what a pointer that rests on it is shown. */
static void add_raw(struct strbuf *sb, const struct claim *c)
{
	strbuf_puts(sb, " title=\"");
	add(sb, c->key);
	strbuf_puts(sb, *c->qualifier ? ", " : "");
	add(sb, c->qualifier);
	strbuf_puts(sb, ": ");
	add(sb, c->value);
	strbuf_puts(sb, "&#10;");
	add(sb, c->at.file ? c->at.file : "");
	strbuf_printf(sb, ":%u\"", c->at.line);
}

/* The words of a status; with a link, to the heading in its statement's page. */
static void add_status(const struct matrix *matrix, struct strbuf *sb, const struct claim *c,
		       size_t column)
{
	if (matrix->link) {
		strbuf_puts(sb, "<a rel=\"noopener noreferrer\" href=\"");
		matrix_add_link(sb, matrix, column, matrix->link);
		strbuf_puts(sb, "#");
		add(sb, c->heading->slug);
		strbuf_puts(sb, "\">");
	}
	add(sb, c->value);
	strbuf_puts(sb, matrix->link ? "</a>" : "");
}

/* How many tests the tree has of the feature, and what they came to; of the first column. */
static void add_proof(const struct matrix *matrix, struct strbuf *sb, const struct heading *h)
{
	struct matrix_proof proof;

	if (!h || !matrix_find_proof(matrix, h, &proof))
		return;
	strbuf_puts(sb, " <a class=\"where\" ");
	add_href(sb, "_text-", h->slug);
	strbuf_printf(sb, ">%zu of %zu tests passed</a>", proof.nr_passed, proof.nr_tests);
}

static void add_cell(const struct matrix *matrix, struct strbuf *sb, const struct matrix_node *row,
		     size_t column)
{
	const struct matrix_cell *cell = row->cells[column];
	const struct heading *h = row->parent->headings[column];

	if (!cell) {
		strbuf_puts(sb, "<td class=\"absent\">–</td>");
		return;
	}
	strbuf_printf(sb, "<td class=\"%s s-%s\"", level_class(cell->claim->level),
		      model_security_name(cell->claim->security));
	add_raw(sb, cell->claim);
	strbuf_puts(sb, ">");
	for (const struct matrix_cell *c = cell; c; c = c->next) {
		add_status(matrix, sb, c->claim, column);
		if (c->next)
			strbuf_puts(sb, "<br>");
	}
	if (has_text(h) && *h->caveats) {
		strbuf_puts(sb, " <a ");
		add_href(sb, "_text-", h->slug);
		strbuf_puts(sb, " title=\"conditions\">[*]</a>");
	}
	if (!column)
		add_proof(matrix, sb, h);
	strbuf_puts(sb, "</td>");
}

static void add_self_link(struct strbuf *sb, const char *slug, const char *text)
{
	strbuf_puts(sb, "<a class=\"self\" ");
	add_href(sb, "", slug);
	strbuf_puts(sb, ">");
	add(sb, text);
	strbuf_puts(sb, "</a>");
}

static bool feature_has_text(const struct matrix *matrix, const struct matrix_node *feature)
{
	struct matrix_proof proof;

	if (feature->headings[0] && matrix_find_proof(matrix, feature->headings[0], &proof))
		return true;
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		if (has_text(feature->headings[i]))
			return true;
	}
	return false;
}

/* Is the id taken by one of its rows, the one without a qualifier? */
static bool row_has_slug(const struct matrix_node *feature)
{
	for (const struct matrix_node *row = feature->first; row; row = row->next) {
		if (!strcmp(row->slug, feature->slug))
			return true;
	}
	return false;
}

static void add_feature_head(const struct matrix *matrix, struct strbuf *sb,
			     const struct matrix_node *feature, bool needs_id)
{
	strbuf_printf(sb, "<th scope=\"rowgroup\" rowspan=\"%zu\"", feature->nr_rows);
	if (needs_id) {
		strbuf_puts(sb, " id=\"");
		add(sb, feature->slug);
		strbuf_puts(sb, "\"");
	}
	strbuf_puts(sb, ">");
	add_self_link(sb, feature->slug, feature->title);
	if (feature_has_text(matrix, feature)) {
		strbuf_puts(sb, " <a ");
		add_href(sb, "_text-", feature->slug);
		strbuf_puts(sb, " title=\"description and conditions\">[*]</a>");
	}
	strbuf_puts(sb, "</th>");
}

static void add_feature(const struct matrix *matrix, struct strbuf *sb,
			const struct matrix_node *feature)
{
	/* An H2 that is a feature itself has given its id to the section's row. */
	bool is_section = !strcmp(feature->slug, feature->parent->slug);
	bool needs_id = !is_section && !row_has_slug(feature);

	for (const struct matrix_node *row = feature->first; row; row = row->next) {
		bool has_id = strcmp(row->slug, feature->parent->slug);

		strbuf_puts(sb, "<tr");
		if (has_id) {
			strbuf_puts(sb, " id=\"");
			add(sb, row->slug);
			strbuf_puts(sb, "\"");
		}
		strbuf_puts(sb, ">");
		if (row == feature->first)
			add_feature_head(matrix, sb, feature, needs_id);
		strbuf_puts(sb, "<th scope=\"row\">");
		if (*row->title)
			add_self_link(sb, row->slug, row->title);
		strbuf_puts(sb, "</th>");
		for (size_t i = 0; i < matrix->nr_columns; i++)
			add_cell(matrix, sb, row, i);
		strbuf_puts(sb, "</tr>\n");
	}
}

static void add_section(const struct matrix *matrix, struct strbuf *sb,
			const struct matrix_node *section)
{
	strbuf_puts(sb, "<tbody>\n<tr class=\"section\" id=\"");
	add(sb, section->slug);
	strbuf_printf(sb, "\"><th scope=\"rowgroup\" colspan=\"%zu\">", matrix->nr_columns + 2);
	add_self_link(sb, section->slug, section->title);
	strbuf_puts(sb, "</th></tr>\n");
	for (const struct matrix_node *f = section->first; f; f = f->next)
		add_feature(matrix, sb, f);
	strbuf_puts(sb, "</tbody>\n");
}

/* Texts, each once, under the names of all columns that have it */

static bool same_text(const struct heading *a, const struct heading *b)
{
	return has_text(a) && has_text(b) && !strcmp(a->description, b->description) &&
	       !strcmp(a->caveats, b->caveats);
}

static void add_pre(struct strbuf *sb, const char *title, const char *text)
{
	if (!*text)
		return;
	strbuf_printf(sb, "<p>%s</p>\n<pre>", title);
	add(sb, text);
	strbuf_puts(sb, "</pre>\n");
}

/* The texts of column @i and the names of all columns like it. */
static void add_text(const struct matrix *matrix, struct strbuf *sb,
		     const struct matrix_node *feature, size_t i)
{
	const struct heading *h = feature->headings[i];
	const char *separator = "";

	strbuf_puts(sb, "<h4>");
	for (size_t j = i; j < matrix->nr_columns; j++) {
		if (!same_text(h, feature->headings[j]))
			continue;
		strbuf_puts(sb, separator);
		add(sb, matrix->names[j]);
		separator = ", ";
	}
	strbuf_puts(sb, "</h4>\n");
	add_pre(sb, "Description", h->description);
	add_pre(sb, "Conditions", h->caveats);
}

/* The tests that the tree's annotations name, each with its last result. */
static void add_tests(const struct matrix *matrix, struct strbuf *sb, const struct heading *h)
{
	static const char *const words[NR_TEST_RESULTS] = {
		[TEST_PASSED] = "passed",
		[TEST_FAILED] = "FAILED",
		[TEST_SKIPPED] = "skipped",
	};
	struct matrix_proof proof;

	if (!matrix_find_proof(matrix, h, &proof))
		return;
	strbuf_puts(sb, "<p>Evidence</p>\n<ul>\n");
	for (const struct annotation *a = h->feature->annotations; a; a = a->next_of_feature) {
		const struct evidence *e =
			a->kind == ANNOTATION_TEST ? model_evidence(matrix->m, a->detail) : NULL;

		if (a->kind != ANNOTATION_TEST || !matrix_is_first_test(a))
			continue;
		strbuf_puts(sb, "<li>");
		add(sb, a->detail);
		strbuf_printf(sb, ": %s</li>\n", e ? words[e->result] : "not run");
	}
	strbuf_puts(sb, "</ul>\n");
}

static void add_feature_texts(const struct matrix *matrix, struct strbuf *sb,
			      const struct matrix_node *feature)
{
	if (!feature_has_text(matrix, feature))
		return;
	strbuf_puts(sb, "<section id=\"_text-");
	add(sb, feature->slug);
	strbuf_puts(sb, "\">\n<h3>");
	add_self_link(sb, feature->slug, feature->title);
	strbuf_puts(sb, "</h3>\n");
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		bool told = !has_text(feature->headings[i]);

		for (size_t j = 0; j < i && !told; j++)
			told = same_text(feature->headings[j], feature->headings[i]);
		if (!told)
			add_text(matrix, sb, feature, i);
	}
	if (feature->headings[0])
		add_tests(matrix, sb, feature->headings[0]);
	strbuf_puts(sb, "</section>\n");
}

/* Even if a statement got a script past us, the browser would run none but ours. */
static void add_guard(struct strbuf *sb)
{
	char digest[45];

	sha256_base64(matrix_script, strlen(matrix_script), digest);
	strbuf_printf(sb,
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; "
		      "form-action 'none'\">\n",
		      digest);
}

void matrix_emit_html(const struct matrix *matrix, struct strbuf *sb)
{
	strbuf_puts(sb, page_start);
	add_guard(sb);
	strbuf_puts(sb, head);
	add_head(matrix, sb);
	add_release(matrix, sb);
	for (const struct matrix_node *s = matrix->root.first; s; s = s->next)
		add_section(matrix, sb, s);
	strbuf_puts(sb, "</table>\n</div>\n<h2 id=\"_texts\">Descriptions and conditions</h2>\n");
	for (const struct matrix_node *s = matrix->root.first; s; s = s->next) {
		for (const struct matrix_node *f = s->first; f; f = f->next)
			add_feature_texts(matrix, sb, f);
	}
	strbuf_printf(sb, "<script>%s</script>\n</body>\n</html>\n", matrix_script);
}

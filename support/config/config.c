/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* candor.yaml's reader: a tree of YAML against tables of keys, one a mapping. */
#include "config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "config/document.h"

#define CONFIG_MAX ((size_t)1 << 20)
#define TEXT_MAX 4096
#define REGEXES_MAX 256

enum kind {
	KIND_WORD,	/* const char * */
	KIND_TEXT,	/* struct config_text */
	KIND_TEXTS,	/* struct config_texts; one text is a list of it */
	KIND_REGEX,	/* struct config_regex */
	KIND_VARIABLES, /* struct config_variables */
	KIND_MAP,	/* a struct of ->shape */
	KIND_LIST,	/* pointer and number of such */
};

struct shape;

struct field {
	const char *key;
	enum kind kind;
	size_t offset, nr_offset;
	const struct shape *shape;
	const char *words; /* of KIND_WORD: those allowed, "a|b"; NULL: any */
	bool required;
};

struct shape {
	size_t size;
	size_t at_offset; /* of its struct pos, or NONE */
	const struct field *fields;
	size_t nr_fields;
};

#define NONE ((size_t)-1)
#define AT(type, member) offsetof(struct type, member)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WORD(key, type, member)                                        \
	{                                                              \
		key, KIND_WORD, AT(type, member), 0, NULL, NULL, false \
	}
#define NEED(key, type, member)                                       \
	{                                                             \
		key, KIND_WORD, AT(type, member), 0, NULL, NULL, true \
	}
#define PICK(key, type, member, words)                                 \
	{                                                              \
		key, KIND_WORD, AT(type, member), 0, NULL, words, true \
	}
#define TEXT(key, type, member)                                        \
	{                                                              \
		key, KIND_TEXT, AT(type, member), 0, NULL, NULL, false \
	}
#define TEXTS(key, type, member)                                        \
	{                                                               \
		key, KIND_TEXTS, AT(type, member), 0, NULL, NULL, false \
	}
#define REGEX(key, type, member)                                        \
	{                                                               \
		key, KIND_REGEX, AT(type, member), 0, NULL, NULL, false \
	}
#define MATCH(type)                                                       \
	{                                                                 \
		"match", KIND_REGEX, AT(type, match), 0, NULL, NULL, true \
	}
#define VARIABLES(key, type, member)                                        \
	{                                                                   \
		key, KIND_VARIABLES, AT(type, member), 0, NULL, NULL, false \
	}
#define MAP(key, type, member, shape)                                     \
	{                                                                 \
		key, KIND_MAP, AT(type, member), 0, &(shape), NULL, false \
	}
#define LIST(key, type, member, shape)                                                         \
	{                                                                                      \
		key, KIND_LIST, AT(type, member), AT(type, nr_##member), &(shape), NULL, false \
	}
#define SHAPE(type)                                                                      \
	static const struct shape type##_shape = { sizeof(struct config_##type),         \
						   AT(config_##type, at), type##_fields, \
						   COUNT(type##_fields) }

static const struct field arch_fields[] = {
	NEED("name", config_arch, name),
	TEXTS("claims", config_arch, claims),
	VARIABLES("environment", config_arch, environment),
	TEXTS("configs", config_arch, configs),
};
SHAPE(arch);

static const struct field gate_fields[] = {
	NEED("symbol", config_gate, symbol),
	WORD("marker", config_gate, marker),
	{ "marks", KIND_WORD, AT(config_gate, marks), 0, NULL, "all|some", false },
};
SHAPE(gate);

static const struct field fact_fields[] = {
	MATCH(config_fact),
	NEED("value", config_fact, value),
};
SHAPE(fact);

static const struct field kconfig_fields[] = {
	WORD("folder", config_kconfig, folder),
	WORD("file", config_kconfig, file),
	VARIABLES("environment", config_kconfig, environment),
	LIST("architectures", config_kconfig, archs, arch_shape),
	LIST("shell", config_kconfig, shell, fact_shape),
	LIST("gates", config_kconfig, gates, gate_shape),
};
SHAPE(kconfig);

static const struct field feature_fields[] = {
	TEXT("heading", config_feature, heading),  TEXT("name", config_feature, name),
	REGEX("terms", config_feature, terms),	   REGEX("claims", config_feature, claims),
	TEXTS("symbols", config_feature, symbols), TEXT("chosen", config_feature, chosen),
	TEXTS("options", config_feature, options), TEXTS("documents", config_feature, documents),
	TEXTS("sources", config_feature, sources), TEXTS("archs", config_feature, archs),
	TEXTS("configs", config_feature, configs),
};
SHAPE(feature);

static const struct field pattern_fields[] = {
	NEED("id", config_pattern, id),
	PICK("kind", config_pattern, kind, "refuses|option"),
	MATCH(config_pattern),
	TEXTS("files", config_pattern, files),
	WORD("needs", config_pattern, needs),
	TEXT("heading", config_pattern, heading),
	TEXTS("archs", config_pattern, archs),
};
SHAPE(pattern);

static const struct field names_fields[] = {
	TEXT("section", config_names, section),
	MATCH(config_names),
	TEXTS("files", config_names, files),
};
SHAPE(names);

static const struct field prose_fields[] = {
	MATCH(config_prose),
	PICK("expects", config_prose, expects, "chosen|on|off"),
};
SHAPE(prose);

static const struct field family_fields[] = {
	TEXT("heading", config_family, heading),
	REGEX("prompts", config_family, prompts),
};
SHAPE(family);

static const struct field documents_fields[] = {
	TEXTS("options", config_documents, options),
	TEXTS("changelogs", config_documents, changelogs),
	TEXTS("features", config_documents, features),
	TEXTS("ignore", config_documents, ignore),
	REGEX("option_heading", config_documents, option_heading),
	REGEX("option_default", config_documents, option_default),
	REGEX("status", config_documents, status),
};
static const struct shape documents_shape = { sizeof(struct config_documents), NONE,
					      documents_fields, COUNT(documents_fields) };

static const struct field references_fields[] = {
	TEXTS("files", config_references, files),
	TEXTS("ignore", config_references, ignore),
	REGEX("path", config_references, path),
	REGEX("moving", config_references, moving),
};
static const struct shape references_shape = { sizeof(struct config_references), NONE,
					       references_fields, COUNT(references_fields) };

static const struct field folders_fields[] = {
	TEXTS("folders", config_folders, folders),
	TEXT("section", config_folders, section),
	VARIABLES("headings", config_folders, headings),
};
static const struct shape folders_shape = { sizeof(struct config_folders), NONE, folders_fields,
					    COUNT(folders_fields) };

static const struct field config_fields[] = {
	PICK("format", config, format, "1"),
	WORD("statement", config, statement),
	WORD("waivers", config, waivers),
	{ "channel", KIND_WORD, AT(config, channel), 0, NULL, "unstable|release|security-only",
	  false },
	TEXTS("skip", config, skip),
	MAP("kconfig", config, kconfig, kconfig_shape),
	MAP("architectures", config, architectures, folders_shape),
	LIST("features", config, features, feature_shape),
	LIST("patterns", config, patterns, pattern_shape),
	LIST("names", config, names, names_shape),
	LIST("prose", config, prose, prose_shape),
	LIST("families", config, families, family_shape),
	MAP("documents", config, documents, documents_shape),
	MAP("references", config, references, references_shape),
};
static const struct shape config_shape = { sizeof(struct config), NONE, config_fields,
					   COUNT(config_fields) };

struct reader {
	struct model *m;
	struct config *config;
};

static void complain(struct reader *r, struct pos at, const char *remedy, const char *key,
		     const char *what)
{
	model_report(r->m, SEVERITY_ERROR, "bad-config", at, remedy, "'%s' %s", key, what);
}

static bool wants_kind(struct reader *r, const struct yaml_node *node, enum yaml_kind kind)
{
	if (node->kind == kind)
		return true;
	model_report(r->m, SEVERITY_ERROR, "bad-config", node->at, "see docs/trees.md",
		     "'%s' is %s, not %s", node->key ? node->key : "it", yaml_kind_name(node->kind),
		     yaml_kind_name(kind));
	return false;
}

/* The text of a scalar, or NULL (reported). */
static const char *take_text(struct reader *r, const struct yaml_node *node)
{
	if (!wants_kind(r, node, YAML_TEXT))
		return NULL;
	if (*node->text && strlen(node->text) <= TEXT_MAX)
		return node->text;
	complain(r, node->at, "write 1 to 4096 bytes", node->key ? node->key : "it",
		 *node->text ? "is too long" : "is empty");
	return NULL;
}

static bool is_one_of(const char *words, const char *text)
{
	size_t size = strlen(text);

	for (const char *w = words; w; w = strchr(w, '|') ? strchr(w, '|') + 1 : NULL) {
		if (strcspn(w, "|") == size && !memcmp(w, text, size))
			return true;
	}
	return false;
}

static void take_word(struct reader *r, const struct yaml_node *node, const struct field *f,
		      const char **ret_word)
{
	const char *text = take_text(r, node);

	if (!text)
		return;
	if (f->words && !is_one_of(f->words, text))
		model_report(r->m, SEVERITY_ERROR, "bad-config", node->at, NULL,
			     "'%s' is '%s', none of %s", f->key, text, f->words);
	else
		*ret_word = text;
}

static void add_text(struct reader *r, const struct yaml_node *node, struct config_texts *list)
{
	const char *text = take_text(r, node);
	const char **texts = model_grow(r->m, list->texts, list->nr, sizeof(*texts));
	struct pos *at = model_grow(r->m, list->at, list->nr, sizeof(*at));

	if (!texts || !at || !text)
		return;
	list->texts = texts;
	list->at = at;
	list->at[list->nr] = node->at;
	list->texts[list->nr++] = text;
}

static void take_texts(struct reader *r, const struct yaml_node *node, struct config_texts *list)
{
	if (node->kind == YAML_TEXT) {
		add_text(r, node, list);
		return;
	}
	if (!wants_kind(r, node, YAML_LIST))
		return;
	for (const struct yaml_node *n = node->first; n; n = n->next)
		add_text(r, n, list);
}

static void take_regex(struct reader *r, const struct yaml_node *node, struct config_regex *regex)
{
	struct pattern **compiled = model_grow(r->m, r->config->compiled, r->config->nr_compiled,
					       sizeof(struct pattern *));

	regex->text = take_text(r, node);
	regex->at = node->at;
	if (!compiled || !regex->text)
		return;
	if (r->config->nr_compiled >= REGEXES_MAX) {
		complain(r, node->at, "use fewer", node->key ? node->key : "it",
			 "is one regular expression too many");
		return;
	}
	r->config->compiled = compiled;
	if (pattern_compile(r->m, regex->text, node->at, &regex->pattern))
		r->m->out_of_memory = true;
	else if (regex->pattern)
		r->config->compiled[r->config->nr_compiled++] = regex->pattern;
}

static void take_variables(struct reader *r, const struct yaml_node *node,
			   struct config_variables *list)
{
	if (!wants_kind(r, node, YAML_MAP))
		return;
	for (const struct yaml_node *n = node->first; n; n = n->next) {
		struct config_variable *v = model_grow(r->m, list->variables, list->nr, sizeof(*v));

		if (!v || !wants_kind(r, n, YAML_TEXT))
			continue;
		list->variables = v;
		list->variables[list->nr++] = (struct config_variable){ n->key, n->text };
	}
}

static void take_map(struct reader *r, const struct yaml_node *node, const struct shape *shape,
		     void *out);

static void take_list(struct reader *r, const struct yaml_node *node, const struct field *f,
		      char *out)
{
	char *items = NULL;
	size_t nr = 0, i = 0;

	if (!wants_kind(r, node, YAML_LIST))
		return;
	for (const struct yaml_node *n = node->first; n; n = n->next)
		nr++;
	items = model_alloc(r->m, nr ? nr * f->shape->size : 1);
	for (const struct yaml_node *n = node->first; n && items; n = n->next) {
		if (wants_kind(r, n, YAML_MAP))
			take_map(r, n, f->shape, items + i++ * f->shape->size);
	}
	memcpy(out + f->offset, &items, sizeof(items));
	memcpy(out + f->nr_offset, &i, sizeof(i));
}

static void take_field(struct reader *r, const struct yaml_node *node, const struct field *f,
		       char *out)
{
	struct config_text *text;

	switch (f->kind) {
	case KIND_WORD:
		take_word(r, node, f, (const char **)(void *)(out + f->offset));
		break;
	case KIND_TEXT:
		text = (struct config_text *)(void *)(out + f->offset);
		text->text = take_text(r, node);
		text->at = node->at;
		break;
	case KIND_TEXTS:
		take_texts(r, node, (struct config_texts *)(void *)(out + f->offset));
		break;
	case KIND_REGEX:
		take_regex(r, node, (struct config_regex *)(void *)(out + f->offset));
		break;
	case KIND_VARIABLES:
		take_variables(r, node, (struct config_variables *)(void *)(out + f->offset));
		break;
	case KIND_MAP:
		take_map(r, node, f->shape, out + f->offset);
		break;
	case KIND_LIST:
		take_list(r, node, f, out);
		break;
	}
}

static const struct field *find_field(const struct shape *shape, const char *key)
{
	for (size_t i = 0; i < shape->nr_fields; i++) {
		if (!strcmp(shape->fields[i].key, key))
			return &shape->fields[i];
	}
	return NULL;
}

static void report_unknown(struct reader *r, const struct yaml_node *node,
			   const struct shape *shape)
{
	unsigned int best = text_tolerance(strlen(node->key)) + 1;
	const char *meant = NULL;

	for (size_t i = 0; i < shape->nr_fields; i++) {
		unsigned int d = text_distance(node->key, shape->fields[i].key, best - 1);

		if (d < best) {
			best = d;
			meant = shape->fields[i].key;
		}
	}
	model_report(r->m, SEVERITY_ERROR, "bad-config", node->key_at,
		     meant ? NULL : "see docs/trees.md for the keys", "unknown key '%s'%s%s%s",
		     node->key, meant ? "; did you mean '" : "", meant ? meant : "",
		     meant ? "'?" : "");
}

static void take_map(struct reader *r, const struct yaml_node *node, const struct shape *shape,
		     void *out)
{
	if (!wants_kind(r, node, YAML_MAP))
		return;
	if (shape->at_offset != NONE)
		memcpy((char *)out + shape->at_offset, &node->at, sizeof(node->at));
	for (const struct yaml_node *n = node->first; n; n = n->next) {
		const struct field *f = find_field(shape, n->key);

		if (f)
			take_field(r, n, f, out);
		else
			report_unknown(r, n, shape);
	}
	for (size_t i = 0; i < shape->nr_fields; i++) {
		const struct yaml_node *n = node->first;

		while (n && strcmp(n->key, shape->fields[i].key))
			n = n->next;
		if (!n && shape->fields[i].required)
			complain(r, node->at, "add it", shape->fields[i].key, "is missing");
	}
}

int config_parse(struct model *m, const char *path, const char *text, size_t size,
		 struct config **ret_config)
{
	struct config *c = model_alloc(m, sizeof(*c));
	struct reader r = { m, c };
	struct yaml_node *root = NULL;
	int rc = c ? 0 : -ENOMEM;

	if (!rc) {
		c->path = model_copy(m, path, strlen(path));
		rc = c->path ? model_add_source(m, c->path, text, size) : -ENOMEM;
	}
	if (!rc)
		rc = yaml_parse_tree(m, c->path, text, size, &root);
	if (!rc && root)
		take_map(&r, root, &config_shape, c);
	else if (!rc)
		model_report(m, SEVERITY_ERROR, "bad-config", (struct pos){ c->path, 1, 1 },
			     "`candor init` writes a first one", "nothing is in it");
	if (!rc && m->out_of_memory)
		rc = -ENOMEM;
	if (rc) {
		config_close(c);
		return rc;
	}
	*ret_config = c;
	return 0;
}

int config_read(struct model *m, const char *path, struct config **ret_config)
{
	char *text;
	size_t size;
	int rc = file_read(path, CONFIG_MAX, &text, &size);

	if (rc)
		return rc;
	rc = config_parse(m, path, text, size, ret_config);
	free(text);
	return rc;
}

void config_close(struct config *c)
{
	for (size_t i = 0; c && i < c->nr_compiled; i++)
		pattern_free(c->compiled[i]);
	if (c)
		c->nr_compiled = 0;
}

/* Globs */

/* Bounded by the product of the sizes: each star is tried only against what follows. */
bool config_glob(const char *glob, const char *path)
{
	const char *star = NULL, *star_path = NULL, *over = NULL, *over_path = NULL;

	while (*path || *glob) {
		if (glob[0] == '*' && glob[1] == '*') {
			over = glob + 2 + (glob[2] == '/');
			over_path = path;
			star = NULL;
			glob = over;
		} else if (*glob == '*') {
			star = ++glob;
			star_path = path;
		} else if (!*glob && *path == '/') {
			return true; /* a folder stands for what is in it */
		} else if (*path && (*glob == *path || (*glob == '?' && *path != '/'))) {
			glob++;
			path++;
		} else if (star && *star_path && *star_path != '/') {
			glob = star;
			path = ++star_path;
		} else if (over && *over_path) {
			glob = over;
			path = ++over_path;
			star = NULL;
		} else {
			return false;
		}
	}
	return true;
}

bool config_globs(const struct config_texts *globs, const char *path)
{
	for (size_t i = 0; i < globs->nr; i++) {
		size_t fixed = strcspn(globs->texts[i], "*?");

		if (!strncmp(globs->texts[i], path, fixed) && config_glob(globs->texts[i], path))
			return true;
	}
	return false;
}

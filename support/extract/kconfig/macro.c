/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kconfig's preprocessor. Macros are expanded in place, in the line at hand. No
 * command is ever run: the io's table of facts says what $(shell,...) printed.
 */
#include "extract/kconfig/kconfig.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define ARGUMENTS_MAX 64
#define DEPTH_MAX 200

/* A call, taken apart; [0] is the name of what is called. */
struct call {
	char *arguments[ARGUMENTS_MAX];
	size_t nr;
	unsigned int depth;
};

static bool expand(struct parser *p, struct strbuf *sb, size_t *i, const struct call *caller,
		   unsigned int depth);

bool kmacro_replace(struct parser *p, struct strbuf *sb, size_t i, size_t size, const char *text,
		    size_t text_size)
{
	struct strbuf whole = STRBUF_INIT;

	p->expanded += sb->size + text_size; /* work, too: a line may hold many */
	if (sb->size - size + text_size > LINE_MAX_SIZE || p->expanded > EXPANSION_MAX) {
		kparse_error(p, "cut the expansion short", "a macro expands to too much text");
		return false;
	}
	strbuf_add(&whole, sb->data, i);
	strbuf_add(&whole, text, text_size);
	strbuf_add(&whole, sb->data + i + size, sb->size - i - size);
	if (whole.failed) {
		strbuf_reset(&whole);
		p->out_of_memory = p->bad = true;
		return false;
	}
	strbuf_reset(sb);
	*sb = whole;
	return true;
}

static bool expand_all(struct parser *p, struct strbuf *sb, size_t i, const struct call *caller,
		       unsigned int depth)
{
	while (i < sb->size) {
		const char *macro = memmem(sb->data + i, sb->size - i, "$(", 2);

		if (!macro)
			break;
		i = (size_t)(macro - sb->data);
		if (!expand(p, sb, &i, caller, depth))
			return false;
	}
	return !sb->failed;
}

/* What $(error-if,CONDITION,TEXT) and $(warning-if,...) say is shown, not obeyed. */
static bool say(struct parser *p, const struct call *call, struct strbuf *out)
{
	(void)out;
	if (!strcmp(call->arguments[1], "y"))
		model_report(p->m, SEVERITY_WARNING, "kconfig", kparse_here(p), NULL, "%s: %s",
			     call->arguments[0], call->arguments[2]);
	return true;
}

static bool say_nothing(struct parser *p, const struct call *call, struct strbuf *out)
{
	(void)p, (void)call, (void)out;
	return true;
}

static bool put_filename(struct parser *p, const struct call *call, struct strbuf *out)
{
	(void)call;
	strbuf_puts(out, p->input->path);
	return true;
}

static bool put_line(struct parser *p, const struct call *call, struct strbuf *out)
{
	(void)call;
	strbuf_printf(out, "%u", p->input->line);
	return true;
}

static bool put_shell(struct parser *p, const struct call *call, struct strbuf *out)
{
	const struct kconfig_io *io = p->k->io;

	strbuf_puts(out, io->shell(io->context, call->arguments[1]));
	return true;
}

static const struct function {
	const char *name;
	size_t nr_arguments;
	bool (*run)(struct parser *p, const struct call *call, struct strbuf *out);
} functions[] = {
	{ "error-if", 2, say },	   { "filename", 0, put_filename }, { "info", 1, say_nothing },
	{ "lineno", 0, put_line }, { "shell", 1, put_shell },	    { "warning-if", 2, say },
};

static bool call_variable(struct parser *p, struct variable *v, const struct call *call,
			  struct strbuf *out)
{
	bool ok;

	if (call->nr == 1 ? v->nr_expansions > 0 : v->nr_expansions > 100) {
		kparse_error(p, "break the circle", "'%s' expands to itself", call->arguments[0]);
		return false;
	}
	v->nr_expansions++;
	strbuf_puts(out, v->value);
	p->expanded += out->size;
	ok = expand_all(p, out, 0, call, call->depth + 1);
	v->nr_expansions--;
	return ok;
}

static bool call_function(struct parser *p, const struct function *f, const struct call *call,
			  struct strbuf *out)
{
	if (call->nr - 1 != f->nr_arguments) {
		kparse_error(p, "count the commas", "%s takes %zu arguments, not %zu", f->name,
			     f->nr_arguments, call->nr - 1);
		return false;
	}
	return f->run(p, call, out);
}

/* "$(1)" in the value of a function that was called with arguments. */
static const char *find_argument(const char *name, const struct call *caller)
{
	char *end;
	unsigned long n;

	if (!caller || !isdigit((unsigned char)*name))
		return NULL;
	n = strtoul(name, &end, 10);
	return !*end && n < caller->nr ? caller->arguments[n] : NULL;
}

static bool evaluate(struct parser *p, const struct call *call, const struct call *caller,
		     struct strbuf *out)
{
	const char *name = call->arguments[0];
	const char *text = find_argument(name, caller);
	struct variable *v = text ? NULL : strmap_get(&p->k->variables, name);

	if (v)
		return call_variable(p, v, call, out);
	for (size_t i = 0; !text && i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (!strcmp(functions[i].name, name))
			return call_function(p, &functions[i], call, out);
	}
	if (!text)
		text = p->k->io->environment(p->k->io->context, name);
	if (text)
		strbuf_puts(out, text);
	return true;
}

static bool add_argument(struct parser *p, struct call *call, const char *text, size_t size)
{
	char *copy;

	if (call->nr == ARGUMENTS_MAX) {
		kparse_error(p, "use fewer", "a macro with more than %d arguments", ARGUMENTS_MAX);
		return false;
	}
	copy = strndup(text, size);
	if (!copy) {
		p->out_of_memory = p->bad = true;
		return false;
	}
	call->arguments[call->nr++] = copy;
	return true;
}

/* Take the call at @*at (behind "$(") apart, expanding what is in it first. */
static bool take_call(struct parser *p, struct strbuf *sb, size_t *at, const struct call *caller,
		      struct call *call)
{
	size_t argument = *at, nesting = 0;

	while (*at < sb->size) {
		char c = sb->data[*at];

		if (c == '$' && *at + 1 < sb->size && sb->data[*at + 1] == '(') {
			if (!expand(p, sb, at, caller, call->depth))
				return false;
			continue;
		}
		++*at;
		if (c == '(') {
			nesting++;
		} else if (c == ')' && nesting) {
			nesting--;
		} else if (c == ')' || (c == ',' && !nesting)) {
			if (!add_argument(p, call, sb->data + argument, *at - 1 - argument))
				return false;
			if (c == ')')
				return true;
			argument = *at;
		}
	}
	kparse_error(p, "close it on the same line", "a macro without its closing parenthesis");
	return false;
}

static bool expand(struct parser *p, struct strbuf *sb, size_t *i, const struct call *caller,
		   unsigned int depth)
{
	struct call call = { .depth = depth + 1 };
	struct strbuf out = STRBUF_INIT;
	size_t at = *i + 2;
	bool ok;

	if (depth > DEPTH_MAX) {
		kparse_error(p, "break the circle", "macros nested too deeply");
		return false;
	}
	ok = take_call(p, sb, &at, caller, &call) && evaluate(p, &call, caller, &out);
	if (ok && out.failed)
		p->out_of_memory = p->bad = true;
	ok = ok && !out.failed &&
	     kmacro_replace(p, sb, *i, at - *i, out.data ? out.data : "", out.size);
	*i += ok ? out.size : 0;
	strbuf_reset(&out);
	for (size_t n = 0; n < call.nr; n++)
		free(call.arguments[n]);
	return ok;
}

bool kmacro_expand(struct parser *p, struct strbuf *sb, size_t *i)
{
	return expand(p, sb, i, NULL, 0);
}

bool kmacro_expand_all(struct parser *p, struct strbuf *sb, size_t i)
{
	return expand_all(p, sb, i, NULL, 0);
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool kmacro_expand_old(struct parser *p, struct strbuf *sb, size_t i, size_t *end)
{
	const struct kconfig_io *io = p->k->io;

	while (i < *end) {
		size_t name = i + 1, stop;
		const char *value;
		char *copy;

		if (sb->data[i] != '$' || name == *end) {
			i++;
			continue;
		}
		stop = name += sb->data[name] == '{';
		while (stop < *end && (sb->data[name - 1] == '{' ? sb->data[stop] != '}'
								 : is_word(sb->data[stop])))
			stop++;
		copy = strndup(sb->data + name, stop - name);
		value = copy && *copy ? io->environment(io->context, copy) : NULL;
		free(copy);
		stop += sb->data[name - 1] == '{' && stop < *end;
		if (value) {
			size_t size = strlen(value);

			if (!kmacro_replace(p, sb, i, stop - i, value, size))
				return false;
			*end = *end - (stop - i) + size;
			i += size;
		} else {
			i = stop;
		}
	}
	return true;
}

static struct variable *find_variable(struct parser *p, const char *text, size_t size,
				      bool *ret_is_new)
{
	char *name = model_copy(p->m, text, size);
	struct variable *v = name ? strmap_get(&p->k->variables, name) : NULL;

	*ret_is_new = !v;
	if (v || !name)
		return v;
	v = model_alloc(p->m, sizeof(*v));
	if (!v || !strmap_put(&p->k->variables, name, v))
		return NULL;
	v->value = "";
	v->is_recursive = true;
	return v;
}

/* Give the variable named @sb[0..@name_size) the value behind its operator. */
static void assign(struct parser *p, struct strbuf *sb, size_t name_size)
{
	size_t i = name_size, value;
	bool is_new, adds, is_simple;
	struct variable *v;

	while (i < sb->size && isspace((unsigned char)sb->data[i]))
		i++;
	is_simple = i < sb->size && sb->data[i] == ':';
	adds = i < sb->size && sb->data[i] == '+';
	i += is_simple || adds;
	if (i >= sb->size || sb->data[i] != '=') {
		kparse_error(p, "see the Kconfig language's manual",
			     "neither a statement nor an assignment");
		return;
	}
	for (value = i + 1; value < sb->size && isspace((unsigned char)sb->data[value]);)
		value++;
	v = find_variable(p, sb->data, name_size, &is_new);
	if (!v) {
		p->out_of_memory = p->bad = true;
		return;
	}
	if (!adds || is_new)
		v->is_recursive = !is_simple;
	if (!v->is_recursive && !kmacro_expand_all(p, sb, value))
		return;
	if (adds && !is_new) {
		if (strlen(v->value) + sb->size > LINE_MAX_SIZE) {
			kparse_error(p, "cut it short", "a variable of too much text");
			return;
		}
		v->value = model_printf(p->m, "%s %s", v->value, sb->data + value);
	} else {
		v->value = model_copy(p->m, sb->data + value, sb->size - value);
	}
	if (!v->value)
		p->out_of_memory = true;
}

void kmacro_assign(struct parser *p)
{
	struct strbuf sb = STRBUF_INIT;
	size_t i = 0;

	while (i < p->line.size && isspace((unsigned char)p->line.data[i]))
		i++;
	strbuf_add(&sb, p->line.data + i, p->line.size - i);
	for (i = 0; !sb.failed && i < sb.size;) {
		if (is_word(sb.data[i]) || sb.data[i] == '-')
			i++;
		else if (sb.data[i] != '$' || i + 1 >= sb.size || sb.data[i + 1] != '(')
			break;
		else if (!kmacro_expand(p, &sb, &i))
			goto out;
	}
	if (sb.failed)
		p->out_of_memory = p->bad = true;
	else if (sb.size != strspn(sb.data, " \t\r\n\v\f"))
		assign(p, &sb, i);
out:
	strbuf_reset(&sb);
}

/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generated policies: each byte chooses what the grammar below writes next, so
 * nearly all inputs are Lua that compiles, and reach the words with every kind of
 * value. The host must end, say why it fails, and answer the same twice.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "engine/decide.h"
#include "engine/wire.h"
#include "sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct host_limits limits = {
	.instructions = 20000,
	.memory = 1u << 20,
	.churn = 8u << 20,
	.verdicts = 10000,
};

/*
 * Productions: an upper-case letter stands for one of the texts of its row. The
 * first of a row ends it: it is taken when the bytes are used up, or at depth.
 */
static const char *const statements[] = {
	" ",
	"local a = E ",
	"local b, c = E, E ",
	"for k, v in pairs(E) do S end ",
	"for i = 1, N do S end ",
	"while E do S end ",
	"if E then S else S end ",
	"rule('R', function(f) S return E end) ",
	"do S end ",
	"D ",
	"S S ",
	"a = E ",
	"E.x = E ",
	"repeat S until E ",
	"local function g(...) S return E end g(E, E) ",
	"error(E) ",
	"goto l S ::l:: ",
	"local b <const> = E S ",
	"local c <close> = E ",
};
static const char *const sentences[] = {
	"deny { everything, because = 'x' }",
	"allow { E, because = E }",
	"deny { E, E, except = E, because = 'x', override = true }",
	"require { E, because = '{level}' }",
	"limit { E, to = E, because = 'x' }",
	"waive { E, need = E, expires = E, because = 'x' }",
	"waive { E, conflict = 'gamma', expires = '2030-01-01', because = 'x' }",
	"allow(E)",
	"deny(E, E)",
	"expect { E }",
	"profile { title = E, vendor = E }",
};
static const char *const expressions[] = {
	"nil",
	"N",
	"T",
	"everything",
	"target.arch",
	"f",
	"f.P",
	"feature 'R'",
	"feature { 'R', 'R' }",
	"features { P = E }",
	"features { P = E, P = E }",
	"features(function(f) S return E end)",
	"join(E, E)",
	"contains(E, E)",
	"starts_with(E, E)",
	"tostring(E)",
	"type(E)",
	"allow(E)",
	"deny { because = T }",
	"(E) .. (E)",
	"(E) + (E)",
	"(E) < (E)",
	"(E) == (E)",
	"#(E)",
	"not (E)",
	"-(E)",
	"{ E, E, x = E }",
	"{ [E] = E }",
	"(E)[E]",
	"function(...) S return ... end",
	"a",
	"b",
	"c",
	"W",
	"(E)(E)",
	"(E):x(E)",
	"ipairs(E)",
	"true",
};
static const char *const numbers[] = { "1",    "0",  "-1", "3", "1e300", "0x7fffffffffffffff",
				       "1e15", "0.5" };
static const char *const texts[] = {
	"'x'",	 "''",	      "'Supported'", "'alpha'",	     "'a\\nb'",
	"'\\0'", "'\\27[2J'", "'%s%n'",	     "'2030-01-01'", "'{id}'"
};
static const char *const fields[] = { "id",	   "level",	"security",   "needs",
				      "needed_by", "among",	"except",     "built",
				      "section",   "owner",	"some_claim", "every_claim",
				      "claims",	   "conflicts", "implies",    "state" };
static const char *const ids[] = { "alpha", "beta", "gamma", "ghost", "zeta", "omega", "a b" };
static const char *const words[] = { "io",	     "_ENV",	  "os",	   "load",  "pcall",
				     "setmetatable", "string",	  "table", "error", "rawset",
				     "debug",	     "coroutine", "rule" };

#define ROW(letter, list, final)                                      \
	{                                                             \
		letter, list, sizeof(list) / sizeof((list)[0]), final \
	}

static const struct {
	char letter;
	const char *const *list;
	size_t nr;
	bool final; /* capitals in it are only letters */
} rows[] = {
	ROW('S', statements, false), ROW('D', sentences, false), ROW('E', expressions, false),
	ROW('N', numbers, true),     ROW('T', texts, true),	 ROW('P', fields, true),
	ROW('R', ids, true),	     ROW('W', words, true),
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

#define TEXT_MAX 16384
#define PENDING_MAX 4096

struct choices {
	const uint8_t *data;
	size_t size;
};

static size_t find_row(char letter)
{
	size_t i = 0;

	while (i < NR_ROWS && rows[i].letter != letter)
		i++;
	return i;
}

static const char *choose(size_t row, struct choices *c, bool end)
{
	if (end || !c->size)
		return rows[row].list[0];
	c->size--;
	return rows[row].list[*c->data++ % rows[row].nr];
}

/* One statement. Pieces of productions wait on a stack of their own: no recursion. */
static void generate_one(struct choices *c, struct strbuf *out)
{
	static const char *pending[PENDING_MAX];
	size_t nr = 1;

	pending[0] = "S";
	while (nr) {
		const char *at = pending[--nr], *more;
		size_t row;

		if (!*at)
			continue;
		pending[nr++] = at + 1;
		row = find_row(*at);
		if (row == NR_ROWS) {
			strbuf_add(out, at, 1);
			continue;
		}
		more = choose(row, c, nr > PENDING_MAX - 8 || out->size > TEXT_MAX);
		if (rows[row].final)
			strbuf_puts(out, more);
		else
			pending[nr++] = more;
	}
}

static void generate(struct choices c, struct strbuf *out)
{
	while (c.size && out->size < TEXT_MAX) {
		generate_one(&c, out);
		strbuf_puts(out, "\n");
	}
}

/* What came out, as the bytes that a child would send. */
static void run(const struct host_input *in, struct strbuf *out)
{
	struct host_failure failure;
	struct answers answers;
	struct decision *list;
	struct strbuf err = STRBUF_INIT;
	int rc = host_run(in, &limits, &answers, &failure);

	if (rc == -EINVAL) {
		if (!failure.message[0] || !failure.remedy[0])
			abort();
		wire_put_failure(&failure, out);
	} else if (!rc) {
		wire_put_answers(&answers, out);
		if (!decide(in, &answers, &list, &err))
			free(list);
	}
	answers_reset(&answers);
	strbuf_reset(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char profile[] = "profile { title = 'x', vendor = { 'one' } }";
	struct strbuf text = STRBUF_INIT, first = STRBUF_INIT, second = STRBUF_INIT;
	const struct host_input *in;

	generate((struct choices){ data, size }, &text);
	if (!strbuf_str(&text))
		abort();
	in = sample_input(profile, strbuf_str(&text), NULL);
	run(in, &first);
	run(in, &second);
	if (!strbuf_str(&first) || !strbuf_str(&second))
		abort();
	/* When memory is collected depends on hash seeds, so only that limit may move. */
	if (strcmp(strbuf_str(&first), strbuf_str(&second)) != 0 &&
	    !strstr(strbuf_str(&first), "memory") && !strstr(strbuf_str(&second), "memory"))
		abort();
	strbuf_reset(&text);
	strbuf_reset(&first);
	strbuf_reset(&second);
	return 0;
}

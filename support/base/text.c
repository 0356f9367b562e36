/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that may be hostile: measured, compared, escaped. */
#include "base/text.h"

#include <ctype.h>
#include <locale.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#define DISTANCE_MAX 64

static const char replacement[] = "\xef\xbf\xbd";

size_t text_utf8_size(const char *text, size_t size, unsigned int *ret_code)
{
	/* Least code point of each length: what is below was written too long. */
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	unsigned int code;
	size_t n;

	if (p[0] < 0x80) {
		*ret_code = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n > size)
		return 0;
	code = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_code = code;
	return n;
}

/* Eight bytes at once; what each needs to be compared stays within it, if none has its top bit. */
static bool is_plain_word(uint64_t word)
{
	const uint64_t ones = UINT64_MAX / 255, tops = ones * 0x80;

	return !((word | (word + ones)) & tops) &&	       /* none above 0x7e */
	       (((word | tops) - ones * 0x20) & tops) == tops; /* none below 0x20 */
}

bool text_is_plain(const char *text, size_t size)
{
	for (; size >= sizeof(uint64_t); text += sizeof(uint64_t), size -= sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, text, sizeof(word));
		if (!is_plain_word(word))
			return false;
	}
	for (size_t i = 0; i < size; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	}
	return true;
}

bool text_is_dangerous(unsigned int code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
	       code == 0xfeff;
}

/* Bytes at the start that every output takes as they are: most of all text. */
static size_t plain_size(const char *text, size_t size)
{
	static const bool is_special[256] = {
		['"'] = true, ['&'] = true, ['\''] = true, ['<'] = true, ['>'] = true, ['\\'] = true
	};
	size_t n = 0;

	while (n < size && text[n] >= 0x20 && text[n] < 0x7f && !is_special[(unsigned char)text[n]])
		n++;
	return n;
}

void text_add_visible(struct strbuf *sb, const char *text, size_t size)
{
	while (size) {
		unsigned int code;
		size_t n = plain_size(text, size);

		strbuf_add(sb, text, n);
		text += n;
		size -= n;
		if (!size)
			break;
		n = text_utf8_size(text, size, &code);
		if (!n) {
			strbuf_printf(sb, "\\x%02x", (unsigned char)*text);
			n = 1;
		} else if (code == '\t') {
			strbuf_add(sb, " ", 1);
		} else if (text_is_dangerous(code)) {
			strbuf_printf(sb, code < 0x80 ? "\\x%02x" : "\\u{%x}", code);
		} else {
			strbuf_add(sb, text, n);
		}
		text += n;
		size -= n;
	}
}

/* Of Unicode's tables, which the C library has; wchar_t is a code point there. */
static size_t char_width(unsigned int code, locale_t *unicode)
{
	locale_t before;
	int width;

	if (code >= 0x20 && code < 0x7f)
		return 1;
	/* Opened where there is need: it costs more than many lines. */
	if (!*unicode)
		*unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!*unicode)
		return 1;
	before = uselocale(*unicode);
	width = wcwidth((wchar_t)code);
	uselocale(before);
	return width < 0 ? 1 : (size_t)width;
}

size_t text_width(const char *text, size_t size)
{
	locale_t unicode = (locale_t)0;
	size_t width = 0;

	while (size) {
		unsigned int code;
		size_t n = text_utf8_size(text, size, &code);

		width += n ? char_width(code, &unicode) : 1;
		n = n ? n : 1;
		text += n;
		size -= n;
	}
	if (unicode)
		freelocale(unicode);
	return width;
}

static void add_json_char(struct strbuf *sb, const char *text, size_t n, unsigned int code)
{
	if (code == '"' || code == '\\')
		strbuf_printf(sb, "\\%c", (char)code);
	else if (code == '\n')
		strbuf_puts(sb, "\\n");
	else if (code == '\t')
		strbuf_puts(sb, "\\t");
	else if (text_is_dangerous(code))
		strbuf_printf(sb, "\\u%04x", code);
	else
		strbuf_add(sb, text, n);
}

void text_add_json(struct strbuf *sb, const char *text)
{
	size_t size;

	if (!text) {
		strbuf_puts(sb, "null");
		return;
	}
	strbuf_puts(sb, "\"");
	size = strlen(text);
	while (size) {
		unsigned int code;
		size_t n = plain_size(text, size);

		strbuf_add(sb, text, n);
		text += n;
		size -= n;
		if (!size)
			break;
		n = text_utf8_size(text, size, &code);
		if (n) {
			add_json_char(sb, text, n, code);
		} else {
			strbuf_puts(sb, replacement);
			n = 1;
		}
		text += n;
		size -= n;
	}
	strbuf_puts(sb, "\"");
}

static const char *html_entity(unsigned int code)
{
	switch (code) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void text_add_html(struct strbuf *sb, const char *text, size_t size)
{
	while (size) {
		const char *entity;
		unsigned int code;
		size_t n = plain_size(text, size);

		strbuf_add(sb, text, n);
		text += n;
		size -= n;
		if (!size)
			break;
		n = text_utf8_size(text, size, &code);
		entity = n ? html_entity(code) : replacement;
		if (n && code != '\n' && code != '\t' && text_is_dangerous(code))
			entity = replacement;
		if (entity)
			strbuf_puts(sb, entity);
		else
			strbuf_add(sb, text, n);
		n = n ? n : 1;
		text += n;
		size -= n;
	}
}

static unsigned int least3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int d = a < b ? a : b;

	return c < d ? c : d;
}

unsigned int text_distance(const char *a, const char *b, unsigned int limit)
{
	unsigned int rows[3][DISTANCE_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > DISTANCE_MAX || nb > DISTANCE_MAX || na > nb + limit || nb > na + limit)
		return limit + 1;
	for (unsigned int j = 0; j <= nb; j++)
		rows[0][j] = j;
	for (unsigned int i = 1; i <= na; i++) {
		unsigned int *row = rows[i % 3], *above = rows[(i - 1) % 3];
		unsigned int best = row[0] = i;

		for (unsigned int j = 1; j <= nb; j++) {
			int ca = tolower((unsigned char)a[i - 1]);
			int cb = tolower((unsigned char)b[j - 1]);

			row[j] = least3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
			    cb == tolower((unsigned char)a[i - 2]) &&
			    rows[(i - 2) % 3][j - 2] + 1 < row[j])
				row[j] = rows[(i - 2) % 3][j - 2] + 1;
			best = row[j] < best ? row[j] : best;
		}
		if (best > limit)
			return limit + 1;
	}
	return rows[na % 3][nb] > limit ? limit + 1 : rows[na % 3][nb];
}

unsigned int text_tolerance(size_t size)
{
	return size < 4 ? 1 : size < 9 ? 2 : 3;
}

/* How common a byte is in sources, roughly; the rarest of a word is looked for. */
static unsigned int commonness(unsigned char c)
{
	if (c == ' ' || c == '\t' || c == '\n')
		return 9;
	if (c >= 'a' && c <= 'z')
		return strchr("etaoinsr", c) ? 8 : strchr("jkqvwxyz", c) ? 5 : 7;
	if (c >= 'A' && c <= 'Z')
		return strchr("JKQUVWXYZ", c) ? 1 : 3;
	if (c >= '0' && c <= '9')
		return 4;
	return strchr("_(),;*", c) ? 6 : 2;
}

const char *text_find(const char *text, size_t size, const char *needle, size_t needle_size)
{
	size_t rare = 0, misses = 0;
	const char *p, *end;

	if (size < needle_size)
		return NULL;
	for (size_t i = 1; i < needle_size; i++) {
		if (commonness((unsigned char)needle[i]) < commonness((unsigned char)needle[rare]))
			rare = i;
	}
	p = text + rare;
	end = text + size - needle_size + rare + 1;
	while (p < end && (p = memchr(p, needle[rare], (size_t)(end - p)))) {
		if (!memcmp(p - rare, needle, needle_size))
			return p - rare;
		/* Where the byte is common after all, memmem() bounds the work. */
		if (++misses > 64 && misses > (size_t)(p - text) / 16)
			return memmem(p - rare, (size_t)(text + size - (p - rare)), needle,
				      needle_size);
		p++;
	}
	return NULL;
}

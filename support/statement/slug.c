/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identifiers of headings and qualifiers, as the published matrices have them. */
#include "private.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct span span_trim(struct span s)
{
	while (s.size && is_blank(s.data[0])) {
		s.data++;
		s.size--;
	}
	while (s.size && is_blank(s.data[s.size - 1]))
		s.size--;
	return s;
}

bool span_is_word(struct span s, const char *word)
{
	/* Most words differ at once. */
	return s.size && (s.data[0] | 0x20) == (word[0] | 0x20) && s.size == strlen(word) &&
	       !strncasecmp(s.data, word, s.size);
}

static char *make_slug(struct model *m, struct span text, const char *kept)
{
	char *slug = model_alloc(m, text.size + 1);
	size_t n = 0;

	for (size_t i = 0; slug && i < text.size; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (is_blank(text.data[i]) || c == '\n') {
			if (n && slug[n - 1] != '-')
				slug[n++] = '-';
		} else if (isalnum(c) || c >= 0x80 || strchr(kept, c)) {
			slug[n++] = (char)(c < 0x80 ? tolower(c) : c);
		}
	}
	while (n && slug[n - 1] == '-')
		n--;
	if (slug)
		slug[n] = '\0';
	return slug;
}

char *slug_heading(struct model *m, struct span title)
{
	char *slug = make_slug(m, title, "_-.");

	if (!slug)
		return NULL;
	while (*slug && !isalpha((unsigned char)*slug) && (unsigned char)*slug < 0x80)
		slug++;
	return *slug ? slug : model_copy(m, "section", 7);
}

char *slug_qualifier(struct model *m, struct span qualifier)
{
	return make_slug(m, qualifier, "-");
}

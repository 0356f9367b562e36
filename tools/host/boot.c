/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drop-in for GRUB. */
#include "host/boot.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"

#define BOOT_SIZE_MAX (1u << 20)
#define OPTION "opt-in="

static const char head[] =
	"# Written by `candor host`, which writes it anew: see `candor host list`.\n"
	"# The hypervisor's option opt-in asks for previews that this host has on record.\n";
static const char line_start[] = "GRUB_CMDLINE_XEN_DEFAULT=\"${GRUB_CMDLINE_XEN_DEFAULT:-} ";
static const char line_end[] = "\"\n";

void boot_options(const struct optins *records, struct strbuf *out)
{
	size_t word = 0; /* bytes of the option so far; 0: none is begun */

	for (size_t i = 0; i < records->nr; i++) {
		const struct optin *r = &records->items[i];
		size_t size = strlen(r->id) + (r->until[0] ? DATE_SIZE : 0);

		if (r->is_bad || !r->boot_entry)
			continue;
		if (word && word + 1 + size <= BOOT_WORD_MAX) {
			strbuf_puts(out, ",");
			word += 1 + size;
		} else {
			strbuf_puts(out, word ? " " OPTION : OPTION);
			word = strlen(OPTION) + size;
		}
		strbuf_printf(out, "%s%s%s", r->id, r->until[0] ? "@" : "", r->until);
	}
}

void boot_write(const struct optins *records, struct strbuf *out)
{
	struct strbuf options = STRBUF_INIT;

	boot_options(records, &options);
	if (options.size) {
		strbuf_puts(out, head);
		strbuf_puts(out, line_start);
		strbuf_add(out, options.data, options.size);
		strbuf_puts(out, line_end);
	}
	out->failed = out->failed || options.failed;
	strbuf_reset(&options);
}

void boot_reset(struct boot *boot)
{
	free(boot->items);
	*boot = (struct boot){ 0 };
}

static int compare_id(const void *id, const void *item)
{
	return strcmp(id, ((const struct boot_item *)item)->id);
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(((const struct boot_item *)a)->id, ((const struct boot_item *)b)->id);
}

const struct boot_item *boot_find(const struct boot *boot, const char *id)
{
	return boot->nr ? bsearch(id, boot->items, boot->nr, sizeof(*boot->items), compare_id)
			: NULL;
}

/* "ID" or "ID@DAY", of @size bytes. */
static bool parse_item(const char *text, size_t size, struct boot_item *ret_item)
{
	const char *at = memchr(text, '@', size);
	size_t id_size = at ? (size_t)(at - text) : size;
	struct boot_item item = { 0 };

	if (id_size > STATE_ID_MAX || (at && size - id_size - 1 != DATE_SIZE - 1))
		return false;
	memcpy(item.id, text, id_size);
	if (at)
		memcpy(item.until, at + 1, DATE_SIZE - 1);
	*ret_item = item;
	return state_is_id(item.id) && (!at || date_is_valid(item.until));
}

static int add_item(struct boot *boot, const struct boot_item *item)
{
	struct boot_item *grown;

	if (boot->nr == STATE_FEATURES_MAX)
		return -EINVAL;
	if (!(boot->nr & (boot->nr - 1))) {
		grown = reallocarray(boot->items, boot->nr ? boot->nr * 2 : 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		boot->items = grown;
	}
	boot->items[boot->nr++] = *item;
	return 0;
}

/* "opt-in=ITEM[,ITEM...] ...": -EINVAL for anything else. */
static int parse_options(struct boot *boot, const char *text, size_t size)
{
	struct boot_item item;
	int rc = 0;

	for (size_t i = 0, n; i < size && !rc; i += n + 1) {
		const char *start = text + i;

		n = 0;
		if (!i || text[i - 1] == ' ') {
			if (size - i < strlen(OPTION) || strncmp(start, OPTION, strlen(OPTION)))
				return -EINVAL;
			start += strlen(OPTION);
			n = strlen(OPTION);
		}
		while (i + n < size && text[i + n] != ',' && text[i + n] != ' ')
			n++;
		rc = parse_item(start, (size_t)(text + i + n - start), &item)
			     ? add_item(boot, &item)
			     : -EINVAL;
	}
	return rc;
}

int boot_parse(const char *text, size_t size, struct boot *ret_boot)
{
	size_t before = strlen(head) + strlen(line_start), after = strlen(line_end);
	struct boot boot = { 0 };
	int rc = -EINVAL;

	if (size > before + after && !memcmp(text, head, strlen(head)) &&
	    !memcmp(text + strlen(head), line_start, strlen(line_start)) &&
	    !memcmp(text + size - after, line_end, after))
		rc = parse_options(&boot, text + before, size - before - after);
	if (rc)
		boot_reset(&boot);
	if (rc == -ENOMEM)
		return rc;
	boot.is_foreign = rc != 0;
	if (boot.nr)
		qsort(boot.items, boot.nr, sizeof(*boot.items), compare_items);
	*ret_boot = boot;
	return 0;
}

int boot_read(const char *root, struct boot *ret_boot, struct strbuf *err)
{
	char path[PATH_MAX], *text;
	size_t size;
	int rc;

	if (snprintf(path, sizeof(path), "%s%s/%s", root, BOOT_FOLDER, BOOT_FILE) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	rc = file_read(path, BOOT_SIZE_MAX, &text, &size);
	if (rc == -ENOENT) {
		*ret_boot = (struct boot){ 0 };
		return 0;
	}
	if (rc) {
		complain(err, (struct place){ path, 0 },
			 "move it away, and run `candor host apply`", "cannot be read: %s",
			 strerror(-rc));
		return rc;
	}
	rc = boot_parse(text, size, ret_boot);
	free(text);
	return rc;
}

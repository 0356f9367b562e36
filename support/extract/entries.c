/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder's entries, read at once: none is missed because others come or go. */
#include "extract/entries.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"

/* Some file systems do not tell in the folder what an entry is. */
static unsigned char type_of(int fd, const struct dirent64 *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type;
	if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW))
		return DT_SOCK; /* it is gone: of no use, like that */
	return S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_SOCK;
}

/* One's type, name and a NUL, unless it is "." or "..". */
static void add_name(int fd, const struct dirent64 *d, struct strbuf *names, size_t *nr)
{
	char type;

	if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
		return;
	type = (char)type_of(fd, d);
	strbuf_add(names, &type, 1);
	strbuf_add(names, d->d_name, strlen(d->d_name) + 1);
	++*nr;
}

/* By getdents64(2): readdir(3) allocates and asks more for each folder. 0 or -errno. */
static int read_names(int fd, struct strbuf *names, size_t *ret_nr)
{
	char buffer[32768] __attribute__((aligned(8)));
	size_t nr = 0;
	ssize_t size;

	while ((size = getdents64(fd, buffer, sizeof(buffer))) > 0) {
		for (const char *p = buffer; p < buffer + size;) {
			const struct dirent64 *d = (const void *)p;

			add_name(fd, d, names, &nr);
			p += d->d_reclen;
		}
	}
	*ret_nr = nr;
	return size < 0 ? -errno : 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

int entries_read(int fd, struct entries *ret_entries)
{
	struct entries e = { 0 };
	struct strbuf names = STRBUF_INIT;
	int rc = read_names(fd, &names, &e.nr);
	char *p;

	e.list = rc ? NULL : calloc(e.nr + 1, sizeof(*e.list));
	if (!rc && (!strbuf_str(&names) || !e.list))
		rc = -ENOMEM;
	if (rc) {
		free(e.list);
		strbuf_reset(&names);
		return rc;
	}
	e.names = p = names.data;
	for (size_t i = 0; i < e.nr; i++) {
		e.list[i] = (struct entry){ p + 1, (unsigned char)*p };
		p += strlen(p + 1) + 2;
	}
	qsort(e.list, e.nr, sizeof(*e.list), compare);
	*ret_entries = e;
	return 0;
}

bool entries_have(const struct entries *entries, const char *name)
{
	const struct entry key = { name, 0 };

	return bsearch(&key, entries->list, entries->nr, sizeof(key), compare);
}

void entries_reset(struct entries *entries)
{
	free(entries->list);
	free(entries->names);
	*entries = (struct entries){ 0 };
}

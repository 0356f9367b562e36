/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes as a lock file and as the lock records of an image. The decision id
 * keeps changed locks out, so it is made to fit first: what is accepted must
 * come out of a second reading the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/lockfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Write an accepted lock, read that, and write it again. */
static void check_round_trip(struct lockfile *lock)
{
	struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT, err = STRBUF_INIT;
	struct lockfile *again;

	lockfile_write(lock, &once);
	if (lockfile_parse("again", once.data, once.size, &again, &err))
		abort();
	lockfile_write(again, &twice);
	if (strcmp(once.data, twice.data))
		abort();
	lockfile_destroy(again);
	strbuf_reset(&once);
	strbuf_reset(&twice);
	strbuf_reset(&err);
}

/* The entries of "ID=on" lines, sealed: a lock that is right but for odd texts. */
static void make_lock(const char *data, size_t size)
{
	struct lockfile *lock = lockfile_create("made", "lab", "x86_64"), *again;
	struct strbuf once = STRBUF_INIT, err = STRBUF_INIT;
	char *copy = strndup(data, size), *rest = copy, *line;

	if (!lock || !copy)
		abort();
	for (size_t n = 0; n < 100 && (line = strsep(&rest, "\n")); n++)
		lockfile_add_feature(lock, line, (unsigned char)line[0] % NR_DECIDED, line);
	if (lockfile_seal(lock))
		abort();
	lockfile_write(lock, &once);
	if (!lockfile_parse("made", once.data, once.size, &again, &err)) {
		check_round_trip(again);
		lockfile_destroy(again);
	}
	lockfile_destroy(lock);
	strbuf_reset(&once);
	strbuf_reset(&err);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf err = STRBUF_INIT;
	struct lockfile *lock;

	if (!lockfile_parse("a.lock", (const char *)data, size, &lock, &err)) {
		check_round_trip(lock);
		lockfile_destroy(lock);
	}
	if (!lockfile_parse_records("a.elf", (const char *)data, size, &lock, &err)) {
		check_round_trip(lock);
		lockfile_destroy(lock);
	}
	strbuf_reset(&err);
	make_lock((const char *)data, size);
	return 0;
}

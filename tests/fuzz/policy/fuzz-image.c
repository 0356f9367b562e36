/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as an image: read, compared with a lock, printed both ways. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/inspect.h"
#include "sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lockfile *make_lock(void)
{
	struct lockfile *lock = lockfile_create("small.lock", "small", "x86_64");

	if (!lock || lockfile_add_feature(lock, "alpha", DECIDED_ON, "x.lua:1 yes") ||
	    lockfile_add_feature(lock, "ghost", DECIDED_OFF, "x.lua:2 not built") ||
	    lockfile_seal(lock))
		abort();
	return lock;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf err = STRBUF_INIT, out = STRBUF_INIT;
	struct lockfile *lock = make_lock();
	struct inspection *inspection;
	struct image *image;
	char *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	if (!image_parse("a.elf", copy, size, &image, &err)) {
		if (inspect_compare(image, lock, sample_facts(), &inspection))
			abort();
		inspect_print(inspection, INSPECT_TEXT, &out);
		inspect_print(inspection, INSPECT_JSON, &out);
		if (!strbuf_str(&out))
			abort();
		inspect_free(inspection);
		image_close(image);
	}
	free(copy);
	lockfile_destroy(lock);
	strbuf_reset(&out);
	strbuf_reset(&err);
	return 0;
}

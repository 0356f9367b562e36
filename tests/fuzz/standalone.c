/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target without libFuzzer: each seed as it is, then a number of
 * mutations of the seeds, the same on every run, so a failure repeats.
 *
 * usage: fuzz-NAME -runs=N CORPUS
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

#define SEED_MAX ((size_t)1 << 20)
#define NR_SEEDS_MAX 256

struct seed {
	char *name;
	char *data;
	size_t size;
};

struct corpus {
	struct seed seeds[NR_SEEDS_MAX];
	size_t nr;
};

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct seed *)a)->name, ((const struct seed *)b)->name);
}

static int read_corpus(struct corpus *corpus, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)) && corpus->nr < NR_SEEDS_MAX) {
		struct seed *s = &corpus->seeds[corpus->nr];

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&s->name, "%s/%s", folder, entry->d_name) < 0)
			break;
		if (file_read(s->name, SEED_MAX, &s->data, &s->size)) {
			free(s->name);
			continue;
		}
		corpus->nr++;
	}
	closedir(dir);
	qsort(corpus->seeds, corpus->nr, sizeof(corpus->seeds[0]), compare);
	return 0;
}

/* A few random edits: bytes changed, a piece repeated, cut out or taken over. */
static size_t mutate(const struct corpus *corpus, uint8_t *data, size_t size, uint32_t *state)
{
	const struct seed *other = &corpus->seeds[next_random(state) % corpus->nr];

	for (uint32_t i = next_random(state) % 4 + 1; i && size; i--) {
		size_t at = next_random(state) % size;
		size_t length = next_random(state) % 32 % (size - at + 1);

		switch (next_random(state) % 4) {
		case 0:
			data[at] = (uint8_t)next_random(state);
			break;
		case 1:
			memmove(data + at + length, data + at, size - at);
			size += length;
			break;
		case 2:
			memmove(data + at, data + at + length, size - at - length);
			size -= length;
			break;
		case 3:
			length = length < other->size ? length : other->size;
			memcpy(data + at, other->data, length);
			break;
		}
	}
	return size;
}

static void run_mutations(const struct corpus *corpus, unsigned long nr)
{
	uint32_t state = 2463534242u;
	uint8_t *data = malloc(SEED_MAX + 4 * 32);

	if (!data)
		abort();
	for (unsigned long i = 0; i < nr; i++) {
		const struct seed *s = &corpus->seeds[next_random(&state) % corpus->nr];
		size_t size;
		uint8_t *exact;

		memcpy(data, s->data, s->size);
		size = mutate(corpus, data, s->size, &state);
		/* Its own piece of memory, so that a sanitizer sees a read past it. */
		exact = malloc(size ? size : 1);
		if (!exact)
			abort();
		memcpy(exact, data, size);
		LLVMFuzzerTestOneInput(exact, size);
		free(exact);
	}
	free(data);
}

int main(int argc, char **argv)
{
	static struct corpus corpus;

	if (argc != 3 || strncmp(argv[1], "-runs=", 6) || read_corpus(&corpus, argv[2])) {
		fprintf(stderr, "usage: %s -runs=N CORPUS\n", argv[0]);
		return 2;
	}
	if (!corpus.nr) {
		fprintf(stderr, "%s: no seeds\n", argv[2]);
		return 1;
	}
	for (size_t i = 0; i < corpus.nr; i++)
		LLVMFuzzerTestOneInput((const uint8_t *)corpus.seeds[i].data, corpus.seeds[i].size);
	run_mutations(&corpus, strtoul(argv[1] + 6, NULL, 10));
	printf("%zu seeds, %s mutations\n", corpus.nr, argv[1] + 6);
	for (size_t i = 0; i < corpus.nr; i++) {
		free(corpus.seeds[i].name);
		free(corpus.seeds[i].data);
	}
	return 0;
}

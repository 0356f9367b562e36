/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handles in threads: each thread has its own, with its own allocator, and all give
 * the same bytes. Built with the thread sanitizer, which sees every shared access.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <candor/candor.h>

#define NR_THREADS 8
#define NR_ROUNDS 5

struct job {
	size_t nr_blocks; /* this thread's alone: no lock, no atomic */
	char *text;
	size_t size;
	int rc;
};

static void *allocate(void *context, size_t size)
{
	void *block = malloc(size);

	((struct job *)context)->nr_blocks += block != NULL;
	return block;
}

static void *reallocate(void *context, void *old, size_t size)
{
	(void)context;
	return realloc(old, size);
}

static void release(void *context, void *block)
{
	((struct job *)context)->nr_blocks--;
	free(block);
}

static int take(void *context, const char *data, size_t size)
{
	struct job *j = context;
	char *text = realloc(j->text, j->size + size);

	if (!text)
		return -1;
	memcpy(text + j->size, data, size);
	j->text = text;
	j->size += size;
	return 0;
}

static int once(struct job *j, const struct candor_allocator *a)
{
	static const char *const formats[] = { "json", "yaml" };
	struct candor *c;
	int rc = candor_create(a, &c);

	if (rc)
		return rc;
	rc = candor_find(c, NULL);
	if (!rc)
		rc = candor_load(c, NULL);
	if (!rc)
		rc = candor_check(c, NULL);
	for (size_t i = 0; !rc && i < 2; i++)
		rc = candor_render(c, "matrix", formats[i], NULL, take, j, NULL);
	if (!rc)
		rc = candor_render(c, "diagnostics", "text", NULL, take, j, NULL);
	candor_destroy(c);
	return rc;
}

static void *run(void *data)
{
	struct job *j = data;
	struct candor_allocator a = { allocate, reallocate, release, j };

	for (int i = 0; !j->rc && i < NR_ROUNDS; i++)
		j->rc = once(j, &a);
	return NULL;
}

static int judge(struct job *jobs)
{
	int wrong = 0;

	for (int i = 0; i < NR_THREADS; i++) {
		bool same = jobs[i].size == jobs[0].size && jobs[0].size &&
			    !memcmp(jobs[i].text, jobs[0].text, jobs[0].size);

		if (jobs[i].rc || jobs[i].nr_blocks || !same) {
			printf("thread %d: result %d, %zu blocks left, %s bytes\n", i, jobs[i].rc,
			       jobs[i].nr_blocks, same ? "the same" : "other");
			wrong = 1;
		}
	}
	for (int i = 0; i < NR_THREADS; i++)
		free(jobs[i].text);
	return wrong;
}

int main(int argc, char **argv)
{
	static struct job jobs[NR_THREADS];
	pthread_t threads[NR_THREADS];

	if (argc != 2 || chdir(argv[1]))
		return 2;
	for (int i = 0; i < NR_THREADS; i++) {
		if (pthread_create(&threads[i], NULL, run, &jobs[i]))
			return 2;
	}
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	return judge(jobs);
}

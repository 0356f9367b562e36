/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of files that threads read. */
#include "extract/ahead.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NR_SLOTS 32
#define SLOT_SIZE ((size_t)256 << 10)
#define NR_THREADS_MAX 3
#define NR_WAKING 8 /* waiting files that are worth waking a thread for */

enum state { SLOT_WAITING, SLOT_BUSY, SLOT_DONE };

struct slot {
	struct ahead_file file;
	enum state state;
	char *buffer; /* SLOT_SIZE bytes; pages come into being as they are filled */
};

struct ahead {
	ahead_test test;
	const void *context;
	pthread_t threads[NR_THREADS_MAX];
	size_t nr_threads;
	char *memory;
	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t given, done;
	bool is_ending;
	struct slot slots[NR_SLOTS];
	/* Of the ring, counted from the beginning: given, begun by someone, taken back. */
	size_t nr_given, nr_begun, nr_taken;
};

static struct slot *slot_of(struct ahead *a, size_t number)
{
	return &a->slots[number % NR_SLOTS];
}

/* The whole file into the slot's buffer; false: not here. */
static bool read_whole(struct slot *s)
{
	struct stat st;
	size_t size = 0;

	if (fstat(s->file.fd, &st) || !S_ISREG(st.st_mode) || st.st_size < 0 ||
	    (size_t)st.st_size >= SLOT_SIZE)
		return false;
	while (size < (size_t)st.st_size) {
		ssize_t n =
			pread(s->file.fd, s->buffer + size, (size_t)st.st_size - size, (off_t)size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (!n)
			break;
		size += (size_t)n;
	}
	s->buffer[size] = '\0';
	s->file.text = s->buffer;
	s->file.size = size;
	return true;
}

static void work(const struct ahead *a, struct slot *s)
{
	s->file.is_read = read_whole(s);
	s->file.is_of_use = s->file.is_read && a->test(a->context, &s->file);
}

static void *run(void *argument)
{
	struct ahead *a = argument;

	pthread_mutex_lock(&a->lock);
	while (!a->is_ending) {
		struct slot *s;

		if (a->nr_begun == a->nr_given) {
			pthread_cond_wait(&a->given, &a->lock);
			continue;
		}
		s = slot_of(a, a->nr_begun++);
		s->state = SLOT_BUSY;
		pthread_mutex_unlock(&a->lock);
		work(a, s);
		pthread_mutex_lock(&a->lock);
		s->state = SLOT_DONE;
		pthread_cond_signal(&a->done);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

static size_t count_others(void)
{
	cpu_set_t set;
	int nr = sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);

	return nr - 1 < NR_THREADS_MAX ? (size_t)(nr > 1 ? nr - 1 : 0) : NR_THREADS_MAX;
}

/* Signals are the program's, not ours: its own threads take them. */
static void start_threads(struct ahead *a, size_t nr)
{
	sigset_t all, before;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before))
		return;
	while (a->nr_threads < nr && !pthread_create(&a->threads[a->nr_threads], NULL, run, a))
		a->nr_threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int ahead_create(ahead_test test, const void *context, struct ahead **ret_ahead)
{
	size_t nr = count_others();
	struct ahead *a = NULL;

	*ret_ahead = NULL;
	if (!nr)
		return 0;
	a = calloc(1, sizeof(*a));
	if (!a)
		return -ENOMEM;
	*a = (struct ahead){ .test = test, .context = context };
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->given, NULL);
	pthread_cond_init(&a->done, NULL);
	a->memory = mmap(NULL, NR_SLOTS * SLOT_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a->memory == MAP_FAILED)
		a->memory = NULL;
	for (size_t i = 0; a->memory && i < NR_SLOTS; i++)
		a->slots[i].buffer = a->memory + i * SLOT_SIZE;
	if (a->memory)
		start_threads(a, nr);
	if (a->nr_threads)
		*ret_ahead = a;
	else
		ahead_destroy(a);
	return 0;
}

void ahead_destroy(struct ahead *a)
{
	struct ahead_file left;

	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->is_ending = true;
	pthread_cond_broadcast(&a->given);
	pthread_mutex_unlock(&a->lock);
	for (size_t i = 0; i < a->nr_threads; i++)
		pthread_join(a->threads[i], NULL);
	while (a->nr_taken < a->nr_given) {
		left = slot_of(a, a->nr_taken++)->file;
		close(left.fd);
		free(left.path);
	}
	if (a->memory)
		munmap(a->memory, NR_SLOTS * SLOT_SIZE);
	pthread_cond_destroy(&a->done);
	pthread_cond_destroy(&a->given);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

bool ahead_is_full(const struct ahead *a)
{
	return a->nr_given - a->nr_taken == NR_SLOTS;
}

void ahead_give(struct ahead *a, const struct ahead_file *file)
{
	struct slot *s;

	pthread_mutex_lock(&a->lock);
	s = slot_of(a, a->nr_given++);
	s->file = *file;
	s->state = SLOT_WAITING;
	if ((a->nr_given - a->nr_begun) % NR_WAKING == 0)
		pthread_cond_signal(&a->given);
	pthread_mutex_unlock(&a->lock);
}

bool ahead_take(struct ahead *a, struct ahead_file *ret_file)
{
	struct slot *s;
	bool is_ours;

	if (a->nr_taken == a->nr_given)
		return false;
	pthread_mutex_lock(&a->lock);
	s = slot_of(a, a->nr_taken);
	is_ours = s->state == SLOT_WAITING;
	/* They are begun in turn, so the oldest that nobody has begun is the next. */
	if (is_ours)
		a->nr_begun++;
	while (!is_ours && s->state != SLOT_DONE)
		pthread_cond_wait(&a->done, &a->lock);
	pthread_mutex_unlock(&a->lock);
	if (is_ours)
		work(a, s);
	a->nr_taken++;
	*ret_file = s->file;
	return true;
}

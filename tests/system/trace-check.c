/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what xentrace wrote and holds it against what records promise: each is whole, of a
 * known class, in the order of its CPU's clock; each vCPU's runstates follow one another, and the
 * time spent in them adds up to the time that was traced. Says what it found, or the first
 * thing that is wrong and where. Run in the dom0, so it needs nothing but the C library.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/xen.h>

#include <xen/trace.h>
#include <xen/vcpu.h>

#define MAX_CPUS 64
#define MAX_VCPUS 256
#define NR_CLASSES 28

struct record {
	uint32_t event, nr;
	bool timed;
	uint64_t cycles;
	uint32_t word[TRACE_EXTRA_MAX];
};

/* One change of a runstate; sorted by time, those of all CPUs together. */
struct change {
	uint64_t cycles;
	uint32_t who;
	uint8_t from, to;
	size_t order;
};

struct trace {
	const uint8_t *data;
	size_t size, at;
	unsigned cpu;
	size_t window; /* bytes left of the current CPU's piece */
	uint64_t last[MAX_CPUS], first, end;
	unsigned long of_class[NR_CLASSES], nr_records, nr_lost, nr_cpus_seen;
	struct change *changes;
	size_t nr_changes;
};

static void fail(const struct trace *t, const char *what)
{
	printf("trace: WRONG at byte %zu, cpu %u: %s\n", t->at, t->cpu, what);
	exit(1);
}

static uint32_t take(struct trace *t)
{
	uint32_t word;

	if (t->size - t->at < sizeof(word))
		fail(t, "a record is cut off");
	memcpy(&word, t->data + t->at, sizeof(word));
	t->at += sizeof(word);
	return word;
}

static struct record read_record(struct trace *t)
{
	struct record r = { 0 };
	uint32_t head = take(t);

	r.event = TRC_HD_TO_EVENT(head);
	r.nr = TRC_HD_EXTRA(head);
	r.timed = TRC_HD_INCLUDES_CYCLE_COUNT(head);
	if (r.timed) {
		r.cycles = take(t);
		r.cycles |= (uint64_t)take(t) << 32;
	}
	for (uint32_t i = 0; i < r.nr; i++)
		r.word[i] = take(t);
	return r;
}

static void change_cpu(struct trace *t, const struct record *r)
{
	if (t->window)
		fail(t, "the piece of a CPU ends within a record");
	if (r->nr != 2 || r->word[0] >= MAX_CPUS)
		fail(t, "the mark of another CPU makes no sense");
	t->cpu = r->word[0];
	t->window = r->word[1];
}

static void add_change(struct trace *t, const struct record *r)
{
	struct change *more = realloc(t->changes, (t->nr_changes + 1) * sizeof(*more));

	if (!more)
		fail(t, "out of memory");
	t->changes = more;
	more[t->nr_changes] = (struct change){ .cycles = r->cycles,
					       .who = r->word[0],
					       .from = r->event >> 8 & 0xf,
					       .to = r->event >> 4 & 0xf,
					       .order = t->nr_changes };
	if (r->nr != 1 || more[t->nr_changes].from > RUNSTATE_offline ||
	    more[t->nr_changes].to > RUNSTATE_offline)
		fail(t, "a runstate makes no sense");
	t->nr_changes++;
}

static void check_order(struct trace *t, const struct record *r)
{
	if (!r->timed)
		return;
	if (r->cycles < t->last[t->cpu])
		fail(t, "time goes back");
	if (!t->last[t->cpu])
		t->nr_cpus_seen++;
	if (!t->first || r->cycles < t->first)
		t->first = r->cycles;
	if (r->cycles > t->end)
		t->end = r->cycles;
	t->last[t->cpu] = r->cycles;
}

static unsigned class_of(uint32_t event)
{
	unsigned class = 0;

	while (class < NR_CLASSES && !(event >> TRC_CLS_SHIFT >> class & 1))
		class ++;
	return class;
}

static void check_record(struct trace *t, const struct record *r)
{
	unsigned class = class_of(r->event);

	if (class > 3 && class != 4)
		fail(t, "an event of no class that is known");
	t->of_class[class]++;
	t->nr_records++;
	check_order(t, r);
	if (r->event == TRC_LOST_RECORDS)
		t->nr_lost += r->word[0];
	if ((r->event & ~0xff0u) == TRC_SCHED_RUNSTATE_CHANGE)
		add_change(t, r);
}

static void read_all(struct trace *t)
{
	while (t->at < t->size) {
		size_t start = t->at;
		struct record r = read_record(t);

		if (r.event == TRC_TRACE_CPU_CHANGE) {
			change_cpu(t, &r);
			continue;
		}
		if (t->at - start > t->window)
			fail(t, "a record reaches beyond the piece of its CPU");
		t->window -= t->at - start;
		if (r.event != TRC_TRACE_WRAP_BUFFER)
			check_record(t, &r);
	}
	if (t->window)
		fail(t, "the last piece is cut off");
}

static int earlier(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->cycles != y->cycles)
		return x->cycles < y->cycles ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* What is known of a vCPU while its changes are gone through. */
struct vcpu_time {
	uint32_t who;
	int state;
	uint64_t since, first, spent[RUNSTATE_offline + 1];
};

static struct vcpu_time *find(struct vcpu_time *all, size_t *nr, const struct change *c)
{
	for (size_t i = 0; i < *nr; i++)
		if (all[i].who == c->who)
			return &all[i];
	if (*nr == MAX_VCPUS)
		return NULL;
	all[*nr] = (struct vcpu_time){
		.who = c->who, .state = c->from, .since = c->cycles, .first = c->cycles
	};
	return &all[(*nr)++];
}

static void follow(struct trace *t, struct vcpu_time *all, size_t *nr)
{
	for (size_t i = 0; i < t->nr_changes; i++) {
		const struct change *c = &t->changes[i];
		struct vcpu_time *v = find(all, nr, c);

		if (!v)
			fail(t, "too many vCPUs");
		/* Where records are missing, so are changes. */
		if (v->state != c->from && !t->nr_lost) {
			printf("trace: WRONG: vcpu %08x goes from %u to %u, but was in %d\n",
			       c->who, c->from, c->to, v->state);
			exit(1);
		}
		v->spent[v->state] += c->cycles - v->since;
		v->state = c->to;
		v->since = c->cycles;
	}
}

static void show_times(const struct vcpu_time *all, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		uint64_t sum = 0;

		for (unsigned s = 0; s <= RUNSTATE_offline; s++)
			sum += all[i].spent[s];
		if (sum != all[i].since - all[i].first) {
			printf("trace: WRONG: the runstates of %08x do not add up\n", all[i].who);
			exit(1);
		}
		printf("trace: d%uv%u ran %llu of %llu kilocycles\n", all[i].who >> 16,
		       all[i].who & 0xffff,
		       (unsigned long long)all[i].spent[RUNSTATE_running] / 1000,
		       (unsigned long long)sum / 1000);
	}
}

static uint8_t *read_file(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0, n;

	if (!f) {
		printf("trace: WRONG: cannot read %s\n", path);
		exit(1);
	}
	do {
		uint8_t *more = realloc(data, size + 65536);

		if (!more) {
			printf("trace: WRONG: no memory for %s\n", path);
			exit(1);
		}
		data = more;
		n = fread(data + size, 1, 65536, f);
		size += n;
	} while (n);
	fclose(f);
	*ret_size = size;
	return data;
}

int main(int argc, char **argv)
{
	static struct vcpu_time all[MAX_VCPUS];
	struct trace t = { 0 };
	size_t nr = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: trace-check FILE\n");
		return 2;
	}
	t.data = read_file(argv[1], &t.size);
	read_all(&t);
	qsort(t.changes, t.nr_changes, sizeof(*t.changes), earlier);
	follow(&t, all, &nr);
	show_times(all, nr);
	printf("trace: %lu records, %lu lost, %lu cpus; gen %lu sched %lu dom0op %lu hvm %lu mem "
	       "%lu\n",
	       t.nr_records, t.nr_lost, t.nr_cpus_seen, t.of_class[0], t.of_class[1], t.of_class[2],
	       t.of_class[3], t.of_class[4]);
	return 0;
}

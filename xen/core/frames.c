/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buddy allocator of frames. One state byte a frame says what its block is; free blocks of
 * each node and order form two lists through their own first bytes: those known to be
 * zero but for that link, and the others. Memory is zeroed when it goes to a domain, or
 * before that by whoever has nothing better to do (frames_scrub()); so it is neither done
 * twice nor when a domain gives it back.
 */
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "frames.h"

/* State of a frame; the order of the block is in the low bits of the two heads. */
enum {
	STATE_FREE = 0x80,     /* first frame of a free block */
	STATE_USED = 0x40,     /* first frame of an allocated block */
	STATE_DIRTY = 0x20,    /* with STATE_FREE: not known to be zero */
	STATE_TAIL = 0xfe,     /* any further frame of a block */
	STATE_NOT_OURS = 0xff, /* never given to the allocator */
	STATE_KIND = 0xc0,
	STATE_ORDER = 0x1f,
};

enum dirt { CLEAN, DIRTY, NR_DIRTS };

#define NR_ORDERS (FRAMES_MAX_ORDER + 1)
#define LINK_END (~0ull)
#define SCRUB_ORDER 9u /* scrubbed in one go */
#define IDLE_ORDER 6u  /* the same by a CPU that may be woken meanwhile */
#define MAX_RANGES 64

/* At the start of each free block. */
struct link {
	uint64_t next, prev;
};

struct node {
	uint64_t heads[NR_DIRTS][NR_ORDERS];
	uint64_t nr_free, nr_total;
};

/* Which frames are a node's; set at boot, by address. What is in none is node 0's. */
struct range {
	uint64_t start, end;
	unsigned node;
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_FRAMES); /* guards all below */
static uint8_t *state;
/*
 * Of each frame that holds a domain's memory: its owner's id in the upper half, and its
 * references in the lower. 0: nobody's. Atomic, without the lock.
 */
static uint32_t *owners;
static uint64_t nr_frames; /* size of state[] */
static uint64_t nr_free, nr_total, nr_claimed;
/*
 * Idle CPUs zero as much as was freed, not what nobody ever used. What they have in hand is
 * counted as free; who finds none but that says so, and no more is taken in hand.
 */
static uint64_t nr_to_scrub;
static unsigned nr_scrubbing, nr_waiting;
static struct node nodes[FRAMES_MAX_NODES];
static unsigned nr_nodes;
static struct range ranges[MAX_RANGES];
static unsigned nr_ranges;

static struct link *link_of(uint64_t n)
{
	return arch_frame_map(mfn(n));
}

/* The range of @n; and where the next one starts if it lies in none. */
static unsigned node_of(uint64_t n, uint64_t *ret_end)
{
	*ret_end = nr_frames;
	for (unsigned i = 0; i < nr_ranges; i++) {
		const struct range *r = &ranges[i];

		if (n >= r->start && n < r->end) {
			*ret_end = r->end;
			return r->node;
		}
		if (n < r->start)
			*ret_end = MIN(*ret_end, r->start);
	}
	return 0;
}

static struct node *find_node(uint64_t n)
{
	uint64_t end;

	return &nodes[nr_ranges ? node_of(n, &end) : 0];
}

static void list_add(struct node *node, uint64_t n, unsigned order, enum dirt dirt)
{
	uint64_t *head = &node->heads[dirt][order];
	struct link *l = link_of(n);

	l->prev = LINK_END;
	l->next = *head;
	if (l->next != LINK_END)
		link_of(l->next)->prev = n;
	*head = n;
	state[n] = (uint8_t)(STATE_FREE | (dirt == DIRTY ? STATE_DIRTY : 0) | order);
}

static void list_del(struct node *node, uint64_t n, unsigned order, enum dirt dirt)
{
	struct link *l = link_of(n);

	if (l->prev == LINK_END)
		node->heads[dirt][order] = l->next;
	else
		link_of(l->prev)->next = l->next;
	if (l->next != LINK_END)
		link_of(l->next)->prev = l->prev;
	if (dirt == CLEAN)
		*l = (struct link){ 0 };
	state[n] = STATE_TAIL;
}

size_t frames_table_size(uint64_t nr)
{
	return ALIGN_UP(nr, sizeof(*owners)) + nr * sizeof(*owners);
}

void frames_init(void *table, uint64_t nr)
{
	state = table;
	owners = (uint32_t *)((char *)table + ALIGN_UP(nr, sizeof(*owners)));
	memset(owners, 0, nr * sizeof(*owners));
	nr_frames = nr;
	nr_free = 0;
	nr_total = 0;
	nr_claimed = 0;
	nr_to_scrub = 0;
	nr_nodes = 1;
	nr_ranges = 0;
	memset(state, STATE_NOT_OURS, nr);
	memset(nodes, 0, sizeof(nodes));
	for (unsigned i = 0; i < FRAMES_MAX_NODES; i++)
		for (unsigned o = 0; o < NR_ORDERS; o++)
			nodes[i].heads[CLEAN][o] = nodes[i].heads[DIRTY][o] = LINK_END;
}

int frames_set_node(mfn_t start, uint64_t nr, unsigned node)
{
	if (node >= FRAMES_MAX_NODES || nr_ranges == MAX_RANGES || nr_total)
		return -XEN_EINVAL;
	for (unsigned i = 0; i < nr_ranges; i++)
		if (start.n < ranges[i].end && start.n + nr > ranges[i].start)
			return -XEN_EINVAL;
	ranges[nr_ranges++] = (struct range){ start.n, start.n + nr, node };
	nr_nodes = MAX(nr_nodes, node + 1);
	return 0;
}

/* Those who ask how many are free take no lock. */
static void count_free(struct node *node, int64_t nr)
{
	__atomic_store_n(&nr_free, nr_free + (uint64_t)nr, __ATOMIC_RELAXED);
	__atomic_store_n(&node->nr_free, node->nr_free + (uint64_t)nr, __ATOMIC_RELAXED);
}

/* Free one aligned block, joining it with its free buddies of the same kind. */
static void give_block(uint64_t n, unsigned order, enum dirt dirt)
{
	struct node *node = find_node(n);
	unsigned kind = STATE_FREE | (dirt == DIRTY ? STATE_DIRTY : 0);

	count_free(node, 1l << order);
	for (; order < FRAMES_MAX_ORDER; order++) {
		uint64_t buddy = n ^ (1ull << order);

		if (buddy >= nr_frames || state[buddy] != (kind | order) ||
		    find_node(buddy) != node)
			break;
		list_del(node, buddy, order, dirt);
		state[n] = STATE_TAIL;
		n = MIN(n, buddy);
	}
	list_add(node, n, order, dirt);
}

/* The largest aligned block at @n that ends by @end. */
static unsigned block_order(uint64_t n, uint64_t end)
{
	unsigned order = n ? (unsigned)__builtin_ctzll(n) : FRAMES_MAX_ORDER;

	order = MIN(order, FRAMES_MAX_ORDER);
	while ((1ull << order) > end - n)
		order--;
	return order;
}

void frames_give(mfn_t start, uint64_t nr)
{
	uint64_t n = start.n;
	uint64_t end = MIN(n + nr, nr_frames);

	spin_lock(&lock);
	if (n < end) {
		memset(state + n, STATE_TAIL, end - n);
		nr_total += end - n;
	}
	while (n < end) {
		uint64_t node_end;
		unsigned node = node_of(n, &node_end);
		unsigned order = block_order(n, MIN(end, node_end));

		nodes[node].nr_total += 1ull << order;
		give_block(n, order, DIRTY);
		n += 1ull << order;
	}
	spin_unlock(&lock);
}

/* A block taken out of the lists, with the dirt it has. */
struct block {
	uint64_t n; /* LINK_END: none */
	enum dirt dirt;
};

/* Take the head of a list, and give back all of it but one block of @order. */
static struct block split_head(struct node *node, enum dirt dirt, unsigned from, unsigned order)
{
	uint64_t n = node->heads[dirt][from];

	list_del(node, n, from, dirt);
	while (from > order) {
		from--;
		list_add(node, n + (1ull << from), from, dirt);
	}
	state[n] = (uint8_t)(STATE_USED | order);
	count_free(node, -(1l << order));
	return (struct block){ n, dirt };
}

/*
 * A block of exactly @order out of the smallest free one that holds it; rather one of @first,
 * and if that is CLEAN none that takes too long to scrub.
 */
static struct block take_block(struct node *node, unsigned order, enum dirt first)
{
	unsigned nr_dirts = first == CLEAN && order > SCRUB_ORDER ? 1 : NR_DIRTS;

	for (unsigned from = order; from < NR_ORDERS; from++) {
		for (unsigned i = 0; i < nr_dirts; i++) {
			enum dirt dirt = i ? (enum dirt) !first : first;

			if (node->heads[dirt][from] != LINK_END)
				return split_head(node, dirt, from, order);
		}
	}
	return (struct block){ LINK_END, DIRTY };
}

/* From @node, then from the others unless @rule says not to. */
static struct block take_near(unsigned order, unsigned node, enum node_rule rule, enum dirt first)
{
	struct block b = { LINK_END, DIRTY };

	if (node < nr_nodes)
		b = take_block(&nodes[node], order, first);
	if (node < nr_nodes && rule == NODE_EXACT)
		return b;
	for (unsigned i = 0; i < nr_nodes && b.n == LINK_END; i++)
		if (i != node)
			b = take_block(&nodes[i], order, first);
	return b;
}

/* Free frames that nobody but @d may take. */
static uint64_t promised_to_others(const struct domain *d)
{
	return nr_claimed - (d ? d->claimed_pages : 0);
}

static bool may_take(const struct domain *d, unsigned order)
{
	return order <= FRAMES_MAX_ORDER && nr_free >= promised_to_others(d) &&
	       (1ull << order) <= nr_free - promised_to_others(d);
}

/* With the lock held, which is let go for a moment while free blocks are being scrubbed. */
static struct block take_for(const struct domain *d, unsigned order, unsigned node,
			     enum node_rule rule, enum dirt first)
{
	struct block b = { LINK_END, DIRTY };

	nr_waiting++;
	for (;;) {
		if (may_take(d, order))
			b = take_near(order, node, rule, first);
		if (likely(b.n != LINK_END || !nr_scrubbing))
			break;
		spin_unlock(&lock);
		__builtin_ia32_pause();
		spin_lock(&lock);
	}
	nr_waiting--;
	return b;
}

mfn_t frames_alloc(unsigned order)
{
	struct block b;

	spin_lock(&lock);
	b = take_for(NULL, order, NODE_ANY, NODE_PREFER, DIRTY);
	spin_unlock(&lock);
	return b.n == LINK_END ? MFN_NONE : mfn(b.n);
}

static void use_claim(struct domain *d, uint64_t nr)
{
	nr = MIN(nr, d->claimed_pages);
	__atomic_store_n(&d->claimed_pages, d->claimed_pages - nr, __ATOMIC_RELAXED);
	__atomic_store_n(&nr_claimed, nr_claimed - nr, __ATOMIC_RELAXED);
}

static inline __attribute__((always_inline)) struct block
take_claimed(struct domain *d, unsigned order, unsigned node, enum node_rule rule, enum dirt first)
{
	struct block b;

	spin_lock(&lock);
	b = take_for(d, order, node, rule, first);
	if (b.n != LINK_END)
		use_claim(d, 1ull << order);
	spin_unlock(&lock);
	return b;
}

mfn_t frames_take(struct domain *d, unsigned order, unsigned node, enum node_rule rule,
		  enum frames_content *ret_content)
{
	struct block b = take_claimed(d, order, node, rule, DIRTY);

	if (b.n == LINK_END)
		return MFN_NONE;
	*ret_content = b.dirt == CLEAN ? FRAMES_ZERO : FRAMES_ANY;
	return mfn(b.n);
}

mfn_t frames_alloc_domain(struct domain *d, unsigned order, unsigned node, enum node_rule rule)
{
	struct block b = take_claimed(d, order, node, rule, CLEAN);

	if (b.n == LINK_END)
		return MFN_NONE;
	if (b.dirt == DIRTY)
		arch_clear_frames(arch_frame_map(mfn(b.n)), PAGE_SIZE << order);
	frames_assign(mfn(b.n), order, d);
	return mfn(b.n);
}

int frames_claim(struct domain *d, uint64_t nr)
{
	uint64_t owned = __atomic_load_n(&d->nr_pages, __ATOMIC_RELAXED);
	int rc = 0;

	spin_lock(&lock);
	if (!nr)
		use_claim(d, d->claimed_pages);
	else if (d->claimed_pages || nr < owned || nr > domain_max_pages(d))
		rc = -XEN_EINVAL;
	else if (nr - owned > nr_free - MIN(nr_free, nr_claimed))
		rc = -XEN_ENOMEM;
	else
		__atomic_store_n(&d->claimed_pages, nr - owned, __ATOMIC_RELAXED);
	if (!rc && nr)
		__atomic_store_n(&nr_claimed, nr_claimed + d->claimed_pages, __ATOMIC_RELAXED);
	spin_unlock(&lock);
	return rc;
}

/* A piece of the largest dirty block, small enough to scrub in one go. */
static struct block take_dirty(unsigned *ret_order)
{
	for (unsigned o = NR_ORDERS; o--;) {
		for (unsigned i = 0; i < nr_nodes; i++) {
			if (nodes[i].heads[DIRTY][o] == LINK_END)
				continue;
			*ret_order = MIN(o, SCRUB_ORDER);
			return split_head(&nodes[i], DIRTY, o, *ret_order);
		}
	}
	return (struct block){ LINK_END, DIRTY };
}

bool frames_scrub(void)
{
	unsigned order = 0;
	struct block b;

	spin_lock(&lock);
	b = take_dirty(&order);
	spin_unlock(&lock);
	if (b.n == LINK_END)
		return false;
	arch_clear_frames(arch_frame_map(mfn(b.n)), PAGE_SIZE << order);
	spin_lock(&lock);
	give_block(b.n, order, CLEAN);
	spin_unlock(&lock);
	return true;
}

/* A piece of the smallest dirty block, which is rather one that was freed of late. */
static struct block take_freed(unsigned *ret_order)
{
	for (unsigned o = 0; o < NR_ORDERS; o++) {
		for (unsigned i = 0; i < nr_nodes; i++) {
			if (nodes[i].heads[DIRTY][o] == LINK_END)
				continue;
			*ret_order = MIN(o, IDLE_ORDER);
			return split_head(&nodes[i], DIRTY, o, *ret_order);
		}
	}
	return (struct block){ LINK_END, DIRTY };
}

/* Count the frames of a block that is out of the lists as free, or no more. */
static void count_in_hand(const struct block *b, int64_t nr)
{
	count_free(find_node(b->n), nr);
	nr_scrubbing += nr > 0 ? 1 : -1u;
}

bool frames_scrub_freed(void)
{
	struct block b = { LINK_END, DIRTY };
	unsigned order = 0;

	if (likely(!__atomic_load_n(&nr_to_scrub, __ATOMIC_RELAXED)))
		return false;
	spin_lock(&lock);
	if (nr_to_scrub && !nr_waiting)
		b = take_freed(&order);
	if (b.n == LINK_END) {
		nr_to_scrub = 0;
	} else {
		nr_to_scrub -= MIN(nr_to_scrub, 1ull << order);
		count_in_hand(&b, 1l << order);
	}
	spin_unlock(&lock);
	if (b.n == LINK_END)
		return false;
	memset(arch_frame_map(mfn(b.n)), 0, PAGE_SIZE << order);
	spin_lock(&lock);
	count_in_hand(&b, -(1l << order));
	give_block(b.n, order, CLEAN);
	spin_unlock(&lock);
	return true;
}

/* Whether frame @n lies in a free block: a second free of it would corrupt the lists. */
static bool is_free(uint64_t n)
{
	/* The usual case: the first frame of what was allocated. */
	if ((state[n] & STATE_KIND) == STATE_USED)
		return false;
	for (unsigned o = 0; o < NR_ORDERS; o++) {
		uint8_t s = state[ALIGN_DOWN(n, 1ull << o)];

		if ((s & STATE_KIND) == STATE_FREE && (s & STATE_ORDER) >= o)
			return true;
	}
	return false;
}

void frames_free(mfn_t start, unsigned order)
{
	uint64_t n = start.n;

	spin_lock(&lock);
	ASSERT(order <= FRAMES_MAX_ORDER && n < nr_frames && !(n & ((1ull << order) - 1)));
	ASSERT(state[n] != STATE_NOT_OURS && !is_free(n));
	/* It may have been several blocks, each with a head. */
	if (order)
		memset(state + n, STATE_TAIL, 1ull << order);
	give_block(n, order, DIRTY);
	nr_to_scrub = MIN(nr_to_scrub + (1ull << order), nr_free);
	spin_unlock(&lock);
}

unsigned frames_order_of(mfn_t start)
{
	ASSERT(start.n < nr_frames && (state[start.n] & STATE_KIND) == STATE_USED);
	return state[start.n] & STATE_ORDER;
}

uint64_t frames_nr_free(void)
{
	return __atomic_load_n(&nr_free, __ATOMIC_RELAXED);
}

uint64_t frames_nr_total(void)
{
	return nr_total;
}

uint64_t frames_nr_claimed(void)
{
	return __atomic_load_n(&nr_claimed, __ATOMIC_RELAXED);
}

unsigned frames_nr_nodes(void)
{
	return nr_nodes;
}

uint64_t frames_node_free(unsigned node)
{
	return node < nr_nodes ? __atomic_load_n(&nodes[node].nr_free, __ATOMIC_RELAXED) : 0;
}

uint64_t frames_node_total(unsigned node)
{
	return node < nr_nodes ? nodes[node].nr_total : 0;
}

unsigned frames_node_of(mfn_t m)
{
	uint64_t end;

	return nr_ranges ? node_of(m.n, &end) : 0;
}

/* The last frame of RAM. */
mfn_t frames_highest(void)
{
	uint64_t n = nr_frames;

	while (n && state[n - 1] == STATE_NOT_OURS)
		n--;
	return mfn(n ? n - 1 : 0);
}

#define OWNER_SHIFT 16
#define REFS_MASK 0xffffu
#define REFS_MAX 0xfffeu

void frames_assign(mfn_t start, unsigned order, struct domain *owner)
{
	uint64_t nr = 1ull << order;
	domid_t id = owner ? owner->id : DOMID_XEN;

	for (uint64_t i = 0; i < nr; i++)
		__atomic_store_n(&owners[start.n + i], (uint32_t)id << OWNER_SHIFT | 1,
				 __ATOMIC_RELEASE);
	/* Its pages, together, hold one reference to the domain. */
	if (owner && !__atomic_fetch_add(&owner->nr_pages, nr, __ATOMIC_ACQ_REL))
		domain_get(owner);
}

domid_t frame_owner(mfn_t m)
{
	uint32_t o = m.n < nr_frames ? __atomic_load_n(&owners[m.n], __ATOMIC_ACQUIRE) : 0;

	return o ? (domid_t)(o >> OWNER_SHIFT) : DOMID_INVALID;
}

unsigned frame_refs(mfn_t m)
{
	return __atomic_load_n(&owners[m.n], __ATOMIC_RELAXED) & REFS_MASK;
}

bool frame_get(mfn_t m, domid_t owner)
{
	uint32_t o;

	if (m.n >= nr_frames)
		return false;
	o = __atomic_load_n(&owners[m.n], __ATOMIC_RELAXED);
	do {
		unsigned refs = o & REFS_MASK;

		if (!refs || refs == REFS_MAX || o >> OWNER_SHIFT != owner)
			return false;
	} while (!__atomic_compare_exchange_n(&owners[m.n], &o, o + 1, true, __ATOMIC_ACQUIRE,
					      __ATOMIC_RELAXED));
	return true;
}

/* @nr frames that were @owner's are free. */
static void disown(domid_t owner, uint64_t nr)
{
	struct domain *d;

	if (owner == DOMID_XEN)
		return;
	d = domain_of_frame_owner(owner);
	if (!__atomic_sub_fetch(&d->nr_pages, nr, __ATOMIC_ACQ_REL))
		domain_put(d);
}

void frame_put(mfn_t m)
{
	uint32_t o = __atomic_sub_fetch(&owners[m.n], 1, __ATOMIC_ACQ_REL);

	ASSERT((o & REFS_MASK) != REFS_MASK);
	if (o & REFS_MASK)
		return;
	__atomic_store_n(&owners[m.n], 0, __ATOMIC_RELEASE);
	frames_free(m, 0);
	disown((domid_t)(o >> OWNER_SHIFT), 1);
}

void frames_put(mfn_t start, unsigned order)
{
	uint64_t nr = 1ull << order, done = 0;
	domid_t owner = frame_owner(start);
	uint32_t alone = (uint32_t)owner << OWNER_SHIFT | 1;

	/* A frame whose word went from one reference to none can get no other. */
	while (done < nr) {
		uint32_t o = alone;

		if (!__atomic_compare_exchange_n(&owners[start.n + done], &o, 0, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			break;
		done++;
	}
	if (done == nr) {
		frames_free(start, order);
		disown(owner, nr);
		return;
	}
	for (uint64_t i = 0; i < done; i++)
		frames_free(mfn_add(start, i), 0);
	for (uint64_t i = done; i < nr; i++)
		frame_put(mfn_add(start, i));
	if (done)
		disown(owner, done);
}

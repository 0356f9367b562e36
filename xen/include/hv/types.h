/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer, address and time types every part of the hypervisor shares. */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __must_check __attribute__((warn_unused_result))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define __noreturn __attribute__((noreturn))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define PAGE_SHIFT 12
#define PAGE_SIZE ((size_t)1 << PAGE_SHIFT)
#define PAGE_MASK (PAGE_SIZE - 1)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define ALIGN_UP(x, a) (((x) + (a)-1) & ~((__typeof__(x))(a)-1))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a)-1))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* Machine (host) and guest frame numbers and addresses: never mixed raw. */
typedef struct {
	uint64_t n;
} mfn_t;
typedef struct {
	uint64_t n;
} gfn_t;
typedef struct {
	uint64_t a;
} maddr_t;
typedef struct {
	uint64_t a;
} gpa_t;

#define MFN_NONE ((mfn_t){ ~0ull })
#define GFN_NONE ((gfn_t){ ~0ull })

static inline mfn_t mfn(uint64_t n)
{
	return (mfn_t){ n };
}
static inline gfn_t gfn(uint64_t n)
{
	return (gfn_t){ n };
}
static inline gpa_t gpa(uint64_t a)
{
	return (gpa_t){ a };
}
static inline maddr_t maddr(uint64_t a)
{
	return (maddr_t){ a };
}
static inline bool mfn_valid(mfn_t m)
{
	return m.n != MFN_NONE.n;
}
static inline mfn_t mfn_add(mfn_t m, uint64_t i)
{
	return (mfn_t){ m.n + i };
}
static inline gfn_t gfn_add(gfn_t g, uint64_t i)
{
	return (gfn_t){ g.n + i };
}
static inline gfn_t gpa_to_gfn(gpa_t g)
{
	return (gfn_t){ g.a >> PAGE_SHIFT };
}
static inline maddr_t mfn_to_maddr(mfn_t m)
{
	return (maddr_t){ m.n << PAGE_SHIFT };
}

/** Nanoseconds since the host booted. */
typedef int64_t stime_t;
#define STIME_MAX INT64_MAX
#define NSEC_PER_SEC 1000000000ll
#define NSEC_PER_MSEC 1000000ll

#endif

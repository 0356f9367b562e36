/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory and string functions of freestanding code. The compiler itself emits
 * calls of the first four, also under -flto, hence "used"; the build keeps it
 * from turning their loops into calls of themselves.
 */
#include <hv/string.h>

#include <stdint.h>

#define __used __attribute__((used))

/* A word that may alias anything and stand anywhere. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word_t;

__used void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	char *d = dst;
	const char *s = src;

#pragma GCC unroll 8
	for (; n >= sizeof(word_t); n -= sizeof(word_t)) {
		*(word_t *)d = *(const word_t *)s;
		d += sizeof(word_t);
		s += sizeof(word_t);
	}
	while (n--)
		*d++ = *s++;
	return dst;
}

static void copy_down(char *d, const char *s, size_t n)
{
	d += n;
	s += n;
	for (; n >= sizeof(word_t); n -= sizeof(word_t)) {
		d -= sizeof(word_t);
		s -= sizeof(word_t);
		*(word_t *)d = *(const word_t *)s;
	}
	while (n--)
		*--d = *--s;
}

static void copy_up(char *d, const char *s, size_t n)
{
	for (; n >= sizeof(word_t); n -= sizeof(word_t)) {
		*(word_t *)d = *(const word_t *)s;
		d += sizeof(word_t);
		s += sizeof(word_t);
	}
	while (n--)
		*d++ = *s++;
}

__used void *memmove(void *dst, const void *src, size_t n)
{
	if ((uintptr_t)dst - (uintptr_t)src < n)
		copy_down(dst, src, n);
	else
		copy_up(dst, src, n);
	return dst;
}

__used void *memset(void *dst, int c, size_t n)
{
	char *d = dst;
	uint64_t word = (uint8_t)c * 0x0101010101010101ull;

#pragma GCC unroll 8 /* most of a boot's time goes into clearing guest memory */
	for (; n >= sizeof(word_t); n -= sizeof(word_t)) {
		*(word_t *)d = word;
		d += sizeof(word_t);
	}
	while (n--)
		*d++ = (char)c;
	return dst;
}

__used int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const uint8_t *p = s;

	for (; n; n--, p++)
		if (*p == (uint8_t)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}

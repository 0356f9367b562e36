/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The allocator hook. The shared library is linked with --wrap for each function of
 * the C library that allocates or frees and that our code uses: what we allocate
 * anywhere comes by here, by construction, and what the libraries below us allocate
 * for themselves does not. Each call of the library says whose memory it uses; no
 * block outlives its handle, so none is freed by another allocator.
 */
#include "capi/memory.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t nr, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);
char *__real_realpath(const char *path, char *resolved);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *block);
void *__wrap_reallocarray(void *old, size_t nr, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
int __wrap_asprintf(char **ret_text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int __wrap_vasprintf(char **ret_text, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* What the two become with _FORTIFY_SOURCE. */
int __wrap___asprintf_chk(char **ret_text, int flag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int __wrap___vasprintf_chk(char **ret_text, int flag, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
char *__wrap_realpath(const char *path, char *resolved);

/* Of the call at hand; put back when it returns. NULL: malloc()'s. */
static _Thread_local const struct candor_allocator *current;

const struct candor_allocator *memory_enter(const struct candor_allocator *allocator)
{
	const struct candor_allocator *before = current;

	current = allocator;
	return before;
}

void memory_leave(const struct candor_allocator *before)
{
	current = before;
}

void *__wrap_malloc(size_t size)
{
	return current ? current->allocate(current->context, size ? size : 1) : __real_malloc(size);
}

void *__wrap_calloc(size_t nr, size_t size)
{
	size_t total;
	void *block;

	if (!current)
		return __real_calloc(nr, size);
	if (__builtin_mul_overflow(nr, size, &total))
		return NULL;
	block = __wrap_malloc(total);
	return block ? memset(block, 0, total) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
	if (!current)
		return __real_realloc(old, size);
	return old ? current->reallocate(current->context, old, size ? size : 1)
		   : __wrap_malloc(size);
}

void *__wrap_reallocarray(void *old, size_t nr, size_t size)
{
	size_t total;

	return __builtin_mul_overflow(nr, size, &total) ? NULL : __wrap_realloc(old, total);
}

void __wrap_free(void *block)
{
	if (!current)
		__real_free(block);
	else if (block)
		current->release(current->context, block);
}

char *__wrap_strndup(const char *text, size_t size)
{
	size_t length = strnlen(text, size);
	char *copy = __wrap_malloc(length + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *__wrap_strdup(const char *text)
{
	return __wrap_strndup(text, strlen(text));
}

int __wrap_vasprintf(char **ret_text, const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return -1;
	text = __wrap_malloc((size_t)n + 1);
	if (!text)
		return -1;
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	*ret_text = text;
	return n;
}

int __wrap_asprintf(char **ret_text, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __wrap_vasprintf(ret_text, fmt, ap);
	va_end(ap);
	return n;
}

int __wrap___vasprintf_chk(char **ret_text, int flag, const char *fmt, va_list ap)
{
	(void)flag;
	return __wrap_vasprintf(ret_text, fmt, ap);
}

int __wrap___asprintf_chk(char **ret_text, int flag, const char *fmt, ...)
{
	va_list ap;
	int n;

	(void)flag;
	va_start(ap, fmt);
	n = __wrap_vasprintf(ret_text, fmt, ap);
	va_end(ap);
	return n;
}

/* Into memory of ours, unless the caller has some. */
char *__wrap_realpath(const char *path, char *resolved)
{
	char *buffer = resolved ? resolved : __wrap_malloc(PATH_MAX);
	char *found = buffer ? __real_realpath(path, buffer) : NULL;
	int error = buffer ? errno : ENOMEM;

	if (!found && !resolved)
		__wrap_free(buffer);
	if (!found)
		errno = error;
	return found;
}

/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's own messages, and the host console they share with guests.
 *
 * Each line of ours starts with "(HV) ", each line of a guest's with "(dN) ",
 * so that no guest can pass its words off as the hypervisor's.
 */
#ifndef HV_PRINTK_H
#define HV_PRINTK_H

#include <stdarg.h>

#include <hv/types.h>

/** Most severe first; messages at or above the `loglvl=` boot option are shown. */
enum loglevel { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/**
 * Print one message; a newline is added if it lacks one. Understands
 * %[0-][width][.prec]{d,i,u,x,X,p,s,c,%} with hh, h, l, ll, z and `*`.
 */
void printk(enum loglevel level, const char *fmt, ...) __printf(2, 3);

/** printk() for lines a guest can cause: at most 10 a second, the rest counted. */
void printk_guest(enum loglevel level, const char *fmt, ...) __printf(2, 3);

void printk_set_level(enum loglevel level);
enum loglevel printk_level(void);

/** As printf's vsnprintf for the conversions above; never allocates. */
int hv_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);
int hv_snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/** Where bytes of the host console go; registered by a driver at boot. */
struct console_ops {
	const char *name;
	void (*write)(const char *data, size_t size);
	bool (*read)(char *ret_c); /* false: nothing was typed. NULL: it cannot be */
};
void console_register(const struct console_ops *ops);

/**
 * Show @size bytes a guest wrote, prefixed line by line by its domain id.
 * Printable ASCII and tab pass, LF, CR LF and a lone CR end the line; every other
 * byte is shown as \xNN. An unfinished line waits for its end.
 */
void console_guest_write(unsigned domid, const char *data, size_t size);
/**
 * Up to @size bytes of what the host console showed of late, from *@index on, which moves behind
 * them; 0: that is all. An index older than what is kept starts at what is.
 */
uint32_t console_ring_read(uint32_t *index, char *buf, uint32_t size);
/** Readers start at what is shown from now on. */
void console_ring_clear(void);
/*
 * How much a domain may show: CONSOLE_BYTES_PER_SECOND, and more at once after it was silent.
 */
#define CONSOLE_BYTES_PER_SECOND 128000
struct domain;
enum console_all { CONSOLE_SOME, CONSOLE_ALL };
/** How many of @nr bytes @d may show now (of CONSOLE_ALL: @nr or 0); they count as shown. */
size_t console_allow(struct domain *d, size_t nr, enum console_all all);
/** Show what waits of the domain's last line; when it has stopped. */
void console_guest_flush(unsigned domid);

/** Print, then stop the host (with the exit status for a panic if asked for). */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;

#define ASSERT(cond)                                                                        \
	do {                                                                                \
		if (unlikely(!(cond)))                                                      \
			panic("assertion '%s' failed at %s:%d", #cond, __FILE__, __LINE__); \
	} while (0)

#endif

/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other domains, for a test guest that is the privileged one: built from an ELF file like its own,
 * looked at, ended. By the toolstack's hypercalls alone, so it works on any hypervisor of the ABI.
 */
#ifndef GUEST_DOMAIN_H
#define GUEST_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct domain_spec {
	const void *elf; /* NULL: only memory, nothing that could run */
	size_t elf_size;
	const char *cmdline;
	unsigned int nr_vcpus;
	unsigned int nr_pages; /* from guest frame 0 on */
};

/** The boot module, and its size; NULL if there is none. */
const void *domain_module(size_t *ret_size);

/** Create it, paused, ready to run. 0 and its id, or a negative xen_error with nothing left. */
long domain_build(const struct domain_spec *spec, unsigned int *ret_id);
/** The steps of it, for those who count: create alone, and giving it its memory. */
long domain_create(unsigned int nr_vcpus, unsigned int nr_pages, unsigned int *ret_id);
long domain_populate(unsigned int id, unsigned int nr_pages);
long domain_unpause(unsigned int id);
long domain_destroy(unsigned int id);

/** Any other domctl: @op with its version, @cmd and @id filled in. What it returns. */
struct xen_domctl;
long domain_control(struct xen_domctl *op, uint32_t cmd, unsigned int id);

/** -1: it runs; SHUTDOWN_* of one that has ended; or a negative xen_error below -1. */
long domain_ended(unsigned int id);

/** See frame @gfn of domain @id: an address of ours, until domain_unsee(). NULL. */
void *domain_see(unsigned int id, uint64_t gfn);
void domain_unsee(void *page);

/** Free frames of the host; 0 if it does not say. */
uint64_t domain_host_free(void);

#endif

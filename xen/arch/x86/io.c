/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port I/O of a PVH guest. No port is emulated but 0xe9, the character console,
 * and the reset register: reads give all-ones, writes vanish, as on a bus where
 * nobody answers. The exit supplies the next instruction's address.
 */
#include <candor/support.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <xen/sched.h>

#include "insn.h"
#include "svm/svm.h"
#include "x86.h"

#define PORT_CONSOLE 0xe9
#define PORT_RESET 0xcf9
#define RESET_CPU (1u << 2) /* in the value written */
#define STRING_BATCH 256    /* iterations per exit; the rest re-executes */
#define SEG_ES 0
#define SEG_DS 3

/* Nobody waits for a byte on this port: what is too much is lost. */
static void console_byte(struct domain *d, char c)
{
	if (console_allow(d, 1, CONSOLE_ALL))
		console_guest_write(d->id, &c, 1);
	else
		printk_guest(LOG_WARNING, "d%u: port 0xe9: over %u bytes a second, output lost",
			     d->id, CONSOLE_BYTES_PER_SECOND);
}

static void port_write(struct arch_vcpu *av, uint16_t port, uint32_t value)
{
	char c = (char)value;

	if (port == PORT_CONSOLE && SUPPORT_ENABLED(console_io))
		console_byte(av->vcpu->domain, c);
	else if (port == PORT_RESET && (value & RESET_CPU))
		domain_shutdown(av->vcpu->domain, SHUTDOWN_reboot);
}

/* Prefixes of INS and OUTS: address size and the segment of OUTS's source. */
struct string_form {
	unsigned addr_bits;
	unsigned seg; /* as guest_linear() numbers them */
};

static struct string_form string_form(struct arch_vcpu *av)
{
	static const uint8_t overrides[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 };
	unsigned bits = code_bits(av->vmcb);
	struct string_form f = { bits, SEG_DS };
	uint8_t bytes[INSN_MAX_LENGTH];
	size_t nr = guest_fetch(av, bytes, sizeof(bytes));

	for (size_t i = 0; i < nr; i++) {
		const uint8_t *seg = memchr(overrides, bytes[i], sizeof(overrides));

		if (seg)
			f.seg = (unsigned)(seg - overrides);
		else if (bytes[i] == 0x67)
			f.addr_bits = bits == 32 ? 16 : 32;
		else if (bytes[i] != 0x66 && bytes[i] != 0xf2 && bytes[i] != 0xf3)
			break; /* REX or the opcode */
	}
	return f;
}

/* One element; false if the guest took a page fault instead. */
static bool string_element(struct arch_vcpu *av, uint32_t info, uint64_t gva, unsigned size)
{
	uint32_t value = ~0u;
	int rc;

	if (info & IOIO_IN)
		rc = arch_copy_to_guest(av->vcpu, gva, &value, size);
	else
		rc = arch_copy_from_guest(av->vcpu, &value, gva, size);
	/* Mapped to where no memory is: all-ones are written, as a bus gives them. */
	if (rc && av->walk_error != WALK_NO_MEMORY) {
		guest_page_fault(av, gva);
		return false;
	}
	if (!(info & IOIO_IN))
		port_write(av, IOIO_PORT(info), value);
	return true;
}

static void string_exit(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;
	uint32_t info = (uint32_t)c->exitinfo1;
	uint64_t next = c->exitinfo2;
	unsigned size = IOIO_SIZE(info), reg = (info & IOIO_IN) ? GPR_RDI : GPR_RSI;
	struct string_form f = string_form(av);
	uint64_t mask = addr_mask(f.addr_bits);
	uint64_t count = (info & IOIO_REP) ? gpr_read(av, GPR_RCX) & mask : 1;
	uint64_t step = c->rflags & RFLAGS_DF ? -(uint64_t)size : size;
	unsigned done = 0;

	for (; done < STRING_BATCH && done < count; done++) {
		uint64_t offset = gpr_read(av, reg) & mask;

		if (!string_element(av, info,
				    guest_linear(av, (info & IOIO_IN) ? SEG_ES : f.seg, offset),
				    size))
			break;
		gpr_write_bits(av, reg, offset + step, f.addr_bits);
	}
	if (info & IOIO_REP)
		gpr_write_bits(av, GPR_RCX, count - done, f.addr_bits);
	if (done == count) {
		c->rip = next;
		c->int_shadow = 0;
	}
}

void io_exit(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;
	uint32_t info = (uint32_t)c->exitinfo1;

	if (unlikely(info & IOIO_STRING)) {
		string_exit(av);
		return;
	}
	if (info & IOIO_IN) {
		/* AL, AX keep what is above them; EAX clears it. */
		uint64_t ones = IOIO_SIZE(info) == 1 ? 0xff : IOIO_SIZE(info) == 2 ? 0xffff : 0;

		c->rax = ones ? c->rax | ones : 0xffffffff;
	} else {
		port_write(av, IOIO_PORT(info), (uint32_t)c->rax);
	}
	c->rip = c->exitinfo2;
	c->int_shadow = 0;
}

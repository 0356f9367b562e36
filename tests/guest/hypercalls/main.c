/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that hypercalls answer as the public ABI says: known ones with their
 * data, unknown numbers and sub-operations with -ENOSYS, every kind of bad
 * pointer with -EFAULT and nothing written, callers outside ring 0 with
 * -EPERM, and HVM parameters by their permissions.
 */
#include <stdint.h>

#include <candor/support.h>

#include <xen/features.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#include <xen/grant_table.h>

#include "boot.h"
#include "cpu.h"
#include "hypercall.h"
#include "paging.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(pvh_guest, "guest/hypercalls");
SUPPORT_TEST(x86_svm, "guest/hypercalls");

#define NON_CANONICAL ((void *)((uint64_t)page | 0x8000000000000000UL))
#define UNMAPPED ((void *)(PAGING_WINDOW + 0x100000))

const char guest_name[] = "hypercalls";

static char page[4096] __attribute__((aligned(4096)));

static long version_op(unsigned int cmd, volatile void *arg)
{
	return hypercall_2(__HYPERVISOR_xen_version, cmd, arg);
}

static void test_numbers(void)
{
	/* 11 and 49 to 63 were never or are no longer given out; 64 on are out of the table. */
	static const unsigned int unknown[] = { 11, 38, 50, 57, 63, 64, 100, 0x1000, 0x7fffffff };

	for (unsigned int i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		long rc = hypercall_5(unknown[i], 1, 2, 3, 4, 5);

		report_ok(rc == -XEN_ENOSYS, "hypercall %u gives -ENOSYS (%ld)", unknown[i], rc);
	}
	report_rc(hypercall_5(0xffffffffffffffffUL, 0, 0, 0, 0, 0), -XEN_ENOSYS,
		  "hypercall number ~0");
	report_rc(hypercall_5(__HYPERVISOR_set_trap_table, 0, 0, 0, 0, 0), -XEN_ENOSYS,
		  "set_trap_table, a PV call,");
	report_rc(hypercall_5(__HYPERVISOR_mmu_update, 0, 0, 0, 0, 0), -XEN_ENOSYS,
		  "mmu_update, a PV call,");
	report_rc(version_op(99, page), -XEN_ENOSYS, "xen_version 99");
	report_rc(hypercall_2(__HYPERVISOR_sched_op, 99, page), -XEN_ENOSYS, "sched_op 99");
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, 99, page), -XEN_ENOSYS,
		  "event_channel_op 99");
	report_rc(hypercall_2(__HYPERVISOR_memory_op, 60, page), -XEN_ENOSYS, "memory_op 60");
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, 99, 0, page), -XEN_ENOSYS, "vcpu_op 99");
}

static void test_version(void)
{
	xen_feature_info_t info = { .submap_idx = 0 };
	xen_platform_parameters_t params = { 0 };
	long version = version_op(XENVER_version, NULL);

	report_ok(version >> 16 == 4 && (version & 0xffff) < 100, "version is 4.%ld",
		  version & 0xffff);
	report_equal(cpu_cpuid(0x40000001, 0).eax, (uint64_t)version, "version by CPUID");
	memset(page, 0x5a, sizeof(page));
	report_rc(version_op(XENVER_extraversion, page), 0, "extraversion");
	report_ok(strlen(page) < 16 && page[16] == 0x5a, "extraversion fills 16 bytes: %s", page);
	memset(page, 0x5a, sizeof(page));
	report_rc(version_op(XENVER_compile_info, page), 0, "compile_info");
	report_ok(page[144] == 0x5a, "compile_info fills 144 bytes");
	memset(page, 0x5a, sizeof(page));
	report_rc(version_op(XENVER_capabilities, page), 0, "capabilities");
	report_ok(strlen(page) < 1024 && page[1024] == 0x5a, "capabilities are a string: %s", page);
	memset(page, 0x5a, sizeof(page));
	report_rc(version_op(XENVER_changeset, page), 0, "changeset");
	report_ok(strlen(page) < 64 && page[64] == 0x5a, "changeset is a string: %s", page);
	report_rc(version_op(XENVER_platform_parameters, &params), 0, "platform_parameters");
	report_rc(version_op(XENVER_pagesize, NULL), 4096, "pagesize");
	report_rc(version_op(XENVER_guest_handle, page), 0, "guest_handle");
	report_rc(version_op(XENVER_get_features, &info), 0, "get_features(0)");
	report_equal(info.submap & ~(1u << XENFEAT_dom0 | 1u << XENFEAT_direct_mapped |
				     1u << XENFEAT_not_direct_mapped | 1u << XENFEAT_hvm_pirqs |
				     1u << XENFEAT_memory_op_vnode_supported),
		     1u << XENFEAT_writable_page_tables | 1u << XENFEAT_auto_translated_physmap |
			     1u << XENFEAT_hvm_callback_vector | 1u << XENFEAT_hvm_safe_pvclock,
		     "PVH feature set");
	info.submap_idx = 77;
	report_rc(version_op(XENVER_get_features, &info), -XEN_EINVAL, "get_features(77)");
}

/* A page boundary whose second page is absent, and one whose pages are not neighbours. */
static void test_crossing(void)
{
	static char first[4096] __attribute__((aligned(4096)));
	static char gap[4096] __attribute__((aligned(4096)));
	static char second[4096] __attribute__((aligned(4096)));
	char *window = (char *)PAGING_WINDOW;

	paging_map(PAGING_WINDOW, (uint64_t)first, PTE_P | PTE_RW);
	paging_map(PAGING_WINDOW + 4096, 0, 0);
	report_rc(version_op(XENVER_extraversion, window + 4090), -XEN_EFAULT,
		  "output that crosses into an absent page");
	paging_map(PAGING_WINDOW + 4096, (uint64_t)second, PTE_P | PTE_RW);
	memset(gap, 0x5a, sizeof(gap));
	memset(second, 0x5a, sizeof(second));
	report_rc(version_op(XENVER_extraversion, window + 4090), 0,
		  "output across two pages that lie apart");
	report_ok(second[9] != 0x5a && second[10] == 0x5a && gap[0] == 0x5a,
		  "the tail lies in the second page and nowhere else");
	paging_map(PAGING_WINDOW + 4096, (uint64_t)second, PTE_P);
	report_rc(version_op(XENVER_extraversion, window + 4090), -XEN_EFAULT,
		  "output into a read-only page");
	paging_map(PAGING_WINDOW + 4096, 0, 0);
}

static void test_pointers(void)
{
	uint64_t above = boot_ram_end() + 0x40000000UL;

	if (boot_option_is("peer", "xen"))
		report_skip("Xen drops the upper 16 bits of a pointer");
	else
		report_rc(version_op(XENVER_extraversion, NON_CANONICAL), -XEN_EFAULT,
			  "a non-canonical pointer");
	report_rc(version_op(XENVER_extraversion, UNMAPPED), -XEN_EFAULT, "an unmapped pointer");
	report_rc(version_op(XENVER_extraversion, (void *)~0UL), -XEN_EFAULT,
		  "a pointer that wraps");
	report_rc(version_op(XENVER_get_features, UNMAPPED), -XEN_EFAULT,
		  "an unmapped pointer for input");
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, 5, UNMAPPED), -XEN_EFAULT,
		  "evtchn status at an unmapped pointer");
	report_rc(hypercall_2(__HYPERVISOR_hvm_op, HVMOP_get_param, UNMAPPED), -XEN_EFAULT,
		  "get_param at an unmapped pointer");
	report_rc(hypercall_2(__HYPERVISOR_memory_op, XENMEM_memory_map, UNMAPPED), -XEN_EFAULT,
		  "memory_map at an unmapped pointer");
	report_rc(hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, UNMAPPED), -XEN_EFAULT,
		  "shutdown at an unmapped pointer");
	paging_map(PAGING_WINDOW, above, PTE_P | PTE_RW);
	report_rc(version_op(XENVER_extraversion, (void *)PAGING_WINDOW), -XEN_EFAULT,
		  "a pointer to a page that no memory backs");
	test_crossing();
}

/* Number in rdi, argument in rsi; the result is where the trap finds it. */
__attribute__((aligned(4096))) static const unsigned char user_code[4096] = {
	0x48, 0x89, 0xf8, /* mov %rdi, %rax */
	0x31, 0xff,	  /* xor %edi, %edi: sub-operation 0 */
	0x0f, 0x01, 0xd9, /* vmmcall, or vmcall when patched below */
	0x0f, 0x0b,	  /* ud2 */
};

static void test_user(void)
{
	uint64_t code = PAGING_WINDOW + 0x200000;
	uint64_t stack = code + 4096;
	const struct trap *t;

	memcpy(page, user_code, sizeof(page));
	if (hypercall_vmcall)
		page[7] = (char)0xc1;
	paging_map(code, (uint64_t)page, PTE_P | PTE_RW | PTE_US);
	paging_map(stack, (uint64_t)page, PTE_P | PTE_RW | PTE_US);
	t = trap_run_user(code, stack + 4096 - 64, __HYPERVISOR_xen_version, 0);
	report_ok(t->vector == VEC_UD && (t->frame.cs & 3) == 3, "ring 3 code ran to its end");
	report_rc((long)(int32_t)t->frame.rax, -XEN_EPERM, "xen_version from ring 3");
	t = trap_run_user(code, stack + 4096 - 64, 63, 0);
	report_rc((long)(int32_t)t->frame.rax, -XEN_EPERM, "hypercall 63 from ring 3");
}

static void test_memory_map(void)
{
	static char e820[20 * 128];
	struct xen_memory_map map = { .nr_entries = 128 };
	long rc;

	set_xen_guest_handle(map.buffer, e820);
	rc = hypercall_2(__HYPERVISOR_memory_op, XENMEM_memory_map, &map);
	report_rc(rc, 0, "memory_map");
	report_ok(map.nr_entries == boot_nr_memmap(), "memory_map has the %u entries of start_info",
		  boot_nr_memmap());
	report_ok(boot_ram_end() > (uint64_t)page, "RAM ends at 0x%lx",
		  (unsigned long)boot_ram_end());
	map.nr_entries = 128;
	set_xen_guest_handle(map.buffer, UNMAPPED);
	rc = hypercall_2(__HYPERVISOR_memory_op, XENMEM_memory_map, &map);
	report_rc(rc, -XEN_EFAULT, "memory_map into an unmapped buffer");
	report_rc(hypercall_2(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, &map), -XEN_ENOSYS,
		  "machine_memory_map, which HVM has not,");
}

/*
 * What a plain domain may do with its own parameters. A hardware domain has
 * more rights, so there only the parts that hold for both are looked at.
 */
static void test_params(void)
{
	static const uint32_t readable[] = { 0, 1, 2, 15, 17, 18, 19, 34, 35, 36, 37 };
	static const uint32_t private[] = { 5, 6, 10, 12, 14, 27, 31, 32, 33, 38 };
	uint64_t value = 0;

	for (unsigned int i = 0; i < sizeof(readable) / sizeof(readable[0]); i++)
		report_ok(hypercall_get_param(readable[i], &value) == 0,
			  "param %u may be read (0x%lx)", readable[i], (unsigned long)value);
	for (unsigned int i = 0; i < sizeof(private) / sizeof(private[0]); i++) {
		long rc = hypercall_get_param(private[i], &value);

		report_ok(rc == -XEN_EPERM, "param %u may not be read (%ld)", private[i], rc);
		rc = hypercall_set_param(private[i], 1);
		report_ok(rc == -XEN_EPERM, "param %u may not be written (%ld)", private[i], rc);
	}
	report_rc(hypercall_set_param(HVM_PARAM_CONSOLE_PFN, 1), -XEN_EPERM, "setting CONSOLE_PFN");
	report_rc(hypercall_set_param(HVM_PARAM_STORE_PFN, 1), -XEN_EPERM, "setting STORE_PFN");
	report_rc(hypercall_get_param(HVM_NR_PARAMS, &value), -XEN_EINVAL, "a param out of range");
	report_rc(hypercall_set_param(HVM_NR_PARAMS, 1), -XEN_EINVAL, "setting one out of range");
	report_rc(hypercall_get_param(0xffffffff, &value), -XEN_EINVAL, "param ~0");
	report_ok(hypercall_get_param(3, &value) < 0,
		  "param 3, which nothing uses, gives an error");
	report_rc(hypercall_set_param(HVM_PARAM_VM_GENERATION_ID_ADDR, 0x1000), 0,
		  "setting VM_GENERATION_ID_ADDR");
	report_rc(hypercall_get_param(HVM_PARAM_VM_GENERATION_ID_ADDR, &value), 0, "reading it");
	report_equal(value, 0x1000, "VM_GENERATION_ID_ADDR");
}

static void test_other_domain(void)
{
	struct xen_hvm_param p = { .domid = 0x1234, .index = HVM_PARAM_CALLBACK_IRQ };
	struct gnttab_query_size q = { .dom = DOMID_SELF };

	report_rc(hypercall_2(__HYPERVISOR_hvm_op, HVMOP_get_param, &p), -XEN_ESRCH,
		  "a param of a domain that does not exist");
	report_rc(hypercall_3(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, (unsigned long)&q,
			      (void *)1),
		  0, "grant_table query_size");
	report_ok(q.status == 0 && q.max_nr_frames >= q.nr_frames, "grant table: %u of %u frames",
		  q.nr_frames, q.max_nr_frames);
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 0, NULL), 1, "vCPU 0 is_up");
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 5000, NULL), -XEN_ENOENT,
		  "vCPU 5000 is_up");
	report_rc(hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL), 0, "yield");
}

/*
 * Each far place takes three new tables of the nested paging: the hypervisor runs out
 * of patience, with an error, long before it runs out of memory.
 */
static void test_far_places(void)
{
	struct xen_add_to_physmap map = { .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info };
	long rc = 0;
	unsigned int i;

	if (boot_option_is("peer", "xen")) {
		report_skip("Xen takes such tables from a pool of another size");
		return;
	}
	for (i = 0; i < 4096 && !rc; i++) {
		map.gpfn = (1UL << 30) + ((uint64_t)i << 18);
		rc = hypercall_2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map);
	}
	report_ok(i > 8 && rc == -XEN_ENOMEM, "one page shown at ever new places: %ld after %u", rc,
		  i);
	report_rc(version_op(XENVER_version, NULL), 0x40011, "the hypervisor goes on: version");
}

void guest_main(void)
{
	test_numbers();
	test_version();
	test_pointers();
	test_user();
	test_memory_map();
	test_params();
	test_other_domain();
	test_far_places();
}

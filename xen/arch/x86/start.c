/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot order of the hypervisor, from the boot loader to the guest's first instruction. */
#include <candor/support.h>
#include <drivers/ns16550.h>
#include <hv/console_input.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/optin.h>
#include <hv/printk.h>
#include <hv/pvconsole.h>
#include <hv/sched.h>
#include <hv/string.h>
#include <support-decision.h>

#include "acpi.h"
#include "boot.h"
#include "cpu.h"
#include "dombuild/dombuild.h"
#include "host.h"
#include "hostapic.h"
#include "mm.h"
#include "pcpu.h"
#include "smp.h"
#include "spec.h"
#include "svm/svm.h"
#include "time.h"
#include "traps.h"

#define COM1 0x3f8
#define GUEST_DOMID 1 /* unless it is the privileged one */
/* Left to the hypervisor: page tables, and what unpacking a kernel takes meanwhile. */
#define HOST_RESERVE (96ull << 20)
#define GUEST_MIN (16ull << 20)
#define CPUID_HYPERVISOR (1u << 31) /* 1 ecx: this is no bare machine */

_Static_assert(SUPPORT_ENABLED(vlapic), "no PVH guest without vlapic: change the policy");
_Static_assert(SUPPORT_ENABLED(pvh_guest), "nothing to start without pvh_guest: change the policy");

static struct boot_info boot;

const char *arch_host_cmdline(void)
{
	return boot.cmdline;
}

/*
 * liblzma is compiled with stack protection: its canary lies at %fs:0x28, as the
 * x86-64 psABI has it.
 */
static void set_canary(void)
{
	static uint64_t thread_area[6];

	thread_area[5] = rdtsc() * 0x9e3779b97f4a7c15ull & ~0xffull;
	wrmsr(MSR_FS_BASE, (uint64_t)thread_area);
}

static const char *parse_boot_info(uint32_t magic, uint32_t info)
{
	const char *error = "the boot loader's protocol is none this build has (Multiboot, "
			    "Multiboot2, as the policy says); use GRUB 2 and `multiboot2`";
	int rc = -XEN_EINVAL;

	if (SUPPORT_ENABLED(host_boot_multiboot2) && magic == MULTIBOOT2_MAGIC)
		rc = multiboot2_parse(info, &boot, &error);
	else if (SUPPORT_ENABLED(host_boot_multiboot1) && magic == MULTIBOOT1_MAGIC)
		rc = multiboot1_parse(info, &boot, &error);
	return rc ? error : NULL;
}

/* The guest's memory: as asked for, or most of what is free. */
static uint64_t guest_memory(void)
{
	uint64_t free = frames_nr_free() * PAGE_SIZE, size = boot_options.dom0_mem;

	if (!size)
		size = free > HOST_RESERVE + GUEST_MIN ? (free - HOST_RESERVE) / 256 * 255 : 0;
	size = ALIGN_DOWN(size, 2ull << 20);
	if (size > DOMBUILD_MOST_MEMORY) {
		printk(LOG_WARNING, "guest memory limited to %ld MiB", DOMBUILD_MOST_MEMORY >> 20);
		size = ALIGN_DOWN(DOMBUILD_MOST_MEMORY, 2ull << 20);
	}
	if (size < GUEST_MIN)
		boot_error("too little memory: %lu MiB free, a guest needs %llu MiB and the "
			   "hypervisor %llu MiB; give the machine more memory or set dom0_mem=",
			   free >> 20, GUEST_MIN >> 20, HOST_RESERVE >> 20);
	return size;
}

static struct domain *build_guest(struct dombuild_result *ret)
{
	const struct boot_module *kernel = &boot.module[0], *initrd = &boot.module[1];
	struct dombuild_config config = {
		.kernel = directmap(maddr(kernel->start)),
		.kernel_size = kernel->end - kernel->start,
		.cmdline = kernel->cmdline,
		.mem_size = guest_memory(),
		.nr_vcpus = boot_options.dom0_vcpus,
		.privileged = boot_options.dom0,
	};
	const struct domain_config domain = {
		.id = boot_options.dom0 ? 0 : GUEST_DOMID,
		.privileged = boot_options.dom0,
		.nr_vcpus = config.nr_vcpus,
		.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
		.max_grant_frames = -1,
		.max_maptrack_frames = -1,
		.max_pages = config.mem_size >> PAGE_SHIFT,
	};
	const char *error = "internal";
	struct domain *d;
	int rc;

	if (boot.nr_modules > 1) {
		config.initrd = directmap(maddr(initrd->start));
		config.initrd_size = initrd->end - initrd->start;
	}
	rc = domain_create(&domain, &d);
	if (rc)
		boot_error("cannot create the domain: error %d; give the machine more memory", -rc);
	rc = dombuild_pvh(d, &config, ret, &error);
	if (rc)
		boot_error("%s", error);
	memcpy(d->arch->map, ret->map, sizeof(ret->map));
	d->arch->nr_map = ret->nr_map;
	return d;
}

static void add_console(struct domain *d, const struct dombuild_result *result)
{
	enum p2m_type type;
	mfn_t ring = arch_p2m_lookup(d, result->console_gfn, &type);
	int rc;

	/* The privileged domain has the hypercall console; its ring would be its own to serve. */
	if (!SUPPORT_ENABLED(pv_console) || d->privileged)
		return;
	rc = pvconsole_create(d, result->console_gfn, ring);
	if (rc)
		printk(LOG_WARNING, "the guest has no PV console: error %d", -rc);
}

static void report_memory(const struct domain *d)
{
	uint64_t total = 0, guest = d->nr_pages, free = frames_nr_free();

	for (unsigned r = 0; r < boot.nr_ram; r++)
		total += (boot.ram[r].end - boot.ram[r].start) >> PAGE_SHIFT;

	printk(LOG_INFO, "memory: %lu MiB of RAM, guest %lu MiB, free %lu MiB, hypervisor %lu KiB",
	       total >> 8, guest >> 8, free >> 8, (total - guest - free) * 4);
}

static void start_cpus(void)
{
	int rc;

	spinlock_unfair = cpuid(1, 0).ecx & CPUID_HYPERVISOR;
	smp_init(&boot);
	if (boot_options.tsc_unstable)
		time_set_tsc_unstable();
	rc = sched_init(NULL);
	cpumask_for_each(id, &cpus_online) if (!rc) rc = sched_cpu_online(cpu_get(id));
	if (rc)
		boot_error("no scheduler: error %d; give the machine more memory", -rc);
	if (SUPPORT_ACTIVE(watchdog))
		watchdog_init();
}

/* Whatever a former system left in memory. */
static void scrub_memory(void)
{
	stime_t start = arch_now();

	while (frames_scrub())
		;
	printk(LOG_INFO, "memory: %lu MiB scrubbed in %ld ms", frames_nr_free() >> 8,
	       (long)((arch_now() - start) / NSEC_PER_MSEC));
}

/* Without a privileged domain there is nobody to read what is typed but the hypervisor. */
static void listen(const struct domain *d)
{
	console_input_init(d->privileged ? CONSOLE_INPUT_DOMAIN : CONSOLE_INPUT_HYPERVISOR);
	traps_listen();
	ns16550_listen();
}

static void start_guest(void)
{
	struct dombuild_result result;
	struct domain *d = build_guest(&result);

	for (unsigned i = 0; i < boot.nr_modules; i++)
		mm_free_module(&boot.module[i]);
	add_console(d, &result);
	domain_update_wallclock(d);
	report_memory(d);
	host_set_domain(d);
	if (SUPPORT_ACTIVE(console_input))
		listen(d);
	svm_set_pvh_entry(d->vcpu[0]->arch, result.entry, result.start_info);
	vcpu_update_time(d->vcpu[0]);
	vcpu_up(d->vcpu[0]);
	domain_unpause(d);
	d->paused_by_controller = false;
}

/* What this host runs that has no full support. */
static void report_support(void)
{
	if (SUPPORT_NR_OPT_IN)
		optin_report();
	else if (sizeof(SUPPORT_TAINT) > 1)
		printk(LOG_WARNING, "Taint: " SUPPORT_TAINT " (" SUPPORT_TAINT_IDS ")");
}

void x86_start(uint32_t magic, uint32_t info);

void x86_start(uint32_t magic, uint32_t info)
{
	const char *error;

	pcpu_init();
	error = parse_boot_info(magic, info);
	cmdline_parse(boot.cmdline);
	ns16550_init(COM1, boot_options.baud);
	printk_set_level((enum loglevel)boot_options.loglvl);
	printk(LOG_INFO, "Candor " CANDOR_VERSION ", policy " CANDOR_PROFILE ", booted by %s (%s)",
	       boot.protocol ? boot.protocol : "?", boot.loader);
	report_support();
	if (error)
		boot_error("%s", error);
	traps_init();
	spec_init();
	set_canary();
	acpi_init_nodes(boot.rsdp, boot.rsdp_size);
	mm_init(&boot);
	time_init();
	hostapic_init();
	error = svm_init();
	if (!error)
		error = svm_enable();
	if (error)
		boot_error("%s", error);
	acpi_init(boot.rsdp, boot.rsdp_size);
	start_cpus();
	if (!boot.nr_modules)
		boot_error("no boot module: the guest's kernel is missing; add it as the first "
			   "module (GRUB: module2, QEMU: -initrd)");
	if (boot_options.scrub == SCRUB_AT_BOOT)
		scrub_memory();
	start_guest();
	svm_loop();
}

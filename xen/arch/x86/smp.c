/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts the other CPUs: state and stacks for each, INIT to all, a start-up message to all
 * and a second one to those that have not answered (SDM volume 3, 8.4.4.1), so that many take
 * no longer than few. Which thread, core, socket and NUMA node each is comes from CPUID of the boot
 * CPU, whose sizes all share, and from the firmware's tables.
 */
#include "smp.h"

#include <arch/arch.h>
#include <candor/support.h>
#include <hv/printk.h>
#include <hv/string.h>

#include "acpi.h"
#include "cpu.h"
#include "hostapic.h"
#include "mm.h"
#include "svm/svm.h"
#include "time.h"
#include "traps.h"
#include "tsc_sync.h"

SUPPORT_PROVIDES(host_smp, "x86");

#define INIT_DELAY (10 * NSEC_PER_MSEC)
#define SIPI_DELAY (NSEC_PER_MSEC / 5)
#define ANSWER_TIMEOUT (10 * NSEC_PER_SEC) /* emulators of many CPUs take their time */
#define LOW_FIRST 0x1000u
#define LOW_LAST 0x9f000u

extern const char trampoline_start[], trampoline_end[];

struct smp_start smp_starts[X86_MAX_CPUS];
uint32_t smp_nr_starts;
uint64_t smp_cr3;

static void wait(stime_t ns)
{
	stime_t end = arch_now() + ns;

	while (arch_now() < end)
		cpu_relax();
}

static bool overlaps(uint64_t page, uint64_t start, uint64_t end)
{
	return page < end && start < page + PAGE_SIZE;
}

static bool page_usable(const struct boot_info *bi, uint64_t page)
{
	bool ram = false;

	for (unsigned r = 0; r < bi->nr_ram; r++)
		ram |= bi->ram[r].start <= page && page + PAGE_SIZE <= bi->ram[r].end;
	for (unsigned m = 0; m < bi->nr_modules; m++)
		ram &= !overlaps(page, bi->module[m].start, bi->module[m].end);
	return ram;
}

/* A page below 1 MiB for the trampoline: the highest, away from what a BIOS keeps; 0: none. */
static uint64_t low_page(const struct boot_info *bi)
{
	for (uint64_t page = LOW_LAST - PAGE_SIZE; page >= LOW_FIRST; page -= PAGE_SIZE)
		if (page_usable(bi, page))
			return page;
	return 0;
}

/* Shifts of the APIC id that leave core and socket (APM volume 3, E.4.7; volume 2, 16.1). */
struct topology {
	unsigned core_shift, socket_shift;
};

static struct topology read_topology(void)
{
	struct topology t = { 0, 0 };
	struct cpuid_regs threads, cores;

	if (cpuid(0, 0).eax >= 0xb) {
		threads = cpuid(0xb, 0);
		cores = cpuid(0xb, 1);
		if ((threads.ebx & 0xffff) && (cores.ebx & 0xffff)) {
			t.core_shift = threads.eax & 31;
			t.socket_shift = cores.eax & 31;
			return t;
		}
	}
	if (cpuid(0x80000000, 0).eax >= 0x80000008)
		t.socket_shift = cpuid(0x80000008, 0).ecx >> 12 & 15;
	return t;
}

static unsigned node_of(uint32_t apic_id)
{
	for (unsigned i = 0; i < acpi_info.nr_cpus; i++)
		if (acpi_info.apic_id[i] == apic_id && acpi_info.node[i] != ACPI_NO_NODE)
			return acpi_info.node[i];
	return 0;
}

static void place(struct pcpu *cpu, const struct topology *t)
{
	cpu->cpu.core = cpu->apic_id >> t->core_shift;
	cpu->cpu.socket = cpu->apic_id >> t->socket_shift;
	cpu->cpu.node = node_of(cpu->apic_id);
}

static bool create_exception_stacks(struct pcpu *cpu)
{
	for (unsigned i = 0; i < NR_IST; i++) {
		void *top = mm_stack_create(IST_STACK_SIZE);

		if (!top)
			return false;
		traps_set_stack(cpu, i, top);
	}
	return true;
}

/* State and stacks for one more; false: out of memory. */
static bool add(uint32_t apic_id, const struct topology *t)
{
	void *stack = mm_stack_create(STACK_SIZE);
	struct pcpu *cpu = stack ? pcpu_create(apic_id) : NULL;

	if (!cpu || !create_exception_stacks(cpu))
		return false;
	place(cpu, t);
	smp_starts[smp_nr_starts++] = (struct smp_start){ apic_id, stack, cpu };
	return true;
}

static void add_all(const struct topology *t)
{
	unsigned max = MIN(boot_options.max_cpus, (unsigned)PCPU_MOST);
	unsigned left_out = acpi_info.nr_cpus_dropped;

	for (unsigned i = 0; i < acpi_info.nr_cpus; i++) {
		uint32_t apic_id = acpi_info.apic_id[i];

		if (apic_id == this_cpu()->apic_id)
			continue;
		if (1 + smp_nr_starts >= max || !add(apic_id, t))
			left_out++;
	}
	if (left_out)
		printk(LOG_WARNING, "%u of %u CPUs are not used", left_out,
		       acpi_info.nr_cpus + acpi_info.nr_cpus_dropped);
}

static bool answered(const struct pcpu *cpu)
{
	return __atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE) != PCPU_STARTING;
}

static bool all_answered(void)
{
	for (unsigned i = 0; i < smp_nr_starts; i++)
		if (!answered(smp_starts[i].cpu))
			return false;
	return true;
}

static void send_startup(uint64_t page)
{
	for (unsigned i = 0; i < smp_nr_starts; i++)
		if (!answered(smp_starts[i].cpu))
			hostapic_startup_ipi(smp_starts[i].apic_id, (uint8_t)(page >> PAGE_SHIFT));
}

static void send_messages(uint64_t page)
{
	stime_t end;

	for (unsigned i = 0; i < smp_nr_starts; i++)
		hostapic_init_ipi(smp_starts[i].apic_id);
	wait(INIT_DELAY);
	send_startup(page);
	wait(SIPI_DELAY);
	send_startup(page);
	end = arch_now() + ANSWER_TIMEOUT;
	while (!all_answered() && arch_now() < end)
		cpu_relax();
}

/* Count those that came; those that did not will halt if they ever do. */
static void take_in(void)
{
	for (unsigned i = 0; i < smp_nr_starts; i++) {
		struct pcpu *cpu = smp_starts[i].cpu;
		uint32_t state = PCPU_STARTING;

		if (__atomic_compare_exchange_n(&cpu->state, &state, PCPU_LEFT_OUT, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			printk(LOG_WARNING, "CPU with APIC id %u does not start: not used",
			       cpu->apic_id);
		else if (state == PCPU_ONLINE)
			pcpu_set_online(cpu);
	}
}

void smp_init(const struct boot_info *bi)
{
	struct topology t = read_topology();
	uint64_t page = low_page(bi);

	place(this_cpu(), &t);
	if (!create_exception_stacks(this_cpu()))
		boot_error("out of memory for stacks; give the machine more memory");
	smp_cr3 = mm_cr3();
	if (page && SUPPORT_ENABLED(host_smp))
		add_all(&t);
	if (smp_nr_starts) {
		memcpy(directmap(maddr(page)), trampoline_start,
		       (uint64_t)trampoline_end - (uint64_t)trampoline_start);
		send_messages(page);
		take_in();
		tsc_sync_all();
	}
	printk(LOG_INFO, "CPUs: %u online, %u NUMA node%s", cpumask_weight(&cpus_online),
	       arch_nr_nodes(), arch_nr_nodes() == 1 ? "" : "s");
}

void smp_secondary_start(struct pcpu *cpu);

/* Called by trampoline.S on the new CPU's own stack. */
void smp_secondary_start(struct pcpu *cpu)
{
	uint32_t state = PCPU_STARTING;
	const char *error;

	pcpu_set_current(cpu);
	traps_init_cpu();
	error = hostapic_init_secondary() ? svm_enable() : "its local APIC is in another mode";
	if (error)
		printk(LOG_WARNING, "CPU %u: %s", cpu->cpu.id, error);
	if (error || !__atomic_compare_exchange_n(&cpu->state, &state, PCPU_ONLINE, false,
						  __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		for (;;)
			__asm__ volatile("cli; hlt");
	}
	svm_loop();
}

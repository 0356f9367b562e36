/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen_version: what the hypervisor says of itself to a guest. */
#include <candor/support.h>

#include <stdint.h>

#include <xen/features.h>
#include <xen/version.h>

#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/nospec.h>
#include <hv/optin.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <arch/arch.h>

#include <support-decision.h>

#include "subop.h"

/* True of us: see xen/features.h. Nothing else is. */
#define FEATURES                                                                          \
	((1u << XENFEAT_writable_page_tables) | (1u << XENFEAT_auto_translated_physmap) | \
	 (1u << XENFEAT_hvm_callback_vector) | (1u << XENFEAT_hvm_safe_pvclock) |         \
	 (1u << XENFEAT_not_direct_mapped))

typedef long version_fn(struct vcpu *v, uint64_t ptr);

static long get_version(struct vcpu *v, uint64_t ptr)
{
	return HV_ABI_VERSION;
}

/* Copy a text into a guest buffer that the ABI makes @size bytes. */
static long put_text(struct vcpu *v, uint64_t ptr, const char *text, size_t size)
{
	size_t len = strnlen(text, size - 1);

	if (arch_copy_to_guest(v, ptr, text, len) || arch_copy_to_guest(v, ptr + len, "", 1))
		return -XEN_EFAULT;
	return 0;
}

static long get_extraversion(struct vcpu *v, uint64_t ptr)
{
	static const xen_extraversion_t extraversion = HV_EXTRAVERSION;

	return arch_copy_to_guest(v, ptr, extraversion, sizeof(extraversion));
}

static long get_compile_info(struct vcpu *v, uint64_t ptr)
{
	/* Neither who, where nor when: the same source gives the same image. */
	static const struct xen_compile_info info = {
		.compiler = HV_COMPILER,
		.compile_by = "candor",
	};

	return arch_copy_to_guest(v, ptr, &info, sizeof(info));
}

static long get_capabilities(struct vcpu *v, uint64_t ptr)
{
	return put_text(v, ptr, arch_capabilities(), sizeof(xen_capabilities_info_t));
}

void support_taint(char ret_letters[OPTIN_TAINT_SIZE])
{
	static const char fixed[] = SUPPORT_TAINT;

	_Static_assert(sizeof(fixed) <= OPTIN_TAINT_SIZE, "a letter once");
	if (SUPPORT_NR_OPT_IN)
		optin_taint(ret_letters, NULL, 0);
	else
		memcpy(ret_letters, fixed, sizeof(fixed));
}

void hv_changeset(char ret_text[HV_CHANGESET_SIZE])
{
	char letters[OPTIN_TAINT_SIZE];

	support_taint(letters);
	hv_snprintf(ret_text, HV_CHANGESET_SIZE, "%.16s %.19s taint:%s", CANDOR_PROFILE,
		    SUPPORT_DECISION, *letters ? letters : "none");
}

static long get_changeset(struct vcpu *v, uint64_t ptr)
{
	xen_changeset_info_t changeset = { 0 };

	_Static_assert(sizeof(changeset) == HV_CHANGESET_SIZE, "xen/version.h");
	hv_changeset(changeset);
	return arch_copy_to_guest(v, ptr, changeset, sizeof(changeset));
}

/* No part of a translated guest's address space is the hypervisor's. */
static long get_platform_parameters(struct vcpu *v, uint64_t ptr)
{
	static const struct xen_platform_parameters parameters = { .virt_start = 0 };

	return arch_copy_to_guest(v, ptr, &parameters, sizeof(parameters));
}

static long get_features(struct vcpu *v, uint64_t ptr)
{
	struct xen_feature_info info;

	if (arch_copy_from_guest(v, &info, ptr, sizeof(info)))
		return -XEN_EFAULT;
	if (info.submap_idx >= XENFEAT_NR_SUBMAPS)
		return -XEN_EINVAL;
	info.submap = FEATURES | (v->domain->privileged ? 1u << XENFEAT_dom0 : 0);
	return arch_copy_to_guest(v, ptr, &info, sizeof(info));
}

static long get_pagesize(struct vcpu *v, uint64_t ptr)
{
	return ptr ? -XEN_EINVAL : (long)PAGE_SIZE;
}

static long get_guest_handle(struct vcpu *v, uint64_t ptr)
{
	return arch_copy_to_guest(v, ptr, v->domain->handle, sizeof(v->domain->handle));
}

/* How the host was booted is the administrator's business. */
static long get_commandline(struct vcpu *v, uint64_t ptr)
{
	if (!v->domain->privileged)
		return -XEN_EPERM;
	return put_text(v, ptr, arch_host_cmdline(), sizeof(xen_commandline_t));
}

static long get_build_id(struct vcpu *v, uint64_t ptr)
{
	return -XEN_ENODATA;
}

static version_fn *const version_fns[] = {
	[XENVER_version] = get_version,
	[XENVER_extraversion] = get_extraversion,
	[XENVER_compile_info] = get_compile_info,
	[XENVER_capabilities] = get_capabilities,
	[XENVER_changeset] = get_changeset,
	[XENVER_platform_parameters] = get_platform_parameters,
	[XENVER_get_features] = get_features,
	[XENVER_pagesize] = get_pagesize,
	[XENVER_guest_handle] = get_guest_handle,
	[XENVER_commandline] = get_commandline,
	[XENVER_build_id] = get_build_id,
};

hypercall_fn hc_xen_version;
long hc_xen_version(struct vcpu *v, const struct hypercall *call)
{
	uint32_t cmd = (uint32_t)call->arg[0];

	if (cmd >= ARRAY_SIZE(version_fns))
		return -XEN_ENOSYS;
	cmd = (uint32_t)nospec_index(cmd, ARRAY_SIZE(version_fns));
	/* virt_start is an unsigned long: the one layout that depends on the mode. */
	if (call->compat && cmd == XENVER_platform_parameters)
		return -XEN_ENOSYS;
	return version_fns[cmd](v, guest_ptr(call, call->arg[1]));
}

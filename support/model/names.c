/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's enumerations as people write them. */
#include "model/model.h"

const char *model_level_name(enum level level)
{
	static const char *const names[NR_LEVELS] = {
		[LEVEL_UNKNOWN] = "unknown",
		[LEVEL_LIST] = "list",
		[LEVEL_NOT_SUPPORTED] = "Not supported",
		[LEVEL_EXPERIMENTAL] = "Experimental",
		[LEVEL_TECH_PREVIEW] = "Tech Preview",
		[LEVEL_DEPRECATED] = "Deprecated",
		[LEVEL_SUPPORTED] = "Supported",
	};

	return names[level];
}

const char *model_security_name(enum security security)
{
	static const char *const names[NR_SECURITIES] = {
		[SECURITY_UNKNOWN] = "unknown", [SECURITY_NO] = "no",
		[SECURITY_CAVEATS] = "caveats", [SECURITY_EXTERNAL] = "external",
		[SECURITY_YES] = "yes",
	};

	return names[security];
}

const char *model_diversion_name(enum diversion diversion)
{
	static const char *const names[NR_DIVERSIONS] = {
		"not security supported",
		"security support external",
		"with caveats",
		"with limited support",
		"not recommended",
		"condition",
		"other",
	};

	for (unsigned int i = 0; i < NR_DIVERSIONS; i++) {
		if (diversion == 1u << i)
			return names[i];
	}
	return "none";
}

const char *model_oddity_name(enum oddity_kind kind)
{
	static const char *const names[NR_ODDITY_KINDS] = {
		[ODDITY_LOST_STATUS] = "lost status",
		[ODDITY_MISSPELT_KEY] = "misspelt key",
		[ODDITY_UNKNOWN_KEY] = "unknown key",
		[ODDITY_WRAPPED] = "wrapped",
		[ODDITY_FENCED] = "fenced",
		[ODDITY_MARKDOWN] = "markdown",
		[ODDITY_ATTRIBUTES] = "attributes",
		[ODDITY_OUTSIDE] = "outside",
		[ODDITY_MISSING_PART] = "missing part",
		[ODDITY_BAD_BYTE] = "bad byte",
	};

	return names[kind];
}

const char *model_state_name(enum feature_state state)
{
	static const char *const names[NR_FEATURE_STATES] = {
		[FEATURE_PLANNED] = "planned",
		[FEATURE_BUILT] = "built",
		[FEATURE_REMOVED] = "removed",
	};

	return names[state];
}

const char *model_annotation_name(enum annotation_kind kind)
{
	static const char *const names[NR_ANNOTATION_KINDS] = {
		[ANNOTATION_PROVIDES] = "provides", [ANNOTATION_REFUSES] = "refuses",
		[ANNOTATION_LIMIT] = "limit",	    [ANNOTATION_TEST] = "test",
		[ANNOTATION_ENABLED] = "enabled",   [ANNOTATION_ACTIVE] = "active",
	};

	return names[kind];
}

const char *model_channel_name(enum channel channel)
{
	static const char *const names[NR_CHANNELS] = {
		[CHANNEL_UNKNOWN] = "unknown",
		[CHANNEL_UNSTABLE] = "unstable",
		[CHANNEL_RELEASE] = "release",
		[CHANNEL_SECURITY] = "security-only",
	};

	return names[channel];
}

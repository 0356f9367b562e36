/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One document as JSON, or the same as YAML. */
#ifndef CANDOR_TOOLS_HOST_DOCUMENT_H
#define CANDOR_TOOLS_HOST_DOCUMENT_H

#include "base/strbuf.h"
#include "document/doc.h"

enum doc_format {
	DOC_JSON,
	DOC_YAML,
};

/**
 * Add @json, a whole document of ours, to @out in @format, and reset @json. What memory did
 * not suffice for shows in @out->failed.
 */
void document_add(struct strbuf *out, struct strbuf *json, enum doc_format format);

#endif

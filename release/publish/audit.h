/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The check of `candor check`, run on what a release is made from. */
#ifndef CANDOR_PUBLISH_AUDIT_H
#define CANDOR_PUBLISH_AUDIT_H

#include "publish/inputs.h"
#include "tarball/source.h"

struct model;

/**
 * Check what git holds at HEAD, not what lies on disk, as `candor check` would in a
 * folder that holds nothing else: by its candor.yaml if it has one, with its waivers;
 * and with it the lock in @in and the records of the ELF files among @in->images. Returns 0 with
 * *@ret_model NULL when HEAD has neither registry, statement nor candor.yaml, or with the checked
 * model, whose errors are findings (caller destroys). Returns -errno with trouble noted when it
 * could not be done.
 */
int audit_run(const struct release_options *options, struct source *source, const struct inputs *in,
	      struct trouble *trouble, struct model **ret_model);

#endif

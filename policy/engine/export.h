/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decision in the forms that other tools read. The same decision gives the same
 * bytes; features are in the order of their ids.
 */
#ifndef CANDOR_POLICY_EXPORT_H
#define CANDOR_POLICY_EXPORT_H

#include "engine/policy.h"

/** A meson.options file: a boolean option feature_ID for each feature. */
void export_meson(const struct resolution *r, const struct lockfile *lock, struct strbuf *out);

/** A file of Ansible variables: candor_profile, candor_decision, candor_features. */
void export_ansible(const struct resolution *r, const struct lockfile *lock, struct strbuf *out);

/** "enable ID" and "disable ID" lines, as in systemd.preset(5), and "disable *". */
void export_preset(const struct resolution *r, const struct lockfile *lock, struct strbuf *out);

#endif

/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evaluation in a process of its own: no files, no memory beyond its share, one
 * second of processor time (and one more for each 20,000 features), and a system call filter that
 * leaves it little more than writing to one pipe. What comes back is checked field by field: a
 * child that was taken over can at worst answer like another policy.
 */
#ifndef CANDOR_POLICY_CHILD_H
#define CANDOR_POLICY_CHILD_H

#include "engine/host.h"

#define CHILD_WALL_SECONDS 20u /* for a machine too busy to give a second */

/**
 * host_run() with host_limits_for() the features in a child process. Returns 0 with
 * @ret_answers (reset after use), -EINVAL with @ret_failure, or another -errno
 * when no child could be made.
 */
int child_run(const struct host_input *in, struct answers *ret_answers,
	      struct host_failure *ret_failure);

/**
 * Give up files, memory, time and system calls for good, but for what judging
 * this many features takes. For child_run() and the test that tries to break
 * out. 0 or -errno.
 */
int child_confine(int keep_fd, size_t nr_features);

#endif

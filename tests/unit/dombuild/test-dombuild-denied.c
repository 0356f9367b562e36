/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A build whose policy denies pvh_bzimage: linked without bzimage.c, unxz.c
 * and liblzma, it still loads ELF and says why it refuses the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <hv/errno.h>

#include "images.h"
#include "mock.h"
#include "private.h"
#include "ram.h"

static struct domain no_domain;

static int load(const void *data, size_t size, const char **ret_error)
{
	struct guest_ram *ram = ram_create(0x300000);
	struct elf_image image;
	int rc = image_load(data, size, ram, &image, ret_error);

	free(ram);
	return rc;
}

static void test_refuses_with_a_reason(void **state)
{
	uint8_t elf[IMAGE_SIZE], *bzimage;
	const char *error = "";
	size_t size;

	mock_start(0, 0);
	image_make(elf, true);
	assert_int_equal(load(elf, sizeof(elf), &error), 0);
	bzimage = image_bzimage(elf, sizeof(elf), &size);
	assert_int_equal(load(bzimage, size, &error), -XEN_EOPNOTSUPP);
	assert_non_null(strstr(error, "bzImage and this build's policy"));
	free(bzimage);
	assert_int_equal(load("\xfd"
			      "7zXZ\0",
			      6, &error),
			 -XEN_EOPNOTSUPP);
	assert_non_null(strstr(error, "xz and this build's policy"));
	mock_stop(&no_domain);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_refuses_with_a_reason) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

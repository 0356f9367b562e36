/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the two sections with libelf. An image whose sections cannot be walked
 * to the end is refused whole: a part of the records proves nothing.
 */
#include "engine/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gelf.h>
#include <libelf.h>

#include "base/complain.h"
#include "base/file.h"
#include "extract/extract.h"

static const char remedy[] =
	"name an image built by this tree, such as build/supported/xen/arch/x86/candor.elf";

static int refuse(struct strbuf *err, const char *path, const char *why)
{
	complain(err, (struct place){ path, 0 }, remedy, "%s", why);
	return -EINVAL;
}

void image_close(struct image *image)
{
	if (!image)
		return;
	lockfile_destroy(image->lock);
	strbuf_reset(&image->lock_wrong);
	model_destroy(image->model);
	free(image->path);
	free(image);
}

static int take_lock(struct image *image, const char *data, size_t size)
{
	int rc;

	if (image->has_lock) {
		complain(&image->lock_wrong, (struct place){ image->path, 0 }, "rebuild the image",
			 "has more than one section .candor.lock");
		lockfile_destroy(image->lock);
		image->lock = NULL;
		return 0;
	}
	image->has_lock = true;
	rc = lockfile_parse_records(image->path, data, size, &image->lock, &image->lock_wrong);
	return rc == -EINVAL ? 0 : rc;
}

static int take_section(struct image *image, Elf *elf, size_t names, Elf_Scn *section,
			struct strbuf *err)
{
	GElf_Shdr header;
	const char *name =
		gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
	Elf_Data *data;
	bool is_lock;

	if (!name)
		return refuse(err, image->path, "has a section without a sound name");
	is_lock = !strcmp(name, ".candor.lock");
	if (!is_lock && strcmp(name, ".candor.support"))
		return 0;
	data = elf_rawdata(section, NULL);
	if (header.sh_type == SHT_NOBITS || !data || (data->d_size && !data->d_buf))
		return refuse(err, image->path, "is cut off: a section of records lies outside it");
	if (is_lock)
		return take_lock(image, data->d_size ? data->d_buf : "", data->d_size);
	if (!data->d_size)
		return 0;
	return records_parse(image->model, image->path, data->d_buf, data->d_size);
}

/* Whether the table of sections that the header promises lies within the file. */
static bool table_is_whole(Elf *elf, size_t size)
{
	GElf_Ehdr header;
	size_t nr;

	if (!gelf_getehdr(elf, &header) || elf_getshdrnum(elf, &nr))
		return false;
	if (!header.e_shoff)
		return true; /* none is promised */
	if (!nr || !header.e_shentsize || header.e_shoff > size)
		return false;
	return nr <= (size - header.e_shoff) / header.e_shentsize;
}

static int take_sections(struct image *image, Elf *elf, size_t size, struct strbuf *err)
{
	Elf_Scn *section = NULL;
	size_t names, nr = 0, nr_seen = 1;
	int rc = 0;

	if (!table_is_whole(elf, size))
		return refuse(err, image->path,
			      "is cut off: its table of sections lies outside it");
	if (elf_getshdrnum(elf, &nr) || elf_getshdrstrndx(elf, &names))
		return refuse(err, image->path, "has no sound table of sections");
	while (!rc && (section = elf_nextscn(elf, section))) {
		nr_seen++;
		rc = take_section(image, elf, names, section, err);
	}
	if (!rc && nr && nr_seen != nr)
		return refuse(err, image->path, "is cut off: its table of sections is incomplete");
	return rc;
}

static int take_elf(struct image *image, char *data, size_t size, struct strbuf *err)
{
	Elf *elf;
	int rc;

	elf_version(EV_CURRENT);
	elf = elf_memory(data, size);
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		rc = refuse(err, image->path, "is not an ELF file");
	else
		rc = take_sections(image, elf, size, err);
	elf_end(elf);
	return rc;
}

int image_parse(const char *path, char *data, size_t size, struct image **ret_image,
		struct strbuf *err)
{
	struct image *image = calloc(1, sizeof(*image));
	int rc = -ENOMEM;

	if (!image)
		return -ENOMEM;
	image->path = strdup(path);
	image->model = model_create();
	if (image->path && image->model)
		rc = size ? take_elf(image, data, size, err) : refuse(err, path, "is empty");
	if (!rc)
		rc = model_link(image->model);
	if (rc) {
		image_close(image);
		return rc;
	}
	*ret_image = image;
	return 0;
}

int image_open(const char *path, struct image **ret_image, struct strbuf *err)
{
	char *data;
	size_t size;
	int rc = file_read(path, IMAGE_SIZE_MAX, &data, &size);

	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		complain(err, (struct place){ path, 0 }, "name a readable file of at most 1 GiB",
			 "cannot be read: %s", strerror(-rc));
		return -EINVAL;
	}
	rc = image_parse(path, data, size, ret_image, err);
	free(data);
	return rc;
}

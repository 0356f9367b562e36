/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the sections .candor.support and .candor.lock with libelf. Archives are
 * taken apart here, so that libelf sees one object at a time, in memory of its
 * own: an archive aligns its members to two bytes only.
 */
#include "extract/extract.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include <gelf.h>
#include <libelf.h>

#include "base/file.h"
#include "private.h"

#define OBJECT_MAX ((size_t)1 << 30)

/* Layout of a member's header, from <ar.h>: all text, blank-padded. */
#define AR_HEADER_SIZE 60
#define AR_NAME_SIZE 16
#define AR_SIZE_OFFSET 48
#define AR_SIZE_SIZE 10
#define AR_END_OFFSET 58

static void report_bad(struct model *m, const char *path, const char *what)
{
	const char *name = model_copy(m, path, strlen(path));

	model_report(m, SEVERITY_ERROR, "bad-object", (struct pos){ name, 0, 0 },
		     "name ELF objects, archives or executables", "%s", what);
}

/* Sections of our two names; anything else about the file is not our business. */
static int read_sections(struct model *m, const char *path, Elf *elf)
{
	size_t names;
	Elf_Scn *section = NULL;
	int rc = 0;

	if (elf_getshdrstrndx(elf, &names)) {
		report_bad(m, path, "it has no section names");
		return 0;
	}
	while (!rc && (section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		const char *name = gelf_getshdr(section, &header)
					   ? elf_strptr(elf, names, header.sh_name)
					   : NULL;
		bool is_lock = name && !strcmp(name, ".candor.lock");
		Elf_Data *data;

		if (!name || (!is_lock && strcmp(name, ".candor.support")))
			continue;
		data = elf_rawdata(section, NULL);
		if (header.sh_type == SHT_NOBITS || !data || (data->d_size && !data->d_buf))
			report_bad(m, path, "a section of records lies outside the file");
		else if (!data->d_size)
			continue;
		else if (is_lock)
			rc = lock_parse_records(m, path, data->d_buf, data->d_size);
		else
			rc = records_parse(m, path, data->d_buf, data->d_size);
	}
	return rc;
}

static int parse_object(struct model *m, const char *path, const char *data, size_t size)
{
	char *copy;
	Elf *elf;
	int rc = 0;

	elf_version(EV_CURRENT);
	copy = malloc(size);
	if (!copy) {
		m->out_of_memory = true;
		return -ENOMEM;
	}
	memcpy(copy, data, size);
	elf = elf_memory(copy, size);
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		report_bad(m, path, "it is no sound ELF file");
	else
		rc = read_sections(m, path, elf);
	elf_end(elf);
	free(copy);
	return rc;
}

static bool is_elf(const char *data, size_t size)
{
	return size >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG);
}

/* Archives */

struct archive {
	struct model *m;
	const char *path;
	const char *data;
	size_t size;
	struct span long_names; /* of the member "//" */
	bool is_thin;
	bool may_follow; /* members of a thin archive are files beside it */
};

static bool parse_decimal(const char *text, size_t size, size_t *ret_value)
{
	size_t value = 0, i = 0;

	while (i < size && text[i] >= '0' && text[i] <= '9')
		value = value * 10 + (size_t)(text[i++] - '0');
	*ret_value = value;
	return i && i <= 10 && (i == size || strchr(" /\n", text[i]));
}

/* A member's name: in its header, or by "/OFFSET" in the table of long ones. */
static char *member_name(const struct archive *a, const char *header)
{
	size_t offset, size;
	const char *name = header;

	if (header[0] == '/' && parse_decimal(header + 1, AR_NAME_SIZE - 1, &offset) &&
	    offset < a->long_names.size) {
		name = a->long_names.data + offset;
		for (size = 0; offset + size < a->long_names.size; size++) {
			if (name[size] == '\n')
				break;
		}
		if (size && name[size - 1] == '/')
			size--;
	} else {
		for (size = 0; size < AR_NAME_SIZE && name[size] != '/'; size++)
			;
	}
	return model_copy(a->m, name, size);
}

static int follow_member(const struct archive *a, const char *name)
{
	char *copy = strdup(a->path);
	const char *path;
	char *data;
	size_t size;
	int rc;

	if (!copy)
		return -ENOMEM;
	path = *name == '/' ? name : model_printf(a->m, "%s/%s", dirname(copy), name);
	free(copy);
	if (!path)
		return -ENOMEM;
	rc = file_read(path, OBJECT_MAX, &data, &size);
	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		report_bad(a->m, path, "a member of a thin archive cannot be read");
		return 0;
	}
	if (is_elf(data, size))
		rc = parse_object(a->m, path, data, size);
	free(data);
	return rc;
}

static int parse_member(struct archive *a, const char *header, const char *data, size_t size)
{
	char *name;

	if (!memcmp(header, "// ", 3)) {
		a->long_names = (struct span){ data, size };
		return 0;
	}
	if (!memcmp(header, "/ ", 2) || !memcmp(header, "/SYM64/", 7))
		return 0;
	name = member_name(a, header);
	if (!name)
		return -ENOMEM;
	if (a->is_thin)
		return a->may_follow ? follow_member(a, name) : 0;
	if (!is_elf(data, size))
		return 0;
	name = model_printf(a->m, "%s(%s)", a->path, name);
	return name ? parse_object(a->m, name, data, size) : -ENOMEM;
}

static int parse_archive(struct archive *a)
{
	size_t at = 8;
	int rc = 0;

	while (at < a->size && !rc) {
		const char *header = a->data + at;
		size_t size, stored;
		bool is_table;

		if (a->size - at < AR_HEADER_SIZE || memcmp(header + AR_END_OFFSET, "`\n", 2) ||
		    !parse_decimal(header + AR_SIZE_OFFSET, AR_SIZE_SIZE, &size)) {
			report_bad(a->m, a->path, "the archive is damaged");
			return 0;
		}
		is_table = header[0] == '/' && (header[1] < '0' || header[1] > '9');
		stored = a->is_thin && !is_table ? 0 : size;
		at += AR_HEADER_SIZE;
		if (stored > a->size - at) {
			report_bad(a->m, a->path, "the archive is cut short");
			return 0;
		}
		rc = parse_member(a, header, a->data + at, stored);
		at += stored + (stored & 1);
	}
	return rc;
}

static int parse_file(struct model *m, const char *path, const char *data, size_t size,
		      bool may_follow)
{
	struct archive a = { m, path, data, size, { NULL, 0 }, false, may_follow };

	if (size >= 8 && (!memcmp(data, "!<arch>\n", 8) || !memcmp(data, "!<thin>\n", 8))) {
		a.is_thin = data[2] == 't';
		return parse_archive(&a);
	}
	if (is_elf(data, size))
		return parse_object(m, path, data, size);
	report_bad(m, path, "it is neither an ELF file nor an archive");
	return 0;
}

int elf_parse(struct model *m, const char *path, const char *data, size_t size)
{
	return parse_file(m, path, data, size, false);
}

int elf_read(struct model *m, const char *path)
{
	size_t size;
	char *data;
	int rc = file_read(path, OBJECT_MAX, &data, &size);

	if (rc)
		return rc;
	rc = parse_file(m, path, data, size, true);
	free(data);
	return rc;
}

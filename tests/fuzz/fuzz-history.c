/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The git history reader. An input describes a repository, which is written to a
 * folder in memory where there is one: plain objects under their true names, so that
 * garbled commits, trees and blobs are reached, raw bytes as loose objects and as a
 * pack, and the branch. Then every question is asked of it.
 *
 * Records of an input, each a letter, a size in two bytes, and that many bytes:
 *
 *	b  a blob           t  a tree, "@" + two digits for the id of an earlier object
 *	c  a commit, as t   z  a loose object's bytes as they are, under the id of the
 *	p  a pack              object before
 *	i  a pack's index   r  what refs/heads/main holds, "@" as in t; else the last
 *	s  .git/shallow        object it is
 *
 * A pack comes in as by a clone: what git's indexer refuses is not there. An index as it is
 * lies beside the pack as it is in a second repository, which is opened and no more: that
 * looks at every index. (What lies in a garbled pack is not read there: libgit2 1.5 may look
 * for the end of a cut stream for ever; the commands have a limit of time for that.)
 */
#include <ftw.h>
#include <git2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#include "base/arena.h"
#include "base/file.h"
#include "emit/questions.h"
#include "query/timeline.h"

#define NR_OBJECTS_MAX 64

/** How the address sanitizer works. Returns its options. */
const char *__asan_default_options(void);

/* To know who allocated: libgit2 has no frame pointers. */
const char *__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

/** What the leak sanitizer leaves alone. Returns its rules. */
const char *__lsan_default_suppressions(void);

/* libgit2 1.5 forgets the reference when what it points at cannot be read. */
const char *__lsan_default_suppressions(void)
{
	return "leak:git_reference__alloc\n";
}

struct maker {
	git_repository *repo;
	git_odb *odb;
	git_oid ids[NR_OBJECTS_MAX];
	size_t nr;
	struct strbuf head;
	bool has_index;
};

/* Of this process, with the repository of the input at hand. */
static char folder[64];

static void make_path(const char *name, char path[256])
{
	snprintf(path, 256, "%s/%s", folder, name);
}

/* The text with "@NN" replaced by the id of object NN: in hex, or as bytes in trees. */
static void expand(const struct maker *m, const uint8_t *data, size_t size, git_object_t type,
		   struct strbuf *sb)
{
	for (size_t i = 0; i < size; i++) {
		size_t at = i + 2 < size ? (size_t)(data[i + 1] - '0') * 10 + data[i + 2] - '0' : 0;
		char hex[GIT_OID_HEXSZ + 1];

		if (data[i] != '@' || i + 2 >= size || at >= m->nr) {
			strbuf_add(sb, (const char *)data + i, 1);
			continue;
		}
		git_oid_tostr(hex, sizeof(hex), &m->ids[at]);
		if (type == GIT_OBJECT_TREE)
			strbuf_add(sb, (const char *)m->ids[at].id, GIT_OID_RAWSZ);
		else
			strbuf_puts(sb, hex);
		i += 2;
	}
}

static void add_object(struct maker *m, git_object_t type, const uint8_t *data, size_t size)
{
	struct strbuf sb = STRBUF_INIT;

	expand(m, data, size, type, &sb);
	if (m->nr < NR_OBJECTS_MAX &&
	    !git_odb_write(&m->ids[m->nr], m->odb, sb.data ? sb.data : "", sb.size, type))
		m->nr++;
	strbuf_reset(&sb);
}

static void write_file(const char *name, const void *data, size_t size)
{
	char path[256];

	make_path(name, path);
	unlink(path);
	if (file_write_atomic(path, data, size))
		abort();
}

/* Put raw bytes where a loose object is. */
static void garble(const struct maker *m, const uint8_t *data, size_t size)
{
	char hex[GIT_OID_HEXSZ + 1], name[128];

	if (!m->nr)
		return;
	git_oid_tostr(hex, sizeof(hex), &m->ids[m->nr - 1]);
	snprintf(name, sizeof(name), "objects/%.2s/%s", hex, hex + 2);
	write_file(name, data, size);
}

/* Let in a pack as a clone does. */
static void index_pack(const struct maker *m, const uint8_t *data, size_t size)
{
	git_indexer_progress progress = { 0 };
	git_indexer *indexer;
	char path[256];

	make_path("objects/pack", path);
	if (git_indexer_new(&indexer, path, 0, m->odb, NULL))
		return;
	if (!git_indexer_append(indexer, data, size, &progress))
		git_indexer_commit(indexer, &progress);
	git_indexer_free(indexer);
}

#define PACK "pack-1111111111111111111111111111111111111111"

static void take_record(struct maker *m, uint8_t kind, const uint8_t *data, size_t size)
{
	switch (kind) {
	case 'b':
		add_object(m, GIT_OBJECT_BLOB, data, size);
		break;
	case 't':
		add_object(m, GIT_OBJECT_TREE, data, size);
		break;
	case 'c':
		add_object(m, GIT_OBJECT_COMMIT, data, size);
		break;
	case 'z':
		garble(m, data, size);
		break;
	case 'p':
		index_pack(m, data, size);
		write_file("second/objects/pack/" PACK ".pack", data, size);
		break;
	case 'i':
		write_file("second/objects/pack/" PACK ".idx", data, size);
		m->has_index = true;
		break;
	case 's':
		write_file("shallow", data, size);
		break;
	case 'r':
		strbuf_reset(&m->head);
		expand(m, data, size, GIT_OBJECT_BLOB, &m->head);
		break;
	default:
		break;
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *place)
{
	return remove(path);
}

static void remove_folder(void)
{
	if (!access(folder, F_OK) && nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		abort();
}

static void start(struct maker *m)
{
	git_repository *second;
	char path[256];

	memset(m, 0, sizeof(*m));
	if (!*folder) {
		snprintf(folder, sizeof(folder), "%s/candor-fuzz-%d",
			 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm", (int)getpid());
		atexit(remove_folder);
	}
	remove_folder();
	make_path("second", path);
	if (git_repository_init(&m->repo, folder, 1) || git_repository_init(&second, path, 1) ||
	    git_repository_odb(&m->odb, m->repo))
		abort();
	git_repository_free(second);
}

static void finish(struct maker *m)
{
	char hex[GIT_OID_HEXSZ + 2] = "";

	if (m->nr) {
		git_oid_tostr(hex, sizeof(hex), &m->ids[m->nr - 1]);
		strcat(hex, "\n");
	}
	if (m->head.size)
		write_file("refs/heads/main", m->head.data, m->head.size);
	else
		write_file("refs/heads/main", hex, strlen(hex));
	write_file("HEAD", "ref: refs/heads/main\n", 21);
	strbuf_reset(&m->head);
	git_odb_free(m->odb);
	git_repository_free(m->repo);
}

/* What holds of every answer: text has no control character but line ends. */
static void judge(struct strbuf *sb)
{
	const char *text = strbuf_str(sb);

	if (!text)
		abort();
	for (; *text; text++) {
		if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7f)
			abort();
	}
	strbuf_reset(sb);
}

static void ask(struct history_repo *repo, const char *const *names, size_t nr)
{
	const struct emit_style style = { EMIT_PLAIN, 40 };
	struct history_trouble trouble = { 0 };
	struct strbuf sb = STRBUF_INIT;
	struct timeline *t;

	if (timeline_create(repo, names, nr, "SUPPORT.md", NULL, &trouble, &t))
		return;
	for (size_t i = 0; i < t->nr_branches; i++) {
		const struct timeline_branch *b = &t->branches[i];

		for (size_t j = 1; j < b->nr_steps; j++) {
			if (b->steps[j].at->time < b->steps[j - 1].at->time)
				abort();
		}
		timeline_at(b, 0);
	}
	timeline_want(t, "thing");
	emit_timeline_text(t, TIMELINE_WANTED, &sb, &style);
	judge(&sb);
	emit_timeline_doc(t, TIMELINE_ALL, &sb);
	judge(&sb);
	emit_timeline_csv(t, TIMELINE_ALL, &sb);
	judge(&sb);
	emit_timeline_markdown(t, TIMELINE_ALL, &sb);
	judge(&sb);
	timeline_destroy(t);
}

static void ask_all(void)
{
	static const char *const head[] = { "HEAD" };
	struct arena *arena = arena_create();
	struct history_trouble trouble = { 0 };
	struct history_repo *repo;
	const char *const *names;
	char *text;
	size_t nr;

	if (!arena)
		abort();
	if (!history_open(folder, &trouble, &repo)) {
		ask(repo, head, 1);
		if (!history_branches(repo, arena, &trouble, &names, &nr) && nr)
			ask(repo, names, nr);
		if (!history_read_blob(repo, "HEAD~1", "a/SUPPORT.md", 1 << 16, &trouble, &text,
				       &nr))
			free(text);
		history_close(repo);
	}
	arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_started;
	struct history_trouble trouble = { 0 };
	struct history_repo *repo;
	struct maker m;
	char second[256];

	/* Once: it reads the machine's certificates, which takes longer than all else. */
	if (!is_started && git_libgit2_init() < 0)
		abort();
	is_started = true;
	/* Trees and commits may name what is not there. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);
	start(&m);
	while (size >= 3) {
		size_t record = (size_t)data[1] << 8 | data[2];

		record = record < size - 3 ? record : size - 3;
		take_record(&m, data[0], data + 3, record);
		data += 3 + record;
		size -= 3 + record;
	}
	finish(&m);
	ask_all();
	if (m.has_index) {
		make_path("second", second);
		if (!history_open(second, &trouble, &repo))
			history_close(repo);
	}
	return 0;
}

/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of what a host asks for. The order: all new files are written aside and synced;
 * the log gets its line; the record is moved into place or removed; the boot entry is.
 */
#include "host/change.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/complain.h"
#include "base/file.h"
#include "host/boot.h"

#define LOCK_FILE "/var/lib/candor/opt-in.lock"
#define LOCK_SECONDS 120
#define LOCK_STEP_MS 20
#define ASIDE ".candor-"

static const char remedy_room[] = "see that the folder can be written to and has room; nothing "
				  "is changed";
static const char remedy_apply[] = "the record is changed, the boot entry is not: run `candor host "
				   "apply`";

/* A file to be, written aside; ->aside is "" when there is to be none. */
struct staged {
	char folder[PATH_MAX], aside[PATH_MAX], path[PATH_MAX];
	bool is_done; /* in its place, if perhaps not yet for sure after a power cut */
};

static int complain_file(struct strbuf *err, const char *path, const char *remedy, int rc)
{
	complain(err, (struct place){ path, 0 }, remedy, "cannot be written: %s", strerror(-rc));
	return rc;
}

static int join(char ret_path[PATH_MAX], const char *root, const char *folder, const char *name)
{
	return snprintf(ret_path, PATH_MAX, "%s%s%s%s", root, folder, *name ? "/" : "", name) >=
			       PATH_MAX
		       ? -ENAMETOOLONG
		       : 0;
}

/* mkdir -p @folder below @root, which is there. */
static int make_folders(const char *root, const char *folder)
{
	char path[PATH_MAX];
	size_t start = strlen(root) + 1;
	int rc = join(path, root, folder, "");

	for (size_t i = start; !rc && i <= strlen(path); i++) {
		char kept = path[i];

		if (kept && kept != '/')
			continue;
		path[i] = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			rc = -errno;
		path[i] = kept;
		if (!kept)
			break;
	}
	return rc;
}

static int sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) && errno != EINVAL && errno != EROFS)
		rc = -errno;
	close(fd);
	return rc;
}

/* ---- files written aside ---- */

static int write_aside(struct staged *s, const struct strbuf *text)
{
	int fd, rc;

	if (text->failed)
		return -ENOMEM;
	if (join(s->aside, s->folder, "/" ASIDE "XXXXXX", ""))
		return -ENAMETOOLONG;
	fd = mkostemp(s->aside, O_CLOEXEC);
	if (fd < 0) {
		s->aside[0] = '\0';
		return -errno;
	}
	rc = file_write_all(fd, text->data, text->size);
	if (!rc && fchmod(fd, 0644))
		rc = -errno;
	if (!rc && fsync(fd))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	return rc;
}

/* Stage @text as FOLDER/NAME; an empty one stages its removal. */
static int stage(struct staged *s, const char *root, const char *folder, const char *name,
		 const struct strbuf *text, struct strbuf *err)
{
	int rc = join(s->folder, root, folder, "");

	s->aside[0] = '\0';
	if (!rc)
		rc = join(s->path, root, folder, name);
	if (!rc)
		rc = make_folders(root, folder);
	if (!rc && (text->size || text->failed))
		rc = write_aside(s, text);
	return rc ? complain_file(err, s->path, remedy_room, rc) : 0;
}

/* Put the staged file in its place, or remove what is there. */
static int settle(struct staged *s)
{
	if (s->aside[0] && rename(s->aside, s->path))
		return -errno;
	if (!s->aside[0] && unlink(s->path) && errno != ENOENT)
		return -errno;
	s->aside[0] = '\0';
	s->is_done = true;
	return sync_folder(s->folder);
}

static void drop_staged(struct staged *s)
{
	if (s->aside[0])
		unlink(s->aside);
}

/* What a killed change has left aside. */
static void sweep(const char *root, const char *folder)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *d = join(path, root, folder, "") ? NULL : opendir(path);

	if (!d)
		return;
	while ((entry = readdir(d)))
		if (!strncmp(entry->d_name, ASIDE, strlen(ASIDE)))
			unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
}

/* ---- one change at a time ---- */

static int take_lock(const char *root, int *ret_fd)
{
	char path[PATH_MAX];
	int fd, rc = join(path, root, LOCK_FILE, "");

	if (rc)
		return rc;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	for (int left = LOCK_SECONDS * 1000; flock(fd, LOCK_EX | LOCK_NB); left -= LOCK_STEP_MS) {
		rc = -errno;
		if ((rc != -EWOULDBLOCK && rc != -EINTR) || left <= 0) {
			close(fd);
			return rc;
		}
		usleep(LOCK_STEP_MS * 1000);
	}
	*ret_fd = fd;
	return 0;
}

static int read_records(struct change *c, const char *id, struct strbuf *err)
{
	struct strbuf said = STRBUF_INIT;
	const struct optin *own;
	char path[PATH_MAX];
	int rc = optins_read(c->root, &c->records, &said);

	own = !rc && id ? optins_find(&c->records, id) : NULL;
	if (!rc && c->records.nr_bad != (size_t)(own && own->is_bad)) {
		snprintf(path, sizeof(path), "%s%s", c->root, OPTIN_FOLDER);
		complain(err, (struct place){ path, 0 },
			 "mend or remove them: `candor host status` names them",
			 "records that cannot be read: %zu; nothing is changed", c->records.nr_bad);
		rc = -EINVAL;
	} else if (rc) {
		strbuf_puts(err, said.data ? said.data : "");
	}
	strbuf_reset(&said);
	return rc;
}

int change_begin(const char *root, const char *id, struct change *ret_change, struct strbuf *err)
{
	struct change c = { .root = root, .lock_fd = -1 };
	char path[PATH_MAX];
	int rc = make_folders(root, "/var/lib/candor");

	if (!rc)
		rc = take_lock(root, &c.lock_fd);
	if (rc) {
		snprintf(path, sizeof(path), "%s%s", root, LOCK_FILE);
		complain(err, (struct place){ path, 0 },
			 rc == -EWOULDBLOCK ? "another change is under way; try again"
					    : "run it as root; nothing is changed",
			 "cannot be locked: %s", strerror(-rc));
		return rc;
	}
	sweep(root, OPTIN_FOLDER);
	sweep(root, BOOT_FOLDER);
	rc = read_records(&c, id, err);
	if (!rc)
		rc = log_read(root, &c.log, err);
	if (rc)
		change_end(&c);
	else
		*ret_change = c;
	return rc;
}

void change_end(struct change *c)
{
	optins_reset(&c->records);
	log_reset(&c->log);
	if (c->lock_fd >= 0)
		close(c->lock_fd);
	c->lock_fd = -1;
}

/* ---- the log ---- */

/* Add @line behind the last whole line; on failure nothing of it stays. */
static int append(const struct change *c, const struct strbuf *line, struct strbuf *err)
{
	char path[PATH_MAX];
	int fd, rc = join(path, c->root, OPTIN_LOG, "");

	if (!rc && line->failed)
		rc = -ENOMEM;
	if (rc)
		return complain_file(err, path, remedy_room, rc);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return complain_file(err, path, remedy_room, -errno);
	if (c->log.is_torn && ftruncate(fd, (off_t)c->log.whole_size))
		rc = -errno;
	if (!rc)
		rc = file_write_all(fd, line->data, line->size);
	if (!rc && fsync(fd))
		rc = -errno;
	if (rc && ftruncate(fd, (off_t)c->log.whole_size))
		complain(err, (struct place){ path, 0 }, "remove its last line",
			 "a line of a change that was not made stays in it");
	close(fd);
	return rc ? complain_file(err, path, remedy_room, rc) : 0;
}

/* The change did not come to be: the log is as it was. */
static void take_back(const struct change *c, struct strbuf *err)
{
	char path[PATH_MAX];

	if (join(path, c->root, OPTIN_LOG, "") || truncate(path, (off_t)c->log.whole_size))
		complain(err, (struct place){ path, 0 }, "remove its last line",
			 "a line of a change that was not made stays in it");
}

/* ---- changes ---- */

/* The records as they will be: with @r for the one of its id, or without one if not @with. */
static int replace(const struct optins *old, const struct optin *r, bool with,
		   struct optins *ret_new)
{
	struct optins new = { .items = calloc(old->nr + 1, sizeof(*new.items)) };

	if (!new.items)
		return -ENOMEM;
	for (size_t i = 0; i < old->nr; i++) {
		int order = strcmp(old->items[i].id, r->id);

		if (with && order >= 0) {
			new.items[new.nr++] = *r;
			with = false;
		}
		if (order)
			new.items[new.nr++] = old->items[i];
	}
	if (with)
		new.items[new.nr++] = *r;
	*ret_new = new;
	return 0;
}

static int commit(struct change *c, enum log_action action, const struct optin *r,
		  struct staged *record, struct staged *boot, enum change_stage *ret_stage,
		  struct strbuf *err)
{
	struct strbuf line = STRBUF_INIT;
	int rc;

	log_format(action, r, &line);
	rc = append(c, &line, err);
	strbuf_reset(&line);
	if (rc)
		return rc;
	rc = settle(record);
	if (rc && !record->is_done) {
		take_back(c, err);
		return complain_file(err, record->path, remedy_room, rc);
	}
	*ret_stage = CHANGE_RECORDED;
	rc = settle(boot);
	return rc ? complain_file(err, boot->path, remedy_apply, rc) : 0;
}

static int change(struct change *c, enum log_action action, const struct optin *r,
		  enum change_stage *ret_stage, struct strbuf *err)
{
	struct strbuf yaml = STRBUF_INIT, entry = STRBUF_INIT;
	struct staged record = { .aside = "" }, boot = { .aside = "" };
	struct optins new = { 0 };
	char name[STATE_ID_MAX + sizeof(".yaml")];
	int rc = replace(&c->records, r, action == LOG_ENABLE, &new);

	*ret_stage = CHANGE_NOTHING;
	if (!rc) {
		snprintf(name, sizeof(name), "%s.yaml", r->id);
		if (action == LOG_ENABLE)
			optin_write(r, &yaml);
		boot_write(&new, &entry);
		rc = stage(&record, c->root, OPTIN_FOLDER, name, &yaml, err);
	}
	if (!rc)
		rc = stage(&boot, c->root, BOOT_FOLDER, BOOT_FILE, &entry, err);
	if (!rc)
		rc = commit(c, action, r, &record, &boot, ret_stage, err);
	drop_staged(&record);
	drop_staged(&boot);
	if (rc) {
		optins_reset(&new);
	} else {
		optins_reset(&c->records);
		c->records = new;
	}
	strbuf_reset(&yaml);
	strbuf_reset(&entry);
	return rc;
}

int change_enable(struct change *c, const struct optin *r, enum change_stage *ret_stage,
		  struct strbuf *err)
{
	return change(c, LOG_ENABLE, r, ret_stage, err);
}

int change_disable(struct change *c, const struct optin *r, enum change_stage *ret_stage,
		   struct strbuf *err)
{
	return change(c, LOG_DISABLE, r, ret_stage, err);
}

int change_apply(struct change *c, struct strbuf *err)
{
	struct strbuf entry = STRBUF_INIT;
	struct staged boot = { .aside = "" };
	int rc;

	boot_write(&c->records, &entry);
	rc = stage(&boot, c->root, BOOT_FOLDER, BOOT_FILE, &entry, err);
	if (!rc) {
		rc = settle(&boot);
		if (rc)
			complain_file(err, boot.path, remedy_room, rc);
	}
	drop_staged(&boot);
	strbuf_reset(&entry);
	return rc;
}

int change_update(const char *program, struct strbuf *err)
{
	char *argv[] = { (char *)program, NULL };
	posix_spawn_file_actions_t actions;
	int status = 0, rc;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions))
		return -ENOMEM;
	/* What it says is not our answer. */
	rc = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	if (!rc)
		rc = posix_spawn(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	while (!rc && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			rc = errno;
	if (rc)
		complain(err, (struct place){ program, 0 }, "run it by hand before the next boot",
			 "cannot be run: %s", strerror(rc));
	else if (status)
		complain(err, (struct place){ program, 0 },
			 "mend its cause and run it again; "
			 "record and drop-in are written",
			 WIFSIGNALED(status) ? "was killed by signal %d" : "failed with status %d",
			 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return rc ? -rc : status ? -EIO : 0;
}

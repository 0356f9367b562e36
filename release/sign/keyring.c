/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking detached OpenPGP signatures against a given set of public keys. */
#include "sign/keyring.h"

#include "sign/armor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lazy-gpgme.h"

struct keyring {
	char *home;
	gpgme_ctx_t ctx;
};

/* Options of the private home: never a network, never a trust database. */
static const char gpg_conf[] = "no-auto-key-retrieve\n"
			       "no-auto-key-import\n"
			       "no-auto-key-locate\n"
			       "disable-dirmngr\n"
			       "no-autostart\n"
			       "trust-model always\n"
			       "no-random-seed-file\n";

static int make_home(struct keyring *k, struct trouble *trouble)
{
	const char *tmp = getenv("TMPDIR");
	char *conf;
	FILE *f;
	bool ok;

	if (asprintf(&k->home, "%s/candor-keyring.XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0) {
		k->home = NULL;
		return trouble_set(trouble, -ENOMEM, "keyring", "free memory", "out of memory");
	}
	if (!mkdtemp(k->home)) {
		int rc = trouble_set(trouble, -errno, k->home,
				     "point TMPDIR at a folder you may write to",
				     "cannot make a temporary folder: %s", strerror(errno));

		free(k->home);
		k->home = NULL;
		return rc;
	}
	if (asprintf(&conf, "%s/gpg.conf", k->home) < 0)
		return trouble_set(trouble, -ENOMEM, "keyring", "free memory", "out of memory");
	f = fopen(conf, "we");
	free(conf);
	ok = f && fputs(gpg_conf, f) >= 0;
	if (f && fclose(f))
		ok = false;
	return ok ? 0
		  : trouble_set(trouble, -EIO, k->home, "see whether the disk is full",
				"cannot write into it");
}

/* A GnuPG home is one level of files and one of folders; no deeper. */
static void remove_files(const char *path, int depth)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char *child;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(dirfd(dir), e->d_name, 0) && depth > 0 &&
		    asprintf(&child, "%s/%s", path, e->d_name) >= 0) {
			remove_files(child, depth - 1);
			free(child);
		}
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

static int import(struct keyring *k, const char *place, const void *keys, size_t size,
		  struct trouble *trouble)
{
	static const char remedy[] = "export the public key with `gpg --export KEY > FILE`";
	gpgme_data_t data = NULL;
	gpgme_import_result_t result;
	gpgme_error_t r = gpgme_data_new_from_mem(&data, keys, size, 0);

	if (!r)
		r = gpgme_op_import(k->ctx, data);
	gpgme_data_release(data);
	if (r)
		return trouble_set(trouble, -ENOKEY, place, remedy, "gpg cannot read its keys: %s",
				   gpgme_strerror(r));
	result = gpgme_op_import_result(k->ctx);
	if (!result || !result->imported)
		return trouble_set(trouble, -ENOKEY, place, remedy, "holds no public key");
	return 0;
}

int keyring_open(const char *place, const void *keys, size_t size, struct trouble *trouble,
		 struct keyring **ret_keyring)
{
	struct keyring *k = calloc(1, sizeof(*k));
	gpgme_error_t r;
	int rc;

	if (!k)
		return trouble_set(trouble, -ENOMEM, place, "free memory", "out of memory");
	if (lazy_gpgme_missing()) {
		free(k);
		return trouble_set(trouble, -ENOPKG, "gpgme", "install libgpgme", "%s",
				   lazy_gpgme_missing());
	}
	rc = make_home(k, trouble);
	if (rc)
		goto fail;
	gpgme_check_version(NULL);
	r = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);
	if (!r)
		r = gpgme_new(&k->ctx);
	if (!r)
		r = gpgme_ctx_set_engine_info(k->ctx, GPGME_PROTOCOL_OpenPGP, NULL, k->home);
	if (r) {
		rc = trouble_set(trouble, -ENOPKG, "gpg", "install gnupg", "cannot be used: %s",
				 gpgme_strerror(r));
		goto fail;
	}
	rc = import(k, place, keys, size, trouble);
	if (rc)
		goto fail;
	*ret_keyring = k;
	return 0;
fail:
	keyring_close(k);
	return rc;
}

void keyring_close(struct keyring *k)
{
	if (!k)
		return;
	if (k->ctx)
		gpgme_release(k->ctx);
	if (k->home)
		remove_files(k->home, 1);
	free(k->home);
	free(k);
}

static bool digest_is_strong(gpgme_hash_algo_t algo)
{
	return algo == GPGME_MD_SHA256 || algo == GPGME_MD_SHA384 || algo == GPGME_MD_SHA512;
}

static void refuse(struct keyring_result *ret, const char *why)
{
	snprintf(ret->why, sizeof(ret->why), "%s", why);
}

static void judge(struct keyring *k, gpgme_verify_result_t result, struct keyring_result *ret)
{
	gpgme_signature_t sig = result ? result->signatures : NULL;
	gpgme_key_t key = NULL;

	if (!sig || sig->next)
		refuse(ret, "it holds not exactly one signature");
	else if (gpgme_err_code(sig->status) == GPG_ERR_NO_PUBKEY)
		refuse(ret, "no key of the keyring made it");
	else if (gpgme_err_code(sig->status) == GPG_ERR_BAD_SIGNATURE)
		refuse(ret, "it does not match the file");
	else if (gpgme_err_code(sig->status) != GPG_ERR_NO_ERROR)
		refuse(ret, gpgme_strerror(sig->status));
	else if (!digest_is_strong(sig->hash_algo))
		refuse(ret, "its digest is weaker than SHA-256");
	else if (gpgme_get_key(k->ctx, sig->fpr, &key, 0))
		refuse(ret, "no key of the keyring made it");
	else {
		snprintf(ret->fingerprint, sizeof(ret->fingerprint), "%s", key->fpr);
		ret->good = true;
	}
	gpgme_key_unref(key);
}

static int ask_gpg(struct keyring *k, const void *data, size_t size, const unsigned char *sig,
		   size_t sig_size, struct trouble *trouble, struct keyring_result *ret)
{
	gpgme_data_t in = NULL, in_sig = NULL;
	gpgme_error_t r = gpgme_data_new_from_mem(&in, data, size, 0);

	if (!r)
		r = gpgme_data_new_from_mem(&in_sig, (const char *)sig, sig_size, 0);
	if (!r) {
		r = gpgme_op_verify(k->ctx, in_sig, in, NULL);
		if (gpgme_err_code(r) == GPG_ERR_NO_DATA || gpgme_err_code(r) == GPG_ERR_BAD_DATA) {
			refuse(ret, "gpg finds no signature in it");
			r = 0;
		} else if (!r) {
			judge(k, gpgme_op_verify_result(k->ctx), ret);
		}
	}
	gpgme_data_release(in_sig);
	gpgme_data_release(in);
	if (r)
		return trouble_set(trouble, -EIO, "gpg", "see that gnupg is installed and works",
				   "cannot check a signature: %s", gpgme_strerror(r));
	return 0;
}

int keyring_check(struct keyring *k, const void *data, size_t size, const char *sig,
		  size_t sig_size, struct trouble *trouble, struct keyring_result *ret)
{
	unsigned char packet[ARMOR_MAX];
	size_t packet_size;
	const char *why;

	*ret = (struct keyring_result){ 0 };
	if (armor_decode(sig, sig_size, packet, &packet_size, &why) ||
	    armor_check_packet(packet, packet_size, &why)) {
		refuse(ret, why);
		return 0;
	}
	return ask_gpg(k, data, size, packet, packet_size, trouble, ret);
}

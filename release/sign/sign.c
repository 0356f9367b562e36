/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making detached OpenPGP signatures with the user's gpg. */
#include "sign/sign.h"

#include "sign/armor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lazy-gpgme.h"

struct signer {
	gpgme_ctx_t ctx;
	gpgme_key_t key;
};

static const char agent_remedy[] =
	"see that `gpg --list-secret-keys` shows it and `gpg --detach-sign` works with it "
	"(GNUPGHOME names the folder)";

static int gpgme_failed(gpgme_error_t r, const char *place, const char *what,
			struct trouble *trouble)
{
	int rc = gpgme_err_code(r) == GPG_ERR_ENOMEM ? -ENOMEM : -EKEYREJECTED;

	return trouble_set(trouble, rc, place, agent_remedy, "%s: %s", what, gpgme_strerror(r));
}

static int usable(gpgme_key_t key)
{
	return key->can_sign && !key->revoked && !key->expired && !key->disabled && !key->invalid;
}

/* The only usable secret key; refuses to choose between two. */
static int find_only(struct signer *s, struct trouble *trouble)
{
	gpgme_error_t r = gpgme_op_keylist_start(s->ctx, NULL, 1);
	gpgme_key_t key;
	int nr = 0;

	if (r)
		return gpgme_failed(r, "signing key", "gpg does not list its keys", trouble);
	while (!(r = gpgme_op_keylist_next(s->ctx, &key))) {
		if (usable(key) && !nr++)
			s->key = key;
		else
			gpgme_key_unref(key);
	}
	if (gpgme_err_code(r) != GPG_ERR_EOF)
		return gpgme_failed(r, "signing key", "gpg does not list its keys", trouble);
	if (nr == 1)
		return 0;
	return trouble_set(trouble, -ENOKEY, "signing key",
			   nr ? "name the one to sign with: --key FINGERPRINT"
			      : "make one with `gpg --quick-gen-key NAME`, or point GNUPGHOME "
				"at the folder that has it",
			   nr ? "gpg has %d usable secret keys"
			      : "gpg has no secret key that can sign (%d found)",
			   nr);
}

static int find_named(struct signer *s, const char *name, struct trouble *trouble)
{
	gpgme_error_t r = gpgme_get_key(s->ctx, name, &s->key, 1);

	if (gpgme_err_code(r) == GPG_ERR_AMBIGUOUS_NAME)
		return trouble_set(trouble, -ENOKEY, name, "name it by its whole fingerprint",
				   "more than one secret key bears this name");
	if (gpgme_err_code(r) == GPG_ERR_EOF)
		return trouble_set(trouble, -ENOKEY, name, agent_remedy,
				   "gpg has no secret key of this name");
	if (r)
		return gpgme_failed(r, name, "gpg does not give the key", trouble);
	if (!usable(s->key))
		return trouble_set(trouble, -ENOKEY, name, "use a key that is valid and can sign",
				   "the key is expired, revoked, disabled or cannot sign");
	return 0;
}

int sign_open(const char *key, struct trouble *trouble, struct signer **ret_signer)
{
	struct signer *s = calloc(1, sizeof(*s));
	gpgme_error_t r;
	int rc;

	if (!s)
		return trouble_set(trouble, -ENOMEM, "signing key", "free memory", "out of memory");
	if (lazy_gpgme_missing()) {
		free(s);
		return trouble_set(trouble, -ENOPKG, "gpgme", "install libgpgme", "%s",
				   lazy_gpgme_missing());
	}
	gpgme_check_version(NULL);
	r = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);
	if (!r)
		r = gpgme_new(&s->ctx);
	if (r) {
		free(s);
		return trouble_set(trouble, -ENOPKG, "gpg", "install gnupg", "cannot be used: %s",
				   gpgme_strerror(r));
	}
	rc = key ? find_named(s, key, trouble) : find_only(s, trouble);
	if (!rc) {
		r = gpgme_signers_add(s->ctx, s->key);
		if (r)
			rc = gpgme_failed(r, s->key->fpr, "gpg refuses the key", trouble);
	}
	if (rc) {
		sign_close(s);
		return rc;
	}
	*ret_signer = s;
	return 0;
}

void sign_close(struct signer *s)
{
	if (!s)
		return;
	gpgme_key_unref(s->key);
	gpgme_release(s->ctx);
	free(s);
}

const char *sign_fingerprint(const struct signer *s)
{
	return s->key->fpr;
}

/* gpg.conf can add comments and more; ours is the one spelling, or none. */
static int spell(const struct signer *s, const char *text, size_t text_size,
		 struct trouble *trouble, struct strbuf *ret_text)
{
	unsigned char data[ARMOR_MAX];
	const char *why = "it is not armoured, or too long";
	size_t size;

	if (armor_read(text, text_size, data, &size) || armor_check_packet(data, size, &why))
		return trouble_set(trouble, -EKEYREJECTED, s->key->fpr,
				   "use a version 4 key and no signature options in gpg.conf",
				   "gpg made a signature we would refuse: %s", why);
	armor_encode(data, size, ret_text);
	return ret_text->failed
		       ? trouble_set(trouble, -ENOMEM, s->key->fpr, "free memory", "out of memory")
		       : 0;
}

int sign_detached(struct signer *s, const void *data, size_t size, struct trouble *trouble,
		  struct strbuf *ret_text)
{
	gpgme_data_t in = NULL, out = NULL;
	gpgme_error_t r = gpgme_data_new_from_mem(&in, data, size, 0);
	size_t sig_size = 0;
	char *sig = NULL;
	int rc;

	if (!r)
		r = gpgme_data_new(&out);
	/* A gpg.conf with "armor" has it armoured in any case. */
	gpgme_set_armor(s->ctx, 1);
	if (!r)
		r = gpgme_op_sign(s->ctx, in, out, GPGME_SIG_MODE_DETACH);
	gpgme_data_release(in);
	if (r) {
		gpgme_data_release(out);
		return gpgme_failed(r, s->key->fpr, "gpg does not sign with this key", trouble);
	}
	sig = gpgme_data_release_and_get_mem(out, &sig_size);
	if (!sig)
		return trouble_set(trouble, -ENOMEM, s->key->fpr, "free memory", "out of memory");
	rc = spell(s, sig, sig_size, trouble, ret_text);
	gpgme_free(sig);
	return rc;
}

int sign_export(struct signer *s, struct trouble *trouble, struct strbuf *ret_key)
{
	gpgme_data_t out = NULL;
	gpgme_error_t r = gpgme_data_new(&out);
	size_t size = 0;
	char *data;

	gpgme_set_armor(s->ctx, 0);
	if (!r)
		r = gpgme_op_export(s->ctx, s->key->fpr, GPGME_EXPORT_MODE_MINIMAL, out);
	if (r) {
		gpgme_data_release(out);
		return gpgme_failed(r, s->key->fpr, "gpg does not export the key", trouble);
	}
	data = gpgme_data_release_and_get_mem(out, &size);
	if (data)
		strbuf_add(ret_key, data, size);
	gpgme_free(data);
	if (!size || ret_key->failed)
		return trouble_set(trouble, -ENOKEY, s->key->fpr, agent_remedy,
				   "gpg exported nothing");
	return 0;
}

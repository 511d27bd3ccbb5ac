/* domain.h - libvirt's domain XML and the record of a guest.
 *
 * XML is read into the record and written out of it by one table (bind.h); XML is never
 * compared with XML.  Writing goes onto the definition that is there, so that addresses,
 * NVRAM, the resolved machine version and everything the record does not know survive.
 * Disks, NICs and devices of the host are found by their alias, `ua-disk-root`, `ua-nic-lab`,
 * `ua-device-gpu0`; our mark in the metadata tells the handle, and the UUID it was made for, so
 * that a clone is not ours.
 */
#pragma once

#include "formats/definition.h"
#include "formats/guest.h"
#include "formats/veil.h"

struct domain_identity {
	const char *name, *uuid; /* as libvirt has them */
	const char *life;        /* a number of each start of it, where it runs; or NULL */
	const char *handle;      /* of our mark where it is for this very domain, or NULL */
};

/* Reads a definition, inactive or live.  `guest` is a new record of guest_record; all that
 * can be read is given.  FAULT_HOST where the text is no domain XML. */
int domain_read(struct arena *arena, const char *xml, struct guest *guest,
		struct domain_identity *ret_identity, struct faults *faults) MUST_CHECK;

/* Reads a definition for a description: only what it says becomes given, each thing once, in
 * fields that a description may hold; what the record has no field for is left out. */
int domain_import(struct arena *arena, const char *xml, struct guest *guest,
		  struct domain_identity *ret_identity, struct faults *faults) MUST_CHECK;

/* For definition_is and definition_rest. */
extern const struct definition domain_definition;

/* bind_settle, for a guest that is wanted. */
void domain_settle(struct arena *arena, struct guest *guest);

struct domain_writing {
	const struct guest *guest;   /* what is wanted */
	const char *handle;          /* its key in the description */
	const char *base;            /* the inactive XML that is there, or NULL */
	const char *old_xml;         /* the libvirt_xml merged into `base`, or NULL */
	const struct paths *differs; /* what goes back to its default; or NULL */
	bool unstarted;              /* it is still to be started for the first time */
};

/* Appends the definition.  FAULT_HOST where `base` or libvirt_xml are no XML. */
int domain_write(struct text *text, const struct domain_writing *writing,
		 struct faults *faults) MUST_CHECK;

/* Appends the device that is a member of a map of the record ("disks", "root") as it stands in a
 * definition, with an alias by which it is found again, which is returned: its own, or else one of
 * ours.  `into`: as it is plugged into that definition, without an address, and as a disk that has
 * no other's name there; NULL: as it is, for an update or a detach.  NULL where there is none. */
const char *domain_member(struct text *text, const char *xml, const char *map, const char *name,
			  const char *into);

/* The same of a device that a field of the record alone stands for: "rng", "guest_agent", "vsock".
 */
const char *domain_part(struct text *text, const char *xml, const char *field, const char *into);

/* Whether a libvirt_xml block is well-formed; a fault without a mark where it is not. */
int domain_block_check(struct arena *arena, const char *block, struct faults *faults) MUST_CHECK;

/* The name libvirt knows a guest by. */
const char *domain_name(const struct guest *guest, const char *handle);
/* The UUID a guest of ours gets unless it says one. */
/* The namespace of our mark, and its prefix. */
#define DOMAIN_MARK_URI    "urn:gasthof:1"
#define DOMAIN_MARK_PREFIX "gasthof"

/* Appends the mark that makes the definition `base` ours, as virDomainSetMetadata takes it: with
 * the CPU model unless that is among `differs`, and with libvirt_xml where all of it is in the
 * definition already (`ret_block`).  FAULT_HOST where that or the definition is no XML. */
int domain_mark(struct text *text, const struct domain_writing *writing, bool *ret_block,
		struct faults *faults) MUST_CHECK;
/* The definition without our mark and without passwords; `ret_passwords`: how many it had.  NULL
 * and a FAULT_HOST where it is no XML. */
const char *domain_plain(struct arena *arena, const char *xml, unsigned *ret_passwords,
			 struct faults *faults);
/* Whether two marks, as libvirt takes and gives them, say the same; NULL: none. */
bool domain_mark_same(struct arena *arena, const char *a, const char *b);

const char *domain_uuid(struct arena *arena, const struct guest *guest, const char *handle);

/* What stands in a definition in place of a password, from when it was read on: no plan, journal
 * or capture holds one. */
#define DOMAIN_HIDDEN VEIL

/* The secrets of this host, for telling which of them is in use. */
struct known_secret {
	const char *place, *text; /* "file:vnc" */
};
struct known_secrets {
	bool files, credentials; /* could be looked through */
	ARRAY(struct known_secret) list;
};

/* The definition with DOMAIN_HIDDEN for each password of its graphics, and for the secrets on
 * QEMU's command line and in the block that our mark keeps (veil.h); itself where it has none. With
 * `known`, a password of graphics becomes FOUND_PLACE and where it is from.  NULL and a FAULT_HOST
 * where it is no XML. */
const char *domain_hide(struct arena *arena, const char *xml, const struct known_secrets *known,
			struct faults *faults);

/* Looks up the secret at a place, "file:vnc" or "credential:vnc"; -1 with a fault. */
typedef int secret_look(void *context, const char *place, const char **ret, struct faults *faults);

/* Appends a definition with the passwords of its graphics that a description gave by their
 * place (SECRET_PLACE), -1 with a fault where it is no XML, or one is not to be had; and with those
 * that were found in use (FOUND_PLACE), DOMAIN_HIDDEN where one is not to be had any more. */
int domain_reveal(struct text *text, const char *xml, secret_look *look, void *context,
		  struct faults *faults) MUST_CHECK;

/* Appends a definition with the passwords of its graphics that are hidden in it taken from
 * `secure`, the same guest's definition with them, or NULL.  Where that has none, nobody gets in
 * any more (passwd="", see libvirt's formatdomain, graphics).  Secrets on QEMU's command line
 * likewise, but FAULT_REFUSED where one is not known.  FAULT_HOST where either is no XML. */
int domain_unhide(struct text *text, const char *xml, const char *secure,
		  struct faults *faults) MUST_CHECK;

/* uuid.h - identities that follow from a name alone.
 *
 * The same description gives the same UUID and MAC on every run, so that an object is found
 * again after a lost ledger and a guest keeps its lease.
 */
#pragma once

#include <stdint.h>

#include "schema/type.h"

enum { SHA1_SIZE = 20 };

/* SHA-1 (FIPS 180-4) of `size` bytes: for names, never for trust. */
void sha1(const void *bytes, size_t size, uint8_t ret_digest[SHA1_SIZE]);

/* The UUIDv5 (RFC 9562) of `name` in the DNS name space 6ba7b810-9dad-11d1-80b4-00c04fd430c8;
 * our names are "gasthof/KIND/NAME". */
const char *uuid_of(struct arena *arena, const char *name);

/* Whether the text is a UUID in any spelling that libvirt reads: 32 hexadecimal digits, with dashes
 * or blanks anywhere between two bytes (virUUIDParse). */
bool uuid_is_valid(const char *text);

/* The same UUID in its usual form, as libvirt prints it; the text itself where it is none. */
const char *uuid_canonical(struct arena *arena, const char *text);

/* Whether two texts (const char *const *, for a field) are one UUID, or the same text. */
bool uuid_equal(const void *want, const void *have);

/* The MAC of a guest's NIC in QEMU's range 52:54:00, from "GUEST/NIC". */
struct mac mac_of(struct arena *arena, const char *guest, const char *nic);

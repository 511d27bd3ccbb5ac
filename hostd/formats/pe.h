/* pe.h - what is read of an EFI program: one section, and whether it carries a signature.
 *
 * PE32+ as Microsoft's "PE Format" describes it.  An addon of systemd-stub(7) holds words for the
 * kernel's command line in its section ".cmdline".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The bytes of a section, inside `bytes`; false where it is not there or the file is none. */
bool pe_section(const char *bytes, size_t size, const char *name, const char **ret_bytes,
		size_t *ret_size);

/* Whether a certificate is attached; whether the firmware accepts it only a boot tells. */
bool pe_is_signed(const char *bytes, size_t size);

/* secrets.h - the passwords in a definition: as the journal has them, and as libvirt gets them. */
#pragma once

#include "host/write/write.h"

/* The definition without its passwords, which are told by where they are from (domain_hide); NULL
 * with a fault. */
const char *secrets_hide(struct write *write, const char *xml, struct faults *faults);

/* The definition with its passwords: those that it tells by their place are looked up, those that
 * are hidden in it are as in `secure`, the same guest's with its passwords, or NULL. */
int secrets_show(struct write *write, const char *xml, const char *secure, const char **ret,
		 struct faults *faults) MUST_CHECK;

/* devices.h - what the verbs about one device of a guest have in common. */
#pragma once

#include "host/write/write.h"

struct device {
	unsigned in;      /* VIR_DOMAIN_AFFECT_ flags of where it is */
	const char *xml;  /* as configured, or else as running; NULL: nowhere */
	const char *live; /* as running; NULL: it is not */
};

/* Of a step whose arguments are domain, alias and scope: the domain, what of the scope it has (what
 * is off has no running half), and where of it the device is. */
int device_find(struct write *write, const struct step *step, virDomainPtr *ret,
		unsigned *ret_scope, struct device *ret_device, struct faults *faults) MUST_CHECK;

/* Fills in an inverse: `verb` with the device as it is now, which is there, wherever it is. */
int device_as_it_was(const struct step *step, const struct device *device, enum verb verb,
		     struct step *ret) MUST_CHECK;

/* The outcome, or the fault, of a call into libvirt that failed: while the guest runs that need not
 * be a failure.  `what`: "attach". */
int device_failed(struct write *write, virDomainPtr domain, const struct step *step, unsigned scope,
		  const char *what, struct outcome *ret, struct faults *faults) MUST_CHECK;

/* pool.h - libvirt's storage pool XML. */
#pragma once

#include "base/fault.h"
#include "base/text.h"

struct pool_definition {
	const char *name, *uuid;
	const char *type; /* "dir", ... */
	const char *path; /* <target><path>, or NULL */
};

/* Reads a definition; FAULT_HOST where the text is no pool XML. */
int pool_read(struct arena *arena, const char *xml, struct pool_definition *ret,
	      struct faults *faults) MUST_CHECK;

/* Appends the definition. */
void pool_write(struct text *text, const struct pool_definition *pool);

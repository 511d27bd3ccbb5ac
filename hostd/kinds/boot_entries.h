/* boot_entries.h - systemd-boot's entries, as its two files share them. */
#pragma once

#include "kinds/boot.h"

struct entry {
	const char *path;
	const char *version, *efi, *options;
	uint32_t generation; /* 0: the image's own */
	int left;            /* tries; -1: not counted */
};

struct entries {
	const char *image; /* its version */
	const struct entry *own, *good;
	ARRAY(struct entry) list;
	bool secure; /* Secure Boot is on */
};

/* Whether systemd-boot boots the appliance here: 1 with the entries, and what follows from them
 * where options count, in the machine; 0; -1. */
int entries_look(struct host *host, struct arena *arena, struct boot_machine *machine,
		 struct entries *entries, struct faults *faults) MUST_CHECK;

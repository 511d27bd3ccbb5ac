/* boot_entries.h - systemd-boot's entries, as its two files share them. */
#pragma once

#include "kinds/boot.h"

struct entry {
	const char *path;
	const char *version, *efi, *options;
	uint32_t generation; /* 0: the image's own */
	int left;            /* tries; -1: not counted */
	const char *folder;  /* with Secure Boot: of its own addons, and what lies in it */
	struct text_list addons;
};

struct entries {
	const char *image; /* its version */
	const struct entry *own, *good;
	const struct entry *next; /* the loader takes it */
	ARRAY(struct entry) list;
	bool secure; /* Secure Boot is on */
};

/* Whether systemd-boot boots the appliance here: 1 with the entries, and what follows from them
 * where options count, in the machine; 0; -1. */
int entries_look(struct host *host, struct arena *arena, struct boot_machine *machine,
		 struct entries *entries, struct faults *faults) MUST_CHECK;

/* The generation of the entry that the loader says it started (LoaderEntrySelected); 0: the
 * image's own, or none of ours. */
int entries_selected(struct host *host, struct arena *arena, const char *image, uint32_t *ret,
		     struct faults *faults) MUST_CHECK;

/* Writes an entry: counter "+1" or "". */
void entry_write(const struct entries *entries, uint32_t generation, const char *counter,
		 const char *efi, const char *options, struct steps *steps);

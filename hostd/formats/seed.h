/* seed.h - the cloud-init seed of a guest (NoCloud): the files of a small ISO 9660 image.
 *
 *	meta-data	instance-id, which changes with the content, so that cloud-init acts on
 *			a change; local-hostname
 *	user-data	#cloud-config, or the description's own
 *	network-config	where the description has one
 *	gasthof.yaml	the record they were made from, to be read back
 */
#pragma once

#include "formats/guest.h"

#define SEED_LABEL  "cidata"
#define SEED_RECORD "gasthof.yaml"

/* The files as a map from name to text, as archive_write takes it. */
struct node *seed_files(struct arena *arena, const struct guest_cloud_init *wish,
			const char *handle);

/* Reads the record back, from the text of gasthof.yaml: given is what it was made from.  -1
 * with a fault where it does not read. */
int seed_read(struct arena *arena, const char *text, struct guest_cloud_init *ret,
	      struct faults *faults) MUST_CHECK;

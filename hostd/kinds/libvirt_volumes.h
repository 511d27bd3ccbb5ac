/* libvirt_volumes.h - the files of the kind libvirt.volumes, among themselves. */
#pragma once

#include "formats/libvirt_volume.h"
#include "resource/desired.h"

struct host;

extern const struct kind libvirt_volumes_kind;

void libvirt_volumes_complete(struct item *item, struct desired *desired, struct faults *faults);
void libvirt_volumes_check(const struct item *item, const struct desired *desired,
			   struct faults *faults);
/* Appends the XML that libvirt is told. */
int libvirt_volume_write(const struct libvirt_volume *volume, struct text *text,
			 struct faults *faults) MUST_CHECK;

int libvirt_volumes_import(struct items *items, const char *text, struct faults *faults) MUST_CHECK;
/* A volume that somebody made is described where a guest has it as a disk that it writes, and its
 * pool is described in libvirt's words and could hold it anew: media, templates and what else lies
 * in a pool is left out. */
int libvirt_volumes_describe(struct describing *describing, struct faults *faults) MUST_CHECK;
/* Adds the names of those active pools that a guest's definition seems to speak of. */
int libvirt_volumes_used_pools(struct host *host, struct arena *arena, struct text_list *pools,
			       struct faults *faults) MUST_CHECK;

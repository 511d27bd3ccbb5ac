/* libvirt_objects.h - what the kinds libvirt.networks and libvirt.pools share. */
#pragma once

#include "formats/libvirt_object.h"
#include "host/read/host.h"
#include "resource/desired.h"

struct libvirt_kind {
	const struct kind *kind;
	const struct definition *definition;
	int (*list)(struct host *host, struct host_virt_objects *objects, struct faults *faults);
	enum verb define, undefine, start, stop, restart, autostart;
};

void libvirt_objects_complete(const struct libvirt_kind *which, struct item *item,
			      struct arena *arena);
void libvirt_objects_check(const struct libvirt_kind *which, const struct item *item,
			   const struct desired *desired, struct faults *faults);
int libvirt_objects_observe(const struct libvirt_kind *which, struct host *host,
			    struct items *configured, struct items *running,
			    struct faults *faults) MUST_CHECK;
bool libvirt_objects_same(const struct item *want, const struct item *seen);
int libvirt_objects_take_over(const struct libvirt_kind *which, const struct change *change,
			      struct paths *differs, struct steps *steps,
			      struct faults *faults) MUST_CHECK;
int libvirt_objects_plan(const struct libvirt_kind *which, const struct change *change,
			 struct steps *steps, struct faults *faults) MUST_CHECK;
int libvirt_objects_render(const struct libvirt_kind *which, const struct item *item,
			   struct text *text, struct faults *faults) MUST_CHECK;
int libvirt_objects_describe(const struct libvirt_kind *which, struct describing *describing,
			     struct item **ret_item, struct faults *faults) MUST_CHECK;
int libvirt_objects_import(const struct libvirt_kind *which, struct items *items, const char *text,
			   struct faults *faults) MUST_CHECK;

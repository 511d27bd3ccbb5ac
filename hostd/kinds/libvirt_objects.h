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

/* The operations of a kind that are the same for all: complete, check, observe, take_over, render
 * and import of `which`, a struct libvirt_kind. */
#define LIBVIRT_OBJECTS(which)                                                                  \
	static void complete(struct item *item, struct desired *desired, struct faults *faults) \
	{                                                                                       \
		(void)faults;                                                                   \
		libvirt_objects_complete(&(which), item, desired->arena);                       \
	}                                                                                       \
	static void check(const struct item *item, const struct desired *desired,               \
			  struct faults *faults)                                                \
	{                                                                                       \
		libvirt_objects_check(&(which), item, desired, faults);                         \
	}                                                                                       \
	static int observe(struct host *host, struct items *configured, struct items *running,  \
			   struct faults *faults)                                               \
	{                                                                                       \
		return libvirt_objects_observe(&(which), host, configured, running, faults);    \
	}                                                                                       \
	static int take_over(const struct change *change, struct paths *differs,                \
			     struct steps *steps, struct faults *faults)                        \
	{                                                                                       \
		return libvirt_objects_take_over(&(which), change, differs, steps, faults);     \
	}                                                                                       \
	static int render(const struct item *item, const struct view *view, struct text *text,  \
			  struct faults *faults)                                                \
	{                                                                                       \
		(void)view;                                                                     \
		return libvirt_objects_render(&(which), item, text, faults);                    \
	}                                                                                       \
	static int import(struct items *items, const char *text, struct faults *faults)         \
	{                                                                                       \
		return libvirt_objects_import(&(which), items, text, faults);                   \
	}

/* devices.h - the files of the kind devices, among themselves. */
#pragma once

#include "kinds/pci.h"
#include "resource/desired.h"

struct device {
	struct given given;
	/* which one; one of them is said */
	struct pci pci;
	struct mac mac;
	const char *id;
	const char *bind;
	/* implied */
	struct pci address;         /* what the handle stands for on this machine */
	bool early;                 /* bound before its own driver comes */
	struct text_list functions; /* its address, and those of its group that go with it */
	struct text_list taken;     /* those that vfio-pci has */
	/* Not in the table: of what is in our file. */
	const char *memory_text, *early_text; /* NULL: no such file */
	struct text_list natives;             /* by function: its own driver; "?": not known */
	bool unit;                            /* DEVICES_UNIT is enabled */
	/* of what runs */
	const struct pci_machine *machine;
	const struct pci_function *function;
	const char *link; /* the link on it that is in use (pci_link_is_used), or NULL */
};

extern const struct record device_record;
extern const struct kind devices_kind;

/* What is remembered of a device that was given away, so that it can be given back: where it was
 * and who drove it; and what binds it early at each boot (tmpfiles.d(5)). */
const char *device_memory_path(struct arena *arena, const char *handle);
const char *device_early_path(struct arena *arena, const char *handle);
const char *device_memory(struct arena *arena, const char *handle, const struct device *want,
			  const struct pci_machine *machine, const struct device *old);
const char *device_early(struct arena *arena, const char *handle,
			 const struct text_list *functions);

int devices_observe(struct host *host, struct items *configured, struct items *running,
		    struct faults *faults) MUST_CHECK;
int devices_plan(const struct change *change, struct steps *steps,
		 struct faults *faults) MUST_CHECK;

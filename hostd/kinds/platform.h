/* platform.h - what this machine can do: each capability with its state, evidence and remedy.
 *
 * The table of capabilities is kinds/capabilities.def; what looks at them stands in
 * platform_*.c, by subject.  Nothing here fails: what cannot be looked at is a state of its own.
 */
#pragma once

#include "base/array.h"
#include "host/read/host.h"

enum capability_state {
	CAPABILITY_PRESENT,
	CAPABILITY_ABSENT,
	CAPABILITY_OFF_FIRMWARE, /* the hardware has it, the firmware keeps it off */
	CAPABILITY_OFF_KERNEL,   /* there, and not used by the kernel as it runs now */
	CAPABILITY_UNKNOWN,      /* could not look, or what was seen does not decide it */
};
/* "present", "absent", "off in firmware", "off in the kernel", "cannot tell". */
const char *capability_state_name(enum capability_state state);

struct capability {
	const char *id;         /* "kvm", as in `require: {capabilities: [kvm]}` */
	const char *group;      /* "virtualization"; those of one group stand together */
	const char *summary;    /* "hardware virtualization (VT-x, AMD-V)" */
	const char *needed_for; /* "guests at full speed" */
	enum capability_state state;
	const char *evidence; /* where it was looked and what was seen */
	const char *remedy;   /* what to change where it is not there; "" where it is */
};

struct platform {
	ARRAY(struct capability) capabilities; /* all of capabilities.def, in its order */
	const char *vendor, *model;            /* of the first processor; "" where not known */
	const char *flags;                     /* of the first processor, between spaces */
	const char *vmx_flags;                 /* the same of "vmx flags" (Intel) */
	uint32_t sockets, cores, threads;      /* that are online */
	uint32_t numa_nodes;                   /* those whose processors are no other's, or none */
	struct bytes memory;                   /* MemTotal; 0: not known */
	const char *firmware;                  /* "uefi", "bios"; NULL: not known */
	const char *product, *board;           /* who made it and what; "" where not known */
	const char *firmware_version;          /* "EDK II 2025.02 of 04/07/2025"; "" as well */
};

/* The ids of all capabilities that can be asked for, NULL-ended. */
extern const char *const platform_capabilities[];

/* Looks at the machine. */
void platform_look(struct host *host, struct arena *arena, struct platform *ret_platform);

/* The capability with this id, or NULL. */
const struct capability *platform_find(const struct platform *platform, const char *id);
/* What it is in words, "interrupt remapping"; the id itself where there is none such. */
const char *platform_summary(const char *id);

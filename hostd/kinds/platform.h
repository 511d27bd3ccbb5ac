/* platform.h - what this machine can do, with evidence and firmware remedy. */
#pragma once

#include "base/array.h"
#include "host/read/host.h"

struct capability {
	const char *name;    /* "kvm", as in `require: {capabilities: [kvm]}` */
	const char *summary; /* "hardware virtualization" */
	bool there;
	const char *evidence; /* "flag vmx in /proc/cpuinfo" */
	const char *remedy;   /* what to change where it is not there */
};
struct platform {
	ARRAY(struct capability) capabilities;
	uint32_t cpus;         /* online */
	struct bytes memory;   /* MemTotal */
	const char *processor; /* model name */
	bool intel;
};

/* The names of all capabilities that can be asked for, NULL-ended. */
extern const char *const platform_capabilities[];

/* Looks at the machine; -1 where it could not look. */
int platform_look(struct host *host, struct arena *arena, struct platform *ret_platform,
		  struct faults *faults) MUST_CHECK;

/* What to change where a capability is missing, for either maker of processors. */
const char *platform_remedy(struct arena *arena, const char *capability);

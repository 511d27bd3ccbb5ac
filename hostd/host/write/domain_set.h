/* domain_set.h - what of a domain can be set by itself, configured or running: the rows behind the
 * verb domain_set.
 *
 * A row says where a definition has the setting, what holds where it says nothing, and the call of
 * libvirt that sets it.  It is read back from the definition, as observing reads it.
 */
#pragma once

#include "host/write/write.h"

enum setting_form {
	SETTING_TEXT,  /* as it stands in the definition */
	SETTING_BYTES, /* KiB in the definition and to libvirt, bytes in a step */
	SETTING_CPUS,  /* a list of CPUs or nodes, compared as a set */
};

struct setting;
struct set { /* what one step asks for */
	const struct setting *setting;
	const char *index; /* "3" of "vcpu_pin.3"; or NULL */
	const char *value; /* NULL: back to what holds where nothing is said */
	unsigned scope;    /* VIR_DOMAIN_AFFECT_ flags, without those that the domain has not */
};

typedef int setting_parameters(virDomainPtr domain, virTypedParameterPtr parameters, int count,
			       unsigned scope);

struct setting {
	const char *name;  /* a step's `what`, up to its dot */
	const char *place; /* in a definition (formats/device.h); "*" stands for the index */
	enum setting_form form;
	const char *rest; /* what holds where nothing is said; NULL: nothing that could be told */
	/* How it is read in one scope, where `place` alone does not do: *ret NULL where nothing is
	 * said. */
	int (*get)(struct write *write, virDomainPtr domain, const struct set *set, unsigned scope,
		   const char **ret, struct faults *faults);
	/* How it is set; `value` is in libvirt's unit.  libvirt's result and error. */
	int (*set)(struct write *write, virDomainPtr domain, const struct set *set, unsigned scope,
		   const char *value);
	/* For typed parameters: whose, which, and of which type (VIR_TYPED_PARAM_). */
	setting_parameters *parameters;
	const char *key;
	int type;
	/* Running, and libvirt merely asked the guest: how long it is given, and what is said where
	 * it does not do it. */
	unsigned seconds;
	const char *asked;
};

/* The row of a step's `what`, and the index in it; NULL where there is none. */
const struct setting *domain_setting_find(struct arena *arena, const char *what,
					  const char **ret_index);

/* The value in one scope; NULL where nothing is said and nothing could be told. */
int setting_get(struct write *write, virDomainPtr domain, const struct set *set, unsigned scope,
		const char **ret, struct faults *faults) MUST_CHECK;

/* Whether two values are the same one. */
bool setting_same(const struct setting *setting, const char *a, const char *b);

/* What holds where nothing is said; NULL: nothing that could be told. */
const char *setting_rest(struct write *write, const struct setting *setting);

/* refusal.h - what a running guest did not take, as it is noted.
 *
 * Whether a guest lets a device go, or has a slot for one more, only the attempt tells: libvirt's
 * answer to a detach merely says that the guest was asked.  So what came of it is noted below
 * /run, for as long as that QEMU runs: a plan does not ask for the same in vain again, and says
 * what it waits for.  Another wish (another device, another value) is tried anew.
 */
#pragma once

#include "base/array.h"
#include "resource/step.h"

struct refusal {
	const char *key; /* refusal_key of the step */
	const char *why;
	bool asked; /* the guest was asked and has neither done it nor said no */
};

struct refusals {
	const char *life; /* libvirt's id of the domain then: another at each start */
	ARRAY(struct refusal) list;
};

/* Where it is noted for the domain with this UUID. */
const char *refusal_path(struct arena *arena, const char *uuid);

/* Stands for what a step asks of a guest, scope and all. */
const char *refusal_key(struct arena *arena, const struct step *step);

/* Appends, or says anew what is known of the same key. */
void refusals_add(struct arena *arena, struct refusals *refusals, const struct refusal *refusal);
const struct refusal *refusals_find(const struct refusals *refusals, const char *key);

/* As text, and back; a text that is none gives no refusals. */
const char *refusals_text(struct arena *arena, const struct refusals *refusals);
void refusals_read(struct arena *arena, const char *text, struct refusals *ret);

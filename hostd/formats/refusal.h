/* refusal.h - what a running guest did not take, as it is noted.
 *
 * Whether a guest lets a device go, or has a slot for one more, only the attempt tells: libvirt's
 * answer to a detach merely says that the guest was asked.  So what came of it is noted below
 * /run, for as long as that QEMU runs: a plan does not ask for the same in vain again, and says
 * what it waits for.  Another wish (another device, another value) is tried anew.
 */
#pragma once

#include "base/array.h"
#include "formats/heard.h"
#include "resource/step.h"

enum refusal_state {
	REFUSAL_UNFIT, /* for QEMU or libvirt: no slot, not while it runs */
	REFUSAL_ASKED, /* the guest was asked and has neither done it nor said no */
	REFUSAL_KEPT,  /* the guest was asked for a device and said no */
};

struct refusal {
	const char *key;  /* refusal_key of the step */
	const char *what; /* the device's alias, or the setting */
	const char *why;
	enum refusal_state state;
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

/* Why a guest that was asked for this device still has it. */
const char *refusal_why_asked(struct arena *arena, const char *alias);
const char *refusal_why_kept(struct arena *arena, const char *alias);

/* What a guest said of a device after it was noted as asked for: one that it let go of is asked for
 * anew should it come back, one that it keeps is no longer waited for.  Whether anything changed.
 */
bool refusals_hear(struct arena *arena, struct refusals *refusals, const struct heard *heard);

/* As text, and back; a text that is none gives no refusals. */
const char *refusals_text(struct arena *arena, const struct refusals *refusals);
void refusals_read(struct arena *arena, const char *text, struct refusals *ret);

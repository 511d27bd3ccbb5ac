/* heard.h - what the process that listens to libvirt tells the agent (host/read/live_listen.h).
 *
 * One message of a packet socket each, so that none is ever half there:
 *
 *	ready				it listens; what happened before, it does not know
 *	change				something changed that may be described
 *	gone UUID LIFE ALIAS		a guest let go of this device
 *	kept UUID LIFE ALIAS		a guest was asked to let go of it, and does not
 *
 * What changed is never told beyond that: whoever hears it looks.  Of a device that a guest was
 * asked for, looking does not tell whether an answer is still to come.
 */
#pragma once

#include "base/text.h"

enum heard_what { HEARD_READY, HEARD_CHANGE, HEARD_GONE, HEARD_KEPT };

enum { HEARD_MAX = 512 }; /* bytes of a message; libvirt's aliases are short */

struct heard {
	enum heard_what what;
	/* HEARD_GONE, HEARD_KEPT: the domain's UUID, its number (another at each start), and the
	 * device. */
	const char *uuid, *life, *alias;
};

void heard_print(struct text *text, const struct heard *heard);

/* One message, without an end of line; false where it is none. */
bool heard_read(struct arena *arena, const char *text, struct heard *ret);

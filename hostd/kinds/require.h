/* require.h - what an item needs of the machine, said by its kind; the kind `require` looks.
 *
 * For `complete`, where it is known what follows from a description:
 *
 *	if (guest->nested)
 *		require_capability(desired, item, "nested", "nested");
 *
 * The machine is looked at once a run.  What is not there becomes a fault at the place that
 * needs it, with evidence and remedy, exit status 4, and as with `require:` nothing at all is
 * done (KIND_GATE).  What cannot be told stops nothing: the machine will say.
 */
#pragma once

#include "resource/desired.h"

/* `by` needs this capability (an id of kinds/capabilities.def) for its field `path` (NULL: for
 * all of it).  Saying it twice is harmless.  No fault where the capability is off in the kernel
 * and the description turns it on: see promise_capability. */
void require_capability(struct desired *desired, struct item *by, const char *path,
			const char *capability);

/* What is described in `by` turns this capability on where it is only off in the kernel: a module
 * option, a kernel argument, a mode of the IOMMU.  Modules need not say so: that loading kvm_intel
 * brings `kvm` is known here. */
void promise_capability(struct desired *desired, struct item *by, const char *capability);

/* A capability that something described needs and the machine was seen to be without, or NULL; also
 * where the machine was not looked at.  For `describe`, of what it is about to say. */
const char *require_unmet(const struct desired *desired, const struct seen *seen);

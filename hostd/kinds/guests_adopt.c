/* guests_adopt.c - a domain that somebody else made becomes a guest of ours, as it is. */
#include <string.h>

#include "formats/domain.h"
#include "kinds/guests.h"

/* The UUID of a domain is what everything else knows it by. */
static int identity_check(const struct change *change, const struct paths *differs,
			  const struct guest *there, struct faults *faults)
{
	if (!paths_has(differs, "uuid"))
		return 0;
	(void)fault(faults, FAULT_REFUSED, "the domain \"%s\" that is there has another UUID, %s",
		    there->name, there->uuid);
	fault_last(faults)->mark = item_mark(change->want, "uuid");
	return -1;
}

int guests_take_over(const struct change *change, struct paths *differs, struct steps *steps,
		     struct faults *faults)
{
	const struct item *item = change->configured ? change->configured : change->running;
	const struct guest *there = item->value;
	const struct domain_writing writing = {
		.guest = change->want->value,
		.handle = change->want->name,
		.base = there->xml,
		.differs = differs,
	};
	struct text mark = text_of(steps->arena);
	bool block = false;

	if (!change->configured) {
		(void)fault(faults, FAULT_REFUSED,
			    "the domain \"%s\" is not there to stay: libvirt forgets it when it is "
			    "stopped",
			    there->name);
		fault_hint(faults, "virsh define keeps it, of what virsh dumpxml --inactive "
				   "--security-info tells of it");
		return -1;
	}
	if (identity_check(change, differs, there, faults) < 0 ||
	    domain_mark(&mark, &writing, &block, faults) < 0)
		return -1;
	if (block)
		paths_drop(differs, "libvirt_xml");
	step_body(steps, step_add(steps, VERB_domain_mark, CLASS_NONE, there->name), mark.at,
		  mark.size);
	return 0;
}

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

	if (identity_check(change, differs, there, faults) < 0 ||
	    domain_mark(&mark, &writing, &block, faults) < 0)
		return -1;
	if (block)
		paths_drop(differs, "libvirt_xml");
	step_body(steps, step_add(steps, VERB_domain_mark, CLASS_NONE, there->name), mark.at,
		  mark.size);
	return 0;
}

/* A drive without a medium has a format only until the guest starts. */
static void empty_drives(struct guest *guest)
{
	for (size_t i = 0; i < guest->disks.count; i++) {
		struct guest_disk *disk = guest->disks.at[i].value;
		bool file = !disk->type || string_equal(disk->type, "file") ||
			    string_equal(disk->type, "block");
		if (file && !GIVEN(&guest_disk_record, disk, path))
			record_give(&guest_disk_record, disk, offsetof(struct guest_disk, format),
				    false);
	}
}

/* A function of the host is what it is, whatever model somebody wrote beside it. */
static void given_functions(struct guest *guest)
{
	for (size_t i = 0; i < guest->nics.count; i++) {
		struct guest_nic *nic = guest->nics.at[i].value;
		if (string_equal(nic->type, "hostdev"))
			record_give(&guest_nic_record, nic, offsetof(struct guest_nic, model),
				    false);
	}
}

/* Whether it runs is not said: who starts and stops it by hand goes on doing so. */
int guests_describe(struct describing *describing, struct faults *faults)
{
	const struct guest *there = describing->configured->value;
	unsigned passwords = 0;
	const char *xml = domain_plain(describing->items->arena, there->xml, &passwords, faults);
	struct item *item =
		xml ? guest_of_xml(describing->items, xml, describing->name, faults) : NULL;

	if (!item)
		return -1;
	struct guest *guest = item->value;
	empty_drives(guest);
	given_functions(guest);
	if (there->autostart.on)
		SET(&guest_autostart_record, &guest->autostart, on, true);
	if (passwords)
		describing_note(
			describing,
			"%s has a password for its screen, which it keeps; to describe it, put it "
			"in /etc/gasthof/secrets/%s and say password: {file: %s} below graphics",
			item->path, item->name, item->name);
	return 1;
}

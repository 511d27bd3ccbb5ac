/* guests_describe.c - a domain that somebody else made, in our words, as it is on this host. */
#include <string.h>

#include "formats/domain.h"
#include "kinds/guests.h"
#include "kinds/other.h"
#include "kinds/require.h"

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

/* ---- what it stands on ---- */

static bool is_described(const struct items *items, const char *link)
{
	EACH(item, &items->list) {
		const struct record *record = (*item)->kind->record;
		bool links = strcmp((*item)->kind->path, "links") == 0;
		bool networks = strcmp((*item)->kind->path, "networks") == 0;
		if ((links && (strcmp((*item)->name, link) == 0 ||
			       string_equal(other_text(record, (*item)->value, "name"), link))) ||
		    (networks && string_equal(other_text(record, (*item)->value, "bridge"), link)))
			return true;
	}
	return false;
}

/* A rebuilt host would be without. */
static void links_note(struct describing *describing, const struct guest *guest)
{
	for (size_t i = 0; i < guest->nics.count; i++) {
		const struct guest_nic *nic = guest->nics.at[i].value;
		const char *link = nic->bridge ? nic->bridge : nic->source.device;
		if (link && !is_described(describing->items, link))
			describing_note(
				describing,
				"guests are plugged into the host's \"%s\", which is left "
				"out: it stays as whoever made it keeps it; to have it kept "
				"from here, describe it below links",
				link);
	}
}

/* ---- guests of which only one may run ---- */

static bool is_off(const struct items *running, const struct item *configured)
{
	const struct item *item = items_find(running, configured->kind, configured->name);

	return !item || !guest_may_run(item->value);
}

static const char *disk_in_common(const struct guest *one, const struct guest *other)
{
	for (size_t i = 0; i < one->disks.count; i++)
		for (size_t j = 0; j < other->disks.count; j++)
			if (guest_disks_clash(one->disks.at[i].value, other->disks.at[j].value))
				return "disk";
	return NULL;
}

static const char *mac_in_common(const struct guest *one, const struct guest *other)
{
	for (size_t i = 0; i < one->nics.count; i++)
		for (size_t j = 0; j < other->nics.count; j++)
			if (guest_nics_clash(one->nics.at[i].value, other->nics.at[j].value))
				return "MAC";
	return NULL;
}

/* Who is least to be said to be off. */
static int rank_of(const struct seen_kind *seen, const struct item *item)
{
	const struct guest *guest = item->value;

	return item->ours || !is_off(&seen->running, item) ? 2 : guest->autostart.on ? 1 : 0;
}

/* One that cannot run beside this one and has more right to; of equals the first has. */
static const struct item *rival_of(const struct describing *describing, const char **ret_what)
{
	const struct seen_kind *seen = seen_find(describing->seen, "guests");
	const struct guest *there = describing->configured->value;
	int rank = rank_of(seen, describing->configured);
	bool before = true;

	EACH(other, &seen->configured.list) {
		if (*other == describing->configured)
			before = false;
		if (rank_of(seen, *other) < rank + !before)
			continue;
		*ret_what = disk_in_common(there, (*other)->value);
		*ret_what = *ret_what ? *ret_what : mac_in_common(there, (*other)->value);
		if (*ret_what)
			return *other;
	}
	return NULL;
}

/* What it would need of the machine if it ran. */
static const char *lack_of(const struct describing *describing, const struct item *item)
{
	struct arena *arena = describing->items->arena;
	struct desired alone = { .arena = arena, .kinds = kinds, .items.arena = arena };
	struct faults unheard;

	faults_init(&unheard, arena);
	return guest_completed(&alone, item->value, item->name, &unheard)
		       ? require_unmet(&alone, describing->seen)
		       : NULL;
}

/* What cannot run as things are would spoil the whole description, unless it is said to be off. */
static void off_describe(struct describing *describing, const struct item *item,
			 struct guest *guest)
{
	const char *what = NULL, *lack = NULL;

	if (!is_off(&seen_find(describing->seen, "guests")->running, describing->configured))
		return;
	const struct item *rival = rival_of(describing, &what);
	if (rival)
		describing_note(describing,
				"%s is said to be off, as it is: \"%s\" has the same %s, and only "
				"one of them may run",
				item->path, rival->name, what);
	else if ((lack = lack_of(describing, item)))
		describing_note(describing,
				"%s is said to be off, as it is: this machine has no %s for it "
				"(gasthof check tells more)",
				item->path, lack);
	else
		return;
	SET(&guest_record, guest, state, "stopped");
}

/* Whether it runs is not said otherwise: who starts and stops it by hand goes on doing so. */
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
	off_describe(describing, item, guest);
	links_note(describing, there);
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
